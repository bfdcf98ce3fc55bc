"""Connections to the mail server: few, kept for a batch, closed when nobody writes, and waited for only so long."""

import asyncio

import pytest

from gateway.errors import DeliveryPostponed
from gateway.notifiers.email.smtp import CONNECTIONS, IDLE_SECONDS, Patience
from gateway.notifiers.email.smtp import MailServer as Way
from tests.conftest import Wall
from tests.looking import until_so
from tests.mail.house import LEAD, a_house, options_for
from tests.platforms.smtp import MailServer

LETTER = b"Subject: hello\r\n\r\nhello\r\n"
MANY = tuple(f"p{number}@example.com" for number in range(20))


async def test_a_batch_shares_few_connections_and_then_hangs_up(database: None, post: MailServer) -> None:
    async with a_house(post, to=MANY) as house:
        await house.asks()
        await post.arrived(len(MANY))
        assert 1 <= post.connections <= CONNECTIONS
        await post.until_quiet()
    assert sorted(mail.to for mail in post.mails) == sorted(MANY)


async def test_the_end_leaves_no_connection_behind(database: None, post: MailServer) -> None:
    async with a_house(post) as house:
        await house.asks()
        await post.arrived()
        assert post.lines
    await post.until_quiet(within=IDLE_SECONDS - 1)


async def test_a_refused_letter_does_not_spoil_those_after_it(database: None, post: MailServer) -> None:
    post.refusals |= dict.fromkeys(MANY[::2], "550 5.1.1 unknown")
    async with a_house(post, to=MANY) as house:
        await house.asks()
        await post.arrived(len(MANY[1::2]))
        await post.until_quiet()
    assert sorted(mail.to for mail in post.mails) == sorted(MANY[1::2])


async def test_a_server_that_does_not_answer_holds_up_nobody_else(database: None, post: MailServer) -> None:
    post.held["DATA"] = asyncio.Event()
    wall = Wall()
    async with a_house(post, others={"terminal": wall}) as house:
        await house.rule(channels=[f"email:{LEAD}", "terminal:local"])
        await house.asks()
        await post.until_tried()
        await until_so(lambda: wall.posted)
        assert post.mails == []
        post.held["DATA"].set()
        await post.arrived()


async def test_who_waits_too_long_for_a_turn_is_told_so(post: MailServer) -> None:
    post.held["RCPT"] = asyncio.Event()
    server = Way(options_for(post), patience=Patience(turn=0.2))
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(server.send(LETTER, to=LEAD))
        await post.until_tried(CONNECTIONS)
        with pytest.raises(DeliveryPostponed, match="other letters are before this one"):
            await server.send(LETTER, to=LEAD)
        post.held["RCPT"].set()
    server.hang_up()
    assert len(post.mails) == CONNECTIONS


async def test_a_step_without_an_answer_ends(post: MailServer) -> None:
    post.held["MAIL"] = asyncio.Event()
    with pytest.raises(DeliveryPostponed, match="does not answer"):
        await Way(options_for(post), patience=Patience(step=0.2)).send(LETTER, to=LEAD)
    post.held["MAIL"].set()
    await post.until_quiet()
