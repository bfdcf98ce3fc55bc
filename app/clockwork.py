"""What happens by the clock: one table of periodic jobs."""

from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from gateway.cleaning import clean_up
from gateway.gate import Gate
from gateway.limits import MemoryLimiter
from gateway.outage import Outage
from gateway.overdue import escalate, expire_overdue, remind
from gateway.wait import wake_missed
from models.db import Unreachable

log = structlog.get_logger()

Job = Callable[[Gate], Awaitable[object]]


async def store_used(gate: Gate) -> None:
    """Write down when keys were last used."""
    await gate.keyring.store_used()


async def forget_idle(gate: Gate) -> None:
    """Drop what the limiter keeps of callers that have gone."""
    if isinstance(gate.limiter, MemoryLimiter):
        gate.limiter.forget_idle()


JOBS: tuple[tuple[Job, timedelta], ...] = (
    (expire_overdue, timedelta(seconds=1)),
    (remind, timedelta(seconds=1)),
    (escalate, timedelta(seconds=1)),
    (wake_missed, timedelta(seconds=1)),
    (store_used, timedelta(seconds=10)),
    (forget_idle, timedelta(seconds=60)),
    (clean_up, timedelta(minutes=10)),
)
"""Every job, and how often it runs. A job that is still running is not started again."""


def make_clockwork(gate: Gate) -> AsyncIOScheduler:
    """Return a scheduler with every job; `start()` it inside the event loop."""
    scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"max_instances": 1, "coalesce": True})
    for job, every in JOBS:
        scheduler.add_job(_guarded(job), "interval", args=[gate], seconds=every.total_seconds(), id=job.__name__)
    return scheduler


def _guarded(job: Job) -> Job:
    outage = Outage(job.__name__)

    async def run(gate: Gate) -> None:
        try:
            await job(gate)
        except Unreachable as error:
            outage.met(error)
        except Exception:  # the clock goes on, and the next round tries again
            log.exception("clockwork.failed", job=job.__name__)
        else:
            outage.over()

    return run
