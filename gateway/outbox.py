"""The outbox: deliveries are written with their event and sent afterwards, at least once, until they are settled.

One pump for each kind of target, so that a slow or broken platform holds up no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta

import structlog

from gateway.calling import call_webhook
from gateway.errors import DeliveryPostponed, DeliveryRefused
from gateway.events import DeliveryFailed
from gateway.gate import Gate
from gateway.notify import tell
from gateway.outage import Outage
from gateway.routing import next_try
from gateway.subscriptions import KIND as WEBHOOK
from gateway.views import SYSTEM_OUTBOX
from models import deliveries
from models.db import Unreachable
from models.tables import Delivery

LEASE = timedelta(seconds=60)
PATIENCE = timedelta(seconds=30)
"""How long one delivery may take; less than the lease, so that nobody else sends it meanwhile."""
LOOK_AGAIN = timedelta(seconds=1)
"""How often a pump looks for deliveries that no bell announced: retries, and those of a process that died."""
AT_ONCE = 20
FOR_OTHERS = timedelta(seconds=5)
"""How long what no notifier here takes is left to replicas that have one, before it is put off."""

Tell = Callable[[Gate, Delivery], Awaitable[None]]
"""Brings one delivery to its target. Raises DeliveryRefused or DeliveryPostponed."""

log = structlog.get_logger()


class Pump:
    """Sends the deliveries of one kind of target, or of every kind `but` some."""

    def __init__(self, gate: Gate, *, kind: str | None, but: Iterable[str] = (), tell: Tell = tell) -> None:
        self.gate = gate
        self.tell = tell
        self.kind = kind
        self.but = tuple(but)
        self.holder = gate.new_id("hld")
        self.bell = asyncio.Event()
        self.stopping = False
        self._outage = Outage(f"outbox {kind or 'for other targets'}")

    async def run(self) -> None:
        """Send until told to stop. A database that does not answer is waited for."""
        while not self.stopping:
            self.bell.clear()
            if not await self._round_in_any_weather() and not self.stopping:
                await self._rest()

    def stop(self) -> None:
        """Let the round at hand be the last one."""
        self.stopping = True
        self.bell.set()

    async def _round_in_any_weather(self) -> int:
        try:
            sent = await self.round()
        except Unreachable as error:
            self._outage.met(error)
            return 0
        except Exception:  # the pump must outlive every fault; each is logged with its trace
            log.exception("outbox.round_failed", kind=self.kind)
            return 0
        self._outage.over()
        return sent

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_AGAIN.total_seconds()):
                await self.bell.wait()
        except TimeoutError:
            return  # time to look again

    async def round(self) -> int:
        """Lease what is due, send it, settle or postpone each; return how many there were."""
        now = self.gate.now()
        due_at = now if self.kind else now - FOR_OTHERS
        leased = await deliveries.lease_due(
            at=due_at, until=now + LEASE, holder=self.holder, limit=AT_ONCE, kind=self.kind, but=self.but
        )
        ends = await asyncio.gather(*(self._deliver(delivery) for delivery in leased), return_exceptions=True)
        for fault in ends:  # not before all have ended: a round that is over has nothing on its way
            if fault is not None:
                raise fault
        return len(leased)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self.tell(self.gate, delivery)
        except DeliveryRefused as refusal:
            await self._give_up(delivery, str(refusal))
        except DeliveryPostponed as problem:
            await self._put_off(delivery, str(problem), retry_after=problem.retry_after)
        except TimeoutError:
            await self._put_off(delivery, f"no answer within {PATIENCE.total_seconds():.0f} s")
        except Unreachable as error:  # the database, and then this fails too; or a notifier that says no more than this
            await self._put_off(delivery, type(error).__name__)
        except Exception as error:  # a fault of a notifier must not lose the delivery; it is logged
            log.exception("delivery.crashed", delivery=delivery.id, target=delivery.target)
            await self._put_off(delivery, type(error).__name__)
        else:
            self.gate.metrics.told(delivery.target, "sent")
            await deliveries.settle(delivery.id, at=self.gate.now(), holder=self.holder)

    async def _put_off(self, delivery: Delivery, word: str, *, retry_after: timedelta | None = None) -> None:
        now = self.gate.now()
        wait = next_try(delivery.attempts, age=now - delivery.created_at, chance=self.gate.chance)
        if wait is None:
            await self._give_up(delivery, f"gave up after a day: {word}")
            return
        until = now + max(wait, retry_after or timedelta(0))
        await deliveries.postpone(delivery.id, until=until, holder=self.holder, error=word)
        self.gate.metrics.told(delivery.target, "postponed")
        log.warning("delivery.postponed", delivery=delivery.id, target=delivery.target, error=word)

    async def _give_up(self, delivery: Delivery, word: str) -> None:
        async with self.gate.unit(by=SYSTEM_OUTBOX) as unit:
            if await deliveries.bury(delivery.id, at=unit.at, holder=self.holder, error=word):
                unit.publish(
                    DeliveryFailed(
                        request_id=delivery.request_id or None,
                        target=delivery.target,
                        error=word,
                        event=delivery.event_type,
                    )
                )
                self.gate.metrics.told(delivery.target, "dead")

    async def hand_back(self) -> None:
        """Give back what is leased and not yet sent, so that others need not wait for the lease to end."""
        await deliveries.hand_back(self.holder, at=self.gate.now())


class Outbox:
    """All pumps of this process: one for each notifier, one for webhooks, one for targets that none of them takes."""

    def __init__(self, gate: Gate) -> None:
        kinds = sorted(gate.notifiers)
        self.gate = gate
        self.stopping = False
        self.pumps = [
            *(Pump(gate, kind=kind) for kind in kinds),
            Pump(gate, kind=WEBHOOK, tell=call_webhook),
            Pump(gate, kind=None, but=[*kinds, WEBHOOK]),
        ]

    async def run(self) -> None:
        """Send until told to stop, or cancelled; on the way out, hand back every lease."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for pump in self.pumps:
                    tasks.create_task(pump.run())
                tasks.create_task(self._pass_the_bell_on())
        finally:
            await self._hand_back()

    async def _hand_back(self) -> None:
        try:
            for pump in self.pumps:
                await pump.hand_back()
        except Unreachable:
            log.warning("outbox.leases_not_handed_back")  # they run out by themselves

    def stop(self) -> None:
        """Let what is on its way arrive, and `run` return then.

        A card that is posted and not noted would be posted again, and its first copy would never be edited.
        """
        for pump in self.pumps:
            pump.stop()
        self.stopping = True
        self.gate.outbox_bell.set()

    async def _pass_the_bell_on(self) -> None:
        while not self.stopping:
            await self.gate.outbox_bell.wait()
            self.gate.outbox_bell.clear()
            for pump in self.pumps:
                pump.bell.set()

    async def round(self) -> int:
        """Let every pump do one round; return how many deliveries there were."""
        return sum([await pump.round() for pump in self.pumps])
