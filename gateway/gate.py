"""The few collaborators that every verb needs, and the unit in which verbs write."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.announcing import announcements
from gateway.bells import Bells
from gateway.errors import Unavailable
from gateway.events import GateEvent
from gateway.keyring import KeyRing
from gateway.limits import Limiter
from gateway.metrics import Metrics
from gateway.news import News
from gateway.notifiers import Notifier
from gateway.notifiers.webhook import WebhookSender
from gateway.onlookers import Call, Onlookers
from gateway.permission import Trust
from gateway.roster import Roster
from gateway.rulebook import Rulebook
from gateway.sealing import Seals
from gateway.silence import Silence
from gateway.subscriptions import KIND as WEBHOOK
from gateway.subscriptions import Subscription, Subscriptions
from gateway.targets import kind_of
from gateway.tokens import Tokens
from gateway.views import Actor
from gateway.waiters import Waiters
from models import deliveries, events
from models.db import Conflict, Uncertain, Unreachable, transaction
from models.ids import Ids
from models.tables import Delivery, Event

log = structlog.get_logger()

Probe = Callable[[], Awaitable[str]]
"""Looks at one part and says how it is in a few words; raises when it is not well."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the settings say about how the gate behaves."""

    public_url: str = "http://localhost:3000"
    request_timeout: timedelta | None = timedelta(hours=1)
    default_targets: tuple[str, ...] = ()
    trust: Trust = field(default_factory=Trust)
    rate_limit_rpm: int = 60
    rate_limit_enabled: bool = True
    audit_retention: timedelta | None = None
    link_ttl: timedelta = timedelta(hours=24)
    single_click_links: bool = False
    chat_link_buttons: bool = True


class Gate:
    """What AgentGate is made of while it runs. Verbs are functions that take it first."""

    def __init__(
        self,
        *,
        options: Options,
        now: Callable[[], datetime],
        secret: bytes,
        limiter: Limiter,
        notifiers: Mapping[str, Notifier],
        chance: random.Random | None = None,
        bells: Bells | None = None,
        sender: WebhookSender | None = None,
    ) -> None:
        self.options = options
        self.now = now
        self.limiter = limiter
        self.notifiers = dict(notifiers)
        self.bells = bells or Bells()
        self.sender = sender or WebhookSender()
        self.chance = chance or random.Random()  # noqa: S311 - it spreads retries, it guards nothing
        self.new_id = Ids(now)
        self.keyring = KeyRing(secret=secret, now=now)
        self.tokens = Tokens(secret=secret)
        self.seals = Seals(secret=secret)
        self.rulebook = Rulebook(now=now)
        self.subscriptions = Subscriptions(now=now)
        self.silence = Silence()
        self.waiters = Waiters()
        self.onlookers = Onlookers()
        self.metrics = Metrics()
        self.outbox_bell = asyncio.Event()
        self.probes: dict[str, Probe] = {}
        self.rosters: dict[str, Roster] = {}

    @property
    def kinds(self) -> frozenset[str]:
        """Return the kinds of targets that this server reaches by itself."""
        return frozenset((*self.notifiers, WEBHOOK))

    def answer_all(self) -> None:
        """Let everybody who waits or looks on have an answer now: the process is stopping."""
        self.waiters.close()
        self.onlookers.close()

    @asynccontextmanager
    async def unit(self, *, by: Actor) -> AsyncIterator["Unit"]:
        """Open one transaction that also writes the events and deliveries published in it.

        Bells ring, waiters wake and caches empty only after the commit. Raises Unavailable when the database does not
        answer – with nothing done, unless its sentence says otherwise –, and Conflict when a unique value is taken.
        """
        unit = Unit(by=by, at=self.now(), new_id=self.new_id)
        try:
            subscriptions = await self.subscriptions.in_force()
            async with transaction():
                yield unit
                await unit.announce(subscriptions, public_url=self.options.public_url)
                await unit.write()
        except Conflict:  # an answer of the database, and the verb knows what it means
            raise
        except Uncertain as error:
            log.exception("database.uncertain")
            self._wake(unit)
            raise Unavailable(
                "The database went away while this was recorded: it may be done, or not. Look before you try again."
            ) from error
        except Unreachable as error:
            log.error("database.unreachable", error=f"{type(error).__name__}: {error}")  # noqa: TRY400 - words are enough: there are many
            raise Unavailable("The database does not answer; nothing was done. Try again in a moment.") from error
        self._after(unit)

    def _after(self, unit: "Unit") -> None:
        for event in unit.published:
            log.info(event.type, request=event.request_id, actor=event.actor)
            self.metrics.happened(event)
        self._wake(unit)

    def _wake(self, unit: "Unit") -> None:
        """Ring bells, wake waiters, empty caches: all of them look again, so it does no harm where nothing changed."""
        if unit.deliveries:
            self.outbox_bell.set()
        self.waiters.wake(unit.ended)
        if unit.changed_keys:
            self.keyring.forget()
            self.onlookers.wake(Call.KEYS)
        self.onlookers.tell(unit.requests)
        if unit.changed_policies:
            self.rulebook.forget()
        if unit.changed_webhooks:
            self.subscriptions.forget()
        self.bells.ring(self._news_of(unit))

    def _news_of(self, unit: "Unit") -> News:
        """Return what other replicas should know; of deliveries only those that this one cannot bring itself."""
        return News(
            ended=frozenset(unit.ended),
            changed=unit.requests - set(unit.ended),
            keys=unit.changed_keys,
            policies=unit.changed_policies,
            webhooks=unit.changed_webhooks,
            deliveries=any(kind_of(delivery.target) not in self.kinds for delivery in unit.deliveries),
        )


class Unit:
    """One transaction. What is published in it is written with it: no event without its audit row."""

    def __init__(self, *, by: Actor, at: datetime, new_id: Ids) -> None:
        self.by = by
        self.at = at
        self.new_id = new_id
        self.published: list[Event] = []
        self.deliveries: list[Delivery] = []
        self.ended: list[str] = []
        self.changed_keys = False
        self.changed_policies = False
        self.changed_webhooks = False
        self._webhooks_named: dict[str, list[str]] = {}

    @property
    def requests(self) -> frozenset[str]:
        """Return the requests that something was published about."""
        return frozenset(event.request_id for event in self.published if event.request_id)

    def publish(self, event: GateEvent, *, to: Iterable[str] = (), by: Actor | None = None) -> None:
        """Make an event: its audit row and, where it tells anybody, a delivery for each target."""
        row = events.row(
            id=self.new_id("evt"),
            type=event.type,
            request_id=event.request_id,
            action=event.action,
            actor=str(by or self.by),
            details=event.details(),
            created_at=self.at,
        )
        self.published.append(row)
        if event.tells and event.request_id is not None:
            targets = list(to)
            self._webhooks_named[row.id] = [target for target in targets if kind_of(target) == WEBHOOK]
            self.deliveries += [self._delivery(row, target) for target in targets if kind_of(target) != WEBHOOK]

    def _delivery(self, event: Event, target: str, payload: Mapping[str, Any] | None = None) -> Delivery:
        return deliveries.row(
            id=self.new_id("dlv"),
            event_id=event.id,
            event_type=event.type,
            request_id=event.request_id or "",
            target=target,
            payload=payload,
            due_at=self.at,
            created_at=self.at,
        )

    async def announce(self, subscriptions: Sequence[Subscription], *, public_url: str) -> None:
        """Add the deliveries of webhooks, with their bodies; nothing is read where there is none to tell."""
        found = await announcements(
            self.published, subscriptions, named=self._webhooks_named, at=self.at, public_url=public_url
        )
        self.deliveries += [self._delivery(one.event, one.target, one.payload) for one in found]

    async def write(self) -> None:
        """Store what was published."""
        if self.published:
            await events.add_all(self.published)
        if self.deliveries:
            await deliveries.add_all(self.deliveries)
