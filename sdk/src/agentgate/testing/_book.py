"""What a fake gate keeps, and the rules by which it changes: those of a real one, in memory."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agentgate._models import Request, Status

from ._asks import Ask
from ._clock import Clock
from ._entry import Entry, written
from ._problems import Problem, not_found
from ._script import Answer, Script

DEFAULT_EXPIRY = timedelta(hours=1)
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key's name, and whether it may read, decide and cancel what others asked."""

    name: str
    may_decide: bool

    @property
    def actor(self) -> str:
        """Return the key as an actor."""
        return f"api:{self.name}"


class Book:
    """Requests and their rules; every method is one step that nobody else comes into."""

    def __init__(self, url: str, clock: Clock, script: Script) -> None:
        self.url = url
        self.clock = clock
        self.script = script
        self.entries: dict[str, Entry] = {}
        self._keys: dict[tuple[str, str], tuple[Ask, Entry]] = {}
        self.lock = threading.RLock()

    def ask(self, ask: Ask, by: Caller, idempotency_key: str | None) -> tuple[Entry, bool]:
        """Write a request down, or find the one that was asked under the same key; tell whether it is new."""
        with self.lock:
            earlier = self._keys.get((by.name, idempotency_key)) if idempotency_key else None
            if earlier is not None:
                if earlier[0] != ask:
                    sentence = f"The idempotency key “{idempotency_key}” was used for another request; use a new key."
                    raise Problem(409, "idempotency_clash", sentence)
                return earlier[1], False
            entry = self._entry(ask, by)
            if idempotency_key:
                self._keys[(by.name, idempotency_key)] = (ask, entry)
            return entry, True

    def seen(self, entry: Entry) -> Request:
        """Return a request as a client would read it."""
        return Request.from_json(entry.shape(self.clock.now()))

    def find(self, ref: str, by: Caller) -> Entry:
        """Return a request by its id or code, if this key may see it."""
        with self.lock:
            self.expire()
            bare = ref.replace("-", "").lower()
            for entry in self.entries.values():
                if ref == entry.id or bare == entry.code.replace("-", ""):
                    if entry.asked_by != by.actor and not by.may_decide:
                        lacks = (
                            f"The key {by.name} lacks the scope request:read, so it can read only what it asked itself"
                        )
                        raise Problem(403, "forbidden", f"{lacks}; {ref} is not.")
                    return entry
        raise not_found(ref)

    def expire(self) -> None:
        """End what is overdue."""
        with self.lock:
            for entry in self.entries.values():
                if entry.is_pending and entry.expires_at <= self.clock.now():
                    entry.end(Status.EXPIRED, "system:expiry", "system", entry.expires_at)

    def vote(self, entry: Entry, decision: Status, by: str, reason: str | None) -> None:
        """Count an answer of one of the people; one denial denies, and approvals have to be enough."""
        with self.lock:
            self.expire()
            now = self.clock.now()
            entry.check_open(now)
            if any(vote["by"] == by for vote in entry.votes):
                return
            entry.votes.append({"by": by, "decision": decision.value, "reason": reason, "at": written(now)})
            if decision is Status.DENIED or len(entry.votes) >= entry.needed:
                entry.end(decision, by, "human", now, reason)
            else:
                entry.happened("voted", by, now, decision=decision.value)

    def cancel(self, entry: Entry, by: str) -> None:
        """Withdraw a request."""
        with self.lock:
            self.expire()
            entry.check_open(self.clock.now())
            entry.end(Status.CANCELLED, by, "human", self.clock.now())

    def confirm(self, entry: Entry, by: str, result: dict[str, Any]) -> None:
        """Keep what came of an approved request, once."""
        with self.lock:
            now = self.clock.now()
            if entry.status is not Status.APPROVED:
                sentence = f"{entry.code} is {entry.status.value}; only an approved request can be confirmed."
                raise Problem(409, "not_confirmable", sentence, entry.shape(now))
            if entry.confirmed_at is not None:
                sentence = f"{entry.code} was confirmed before; that stands."
                raise Problem(409, "not_confirmable", sentence, entry.shape(now))
            entry.confirmed_at, entry.result = now, result
            entry.happened("confirmed", by, now)

    def act(self, entry: Entry, answer: Answer) -> None:
        """Let the script's people do what they do."""
        with self.lock:
            if answer.status is Status.EXPIRED:
                entry.expires_at = self.clock.now()
                self.expire()
            elif answer.status is Status.CANCELLED:
                self.cancel(entry, answer.by[0])
            elif answer.status is not None:
                for by in answer.by:
                    if entry.is_pending:
                        self.vote(entry, answer.status, by, answer.reason)

    def _entry(self, ask: Ask, by: Caller) -> Entry:
        now = self.clock.now()
        code = "".join(secrets.choice(LETTERS) for _ in range(8))
        number = f"{len(self.entries) + 1:026d}"
        entry = Entry(
            id=f"req_{number}",
            code=f"{code[:4]}-{code[4:]}",
            action=ask.action,
            params=ask.params,
            context=ask.context,
            urgency=ask.urgency,
            asked_by=by.actor,
            created_at=now,
            expires_at=ask.expiry(now, otherwise=DEFAULT_EXPIRY),
            url=f"{self.url}/requests/req_{number}",
            needed=self.script.needed_for(ask.action),
        )
        entry.happened("created", by.actor, now)
        self.entries[entry.id] = entry
        return entry
