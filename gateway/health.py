"""Is everything that the gate stands on well? Each part answers for itself, within two seconds.

A probe that raises one of our own errors is quoted; of any other only the kind is told, for it may hold secrets.
"""

import asyncio
from dataclasses import dataclass

from gateway.errors import GateError
from gateway.gate import Gate, Probe
from models import db, deliveries, requests

PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """How one part is: `word` is what a person reads."""

    name: str
    ok: bool
    word: str


async def check_health(gate: Gate) -> tuple[Check, ...]:
    """Look at every part at once: database, outbox, and what the doors registered in `gate.probes`."""
    probes: dict[str, Probe] = {"database": _database, "outbox": _outbox_of(gate), "requests": _requests}
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


async def _requests() -> str:
    """Say how much waits. What nobody was told of is no fault of this server's, so it is said and nothing more."""
    waiting, untold = await requests.pending_counts()
    word = f"{waiting} waiting"
    return f"{word}, {untold} of them with nobody told: no channel was configured for them" if untold else word


def _outbox_of(gate: Gate) -> Probe:
    async def outbox() -> str:
        depth = await deliveries.depth()
        since = await deliveries.oldest_due_at()
        waiting = f"{depth['due']} waiting"
        if since is not None:
            waiting += f", the oldest for {max(0, int((gate.now() - since).total_seconds()))} s"
        return f"{waiting}, {depth['dead']} undeliverable"

    return outbox
