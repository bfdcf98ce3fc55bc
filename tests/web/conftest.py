"""A served site, and a request that waits with its links."""

from collections.abc import AsyncIterator

import pytest

from gateway.gate import Gate, Options
from gateway.keys import NewKey
from gateway.views import RequestView
from tests.conftest import TARGET
from tests.gateway.linked import BEN, LEA, OPS
from tests.gateway.scenes import asked
from tests.web.site import Site, site_of


@pytest.fixture
def options() -> Options:
    return Options(default_targets=(LEA, BEN, OPS, TARGET), rate_limit_rpm=100_000)


@pytest.fixture
async def site(gate: Gate) -> AsyncIterator[Site]:
    async with site_of(gate) as site:
        yield site


@pytest.fixture
async def request_(gate: Gate, agent: NewKey) -> RequestView:
    return await asked(gate, agent, params={"env": "prod"}, context={"reason": "Hotfix"})
