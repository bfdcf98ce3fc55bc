"""Is everything that the gate stands on well?"""

import asyncio

from gateway.errors import Unavailable
from gateway.gate import Gate
from gateway.health import check_health
from gateway.keys import NewKey
from models import db
from tests.clock import Clock
from tests.gateway.scenes import asked


async def test_a_gate_that_is_well(gate: Gate) -> None:
    assert [(one.name, one.ok, one.word) for one in await check_health(gate)] == [
        ("database", True, "ok"),
        ("outbox", True, "0 waiting, 0 undeliverable"),
        ("requests", True, "0 waiting"),
    ]


async def test_the_outbox_says_how_long_somebody_waits(gate: Gate, agent: NewKey, clock: Clock) -> None:
    await asked(gate, agent)
    clock.advance(seconds=90.9)
    await asked(gate, agent)
    outbox = (await check_health(gate))[1]
    assert outbox.word == "2 waiting, the oldest for 90 s, 0 undeliverable"


async def test_each_part_answers_for_itself(gate: Gate) -> None:
    async def well() -> str:
        return "connected"

    async def broken() -> str:
        raise ConnectionError("a secret address")

    async def known() -> str:
        raise Unavailable("Redis does not answer")

    async def silent() -> str:
        await asyncio.Event().wait()
        return "never"

    gate.probes |= {"slack": well, "discord": broken, "smtp": silent, "redis": known}
    checks = {one.name: (one.ok, one.word) for one in await check_health(gate)}
    assert checks == {
        "database": (True, "ok"),
        "outbox": (True, "0 waiting, 0 undeliverable"),
        "requests": (True, "0 waiting"),
        "slack": (True, "connected"),
        "discord": (False, "ConnectionError"),
        "smtp": (False, "no answer within 2 s"),
        "redis": (False, "Redis does not answer"),
    }


async def test_a_database_that_is_gone(gate: Gate) -> None:
    await db.connection().execute_script("DROP TABLE deliveries")
    checks = {one.name: one.ok for one in await check_health(gate)}
    assert checks == {"database": False, "outbox": False, "requests": True}
