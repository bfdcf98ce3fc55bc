"""A mail server for each story."""

from collections.abc import AsyncIterator

import pytest

from tests.mail.house import House, a_house
from tests.platforms.smtp import MailServer, a_mail_server


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with a_mail_server() as post:
        yield post


@pytest.fixture
async def house(database: None, post: MailServer) -> AsyncIterator[House]:
    async with a_house(post) as house:
        yield house
