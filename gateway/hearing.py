"""What a replica does when it hears what another one has done: the same as after a commit of its own."""

from functools import partial

import structlog

from gateway.gate import Gate
from gateway.news import News
from gateway.onlookers import Call
from gateway.wait import wake_missed
from models.db import Unreachable

log = structlog.get_logger()


async def listen(gate: Gate) -> None:
    """Heed the other replicas for as long as there are bells: for ever, or not at all."""
    await gate.bells.run(partial(heed, gate))


async def heed(gate: Gate, news: News) -> None:
    """Wake who waits, forget what has changed; where the news are not complete, look everywhere."""
    if news.keys or news.more:
        gate.keyring.forget()
        gate.onlookers.wake(Call.KEYS | Call.NEWS if news.more else Call.KEYS)
    if news.policies or news.more:
        gate.rulebook.forget()
    if news.webhooks or news.more:
        gate.subscriptions.forget()
    if news.deliveries or news.more:
        gate.outbox_bell.set()
    gate.waiters.wake(news.ended)
    gate.onlookers.tell(news.ended | news.changed)
    if news.more:
        await _look(gate)


async def _look(gate: Gate) -> None:
    try:
        await wake_missed(gate)
    except Unreachable:
        log.warning("bells.not_heeded")  # the clockwork looks again in a second
