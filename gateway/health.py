"""Is everything that the gate stands on well? Each part answers for itself, within two seconds.

A probe that raises one of our own errors is quoted; of any other only the kind is told, for it may hold secrets.
"""

import asyncio
from dataclasses import dataclass

from gateway import browse
from gateway.audience import warnings_about
from gateway.deciders import look_around
from gateway.errors import GateError
from gateway.gate import Gate, Probe
from models import db, deliveries
from models.requests import RequestFilter
from models.words import Status

PATIENCE_SECONDS = 2.0
LOOKED_THROUGH = 200
"""How many of the requests that wait are looked at, the newest first, for whether anybody can decide them."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one part is: `word` is what a person reads."""

    name: str
    ok: bool
    word: str


async def check_health(gate: Gate) -> tuple[Check, ...]:
    """Look at every part at once: database, outbox, and what the doors registered in `gate.probes`."""
    probes: dict[str, Probe] = {"database": _database, "outbox": _outbox_of(gate), "requests": _requests_of(gate)}
    probes |= gate.probes
    return tuple(await asyncio.gather(*(_ask(name, probe) for name, probe in probes.items())))


async def _ask(name: str, probe: Probe) -> Check:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return Check(name, ok=True, word=await probe())
    except TimeoutError:
        return Check(name, ok=False, word=f"no answer within {PATIENCE_SECONDS:.0f} s")
    except GateError as refusal:
        return Check(name, ok=False, word=refusal.sentence)
    except Exception as error:  # noqa: BLE001 - whatever a part raises means that it is not well
        return Check(name, ok=False, word=type(error).__name__)


async def _database() -> str:
    await db.try_writing()  # a database that is locked or read-only answers, and is of no use
    return "ok"


def _requests_of(gate: Gate) -> Probe:
    async def waiting() -> str:
        """Say how much waits. What nobody can decide is no fault of this server's, so it is said and nothing more."""
        page = await browse.request_page(RequestFilter(status=Status.PENDING.value), limit=LOOKED_THROUGH)
        here = await look_around(gate, {one for request in page.items for one in request.policy_decision.approvers})
        lost = sum(bool(warnings_about(request, here)) for request in page.items)
        word = f"{page.total} waiting"
        return f"{word}, {lost} of which nobody here hears of or can decide" if lost else word

    return waiting


def _outbox_of(gate: Gate) -> Probe:
    async def outbox() -> str:
        depth = await deliveries.depth()
        since = await deliveries.oldest_due_at()
        waiting = f"{depth['due']} waiting"
        if since is not None:
            waiting += f", the oldest for {max(0, int((gate.now() - since).total_seconds()))} s"
        return f"{waiting}, {depth['dead']} undeliverable"

    return outbox
