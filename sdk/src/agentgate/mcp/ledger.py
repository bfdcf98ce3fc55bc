"""What was asked through this server, so that asking the same again finds the request that is still open."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agentgate import Request

MOST = 1000
"""Requests that are remembered; whoever asks more than that forgets the oldest."""


@dataclass(slots=True)
class Asked:
    """One question, and what became of it."""

    ask: Mapping[str, Any]
    """Exactly what the gate is asked, also when it has to be asked again."""
    question: str
    session: str | None
    key: str = ""
    """The caller's own idempotency key, if it gave one."""
    request: Request | None = None
    warnings: tuple[str, ...] = ()
    """What the gate said when it was asked; it does not say it again."""
    calls: int = 0
    """Tool calls that wait for it now."""
    was_answered: bool = False
    """Whether some call has brought back an answer."""
    is_over: bool = False
    """Whether its end has been told; the same question after that is a new one."""

    @contextmanager
    def waited_for(self) -> Iterator[None]:
        """Count a call that waits for it, however it ends."""
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1


@dataclass(slots=True)
class Ledger:
    """The questions of all sessions of one server, oldest first; a restart begins an empty one."""

    nonce: str
    """Keeps this ledger's idempotency keys apart from those of every other one."""
    entries: list[Asked] = field(default_factory=list)
    count: int = 0

    def join_or_begin(self, session: str | None, ask: Mapping[str, Any], key: str) -> tuple[Asked, bool]:
        """Return the open entry of the same question, and whether there was one.

        A session – a client over a pipe, or over HTTP with a session's id – joins what it asked until its end was
        told. Where calls tell no session, nobody knows who asks: only what a call left behind without an answer is
        taken up, so that one approval never reaches two. A caller's own key joins whatever was asked under it.
        """
        question = _question(ask)
        for entry in reversed(self.entries):
            if entry.question == question and _may_join(entry, session, key):
                return entry, True
        self.count += 1
        keyed = {**ask, "idempotency_key": key or f"mcp-{self.nonce}-{self.count}"}
        entry = Asked(keyed, question, session, key)
        self.entries = [*self.entries[-MOST + 1 :], entry]
        return entry, False

    def forget(self, refused: Asked) -> None:
        """Forget a question that cannot be asked as it is: mended, it has the same name and is another one."""
        self.entries = [entry for entry in self.entries if entry is not refused]

    def note(self, request: Request) -> None:
        """Remember that a request's state was told."""
        for entry in self.entries:
            if entry.request is not None and entry.request.id == request.id:
                entry.request = request
                entry.was_answered = True
                entry.is_over = request.is_final

    def has(self, request: Request) -> bool:
        """Whether a request was asked through this server, or by its key before."""
        known = [entry.request for entry in self.entries if entry.request is not None]
        own_names = {one.requested_by for one in known} - {None}
        return request.id in {one.id for one in known} or request.requested_by in own_names

    def of(self, session: str | None) -> list[Asked]:
        """Return what a session asked, newest first."""
        return [entry for entry in reversed(self.entries) if entry.session == session and entry.request is not None]


def _may_join(entry: Asked, session: str | None, key: str) -> bool:
    if key or entry.key:
        return entry.key == key
    if entry.session != session or entry.is_over:
        return False
    return session is not None or not (entry.calls or entry.was_answered)


def _question(ask: Mapping[str, Any]) -> str:
    """Name what is asked: action and params, and not how it is explained."""
    text = json.dumps([ask["action"], ask["params"]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
