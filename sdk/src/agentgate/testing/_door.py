"""The HTTP side of a fake gate: what a call means, who may make it, and what the answer looks like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from agentgate._models import Status

from ._asks import an_object, read_ask, read_body, text
from ._book import Book, Caller
from ._entry import Entry
from ._problems import Problem, invalid

ADDRESS = re.compile(r"/api/requests(?:/(?P<ref>[^/]+)(?:/(?P<verb>decide|cancel|confirm|audit))?)?")
VERBS: Mapping[tuple[bool, str | None], Mapping[str, tuple[str, str | None]]] = {
    (False, None): {"POST": ("ask", None), "GET": ("list", "request:read")},
    (True, None): {"GET": ("show", None)},
    (True, "decide"): {"POST": ("decide", "request:decide")},
    (True, "cancel"): {"POST": ("cancel", None)},
    (True, "confirm"): {"POST": ("confirm", None)},
    (True, "audit"): {"GET": ("audit", None)},
}
"""What may be called – all requests or one, and the verb after it – with the method and the scope it takes."""
LONGEST_WAIT = 60.0
FILTERS = {"status": "status", "action": "action", "urgency": "urgency", "requestedBy": "requestedBy"}


@dataclass(frozen=True, slots=True)
class Visit:
    """A call that was let in: how long it may be held for a decision, and how it is answered then."""

    answer: Callable[[], httpx.Response]
    entry: Entry | None = None
    hold: float = 0.0


class Door:
    """Lets calls in by their key and gives each to the book."""

    def __init__(self, book: Book, callers: Mapping[str, Caller]) -> None:
        self.book = book
        self._callers = callers

    def enter(self, http: httpx.Request) -> Visit:
        """Take a call; every refusal is an answer too."""
        try:
            return self._routed(http, self._caller(http))
        except Problem as problem:
            refusal = httpx.Response(problem.status, json=problem.body)
            return Visit(lambda: refusal)

    def _caller(self, http: httpx.Request) -> Caller:
        kind, _, key = http.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or not key:
            raise Problem(401, "unauthorized", "No API key was sent; send `Authorization: Bearer agk_…`.")
        if key not in self._callers:
            raise Problem(401, "unauthorized", "This API key is not known.")
        return self._callers[key]

    def _routed(self, http: httpx.Request, by: Caller) -> Visit:
        found = ADDRESS.fullmatch(http.url.path)
        if found is None:
            raise Problem(404, "not_found", "A fake gate has requests and nothing else: no policies, keys or webhooks.")
        known = VERBS[(found["ref"] is not None, found["verb"])]
        if http.method not in known:
            raise Problem(405, "method_not_allowed", f"{http.method} is not allowed here.")
        name, scope = known[http.method]
        if scope and not by.may_decide:
            raise Problem(403, "forbidden", f"The key {by.name} lacks the scope {scope}.")
        verb: Callable[..., Visit] = getattr(self, f"_{name}")
        return verb(http, by) if found["ref"] is None else verb(http, by, self.book.find(found["ref"], by))

    def _ask(self, http: httpx.Request, by: Caller) -> Visit:
        body = read_body(http.content)
        key = http.headers.get("Idempotency-Key") or text(body, "idempotencyKey")
        book = self.book
        with book.lock:
            entry, is_new = book.ask(read_ask(body, book.clock.now()), by, key)
            answer = book.script.answer_to(book.seen(entry)) if is_new else None
            if answer is not None and answer.policy and answer.status is not None:
                entry.policy = answer.policy
                entry.end(answer.status, answer.by[0], "policy", book.clock.now(), answer.reason)
                answer = None
            elif is_new:
                entry.happened("pending", by.actor, book.clock.now())
            said = self._shown(entry, 201 if is_new else 200)
            if answer is not None:
                book.act(entry, answer)  # the people answer when the agent has its own answer
        return Visit(lambda: said)

    def _list(self, http: httpx.Request, _: Caller) -> Visit:
        asked = dict(http.url.params)
        offset = int(asked.get("cursor") or asked.get("offset") or 0)
        limit = int(asked.get("limit") or 50)
        with self.book.lock:
            self.book.expire()
            shapes = [entry.shape(self.book.clock.now()) for entry in reversed(self.book.entries.values())]
        wanted = {name: asked[name] for name in FILTERS if name in asked}
        found = [shape for shape in shapes if all(shape[name] == value for name, value in wanted.items())]
        pages = _pages(len(found), limit, offset)
        body = {"requests": found[offset : offset + limit], "pagination": pages}
        return Visit(lambda: httpx.Response(200, json=body))

    def _show(self, http: httpx.Request, _: Caller, entry: Entry) -> Visit:
        return Visit(lambda: self._shown(entry), entry, _wait(http))

    def _decide(self, http: httpx.Request, by: Caller, entry: Entry) -> Visit:
        body = read_body(http.content)
        with self.book.lock:
            entry.check_open(self.book.clock.now())
            if entry.asked_by == by.actor:
                sentence = f"You asked for {entry.code} yourself; somebody else has to decide it."
                raise Problem(403, "self_approval", sentence)
            if body.get("decision") not in {"approved", "denied"}:
                raise invalid("decision must be approved or denied")
            shape = entry.shape(self.book.clock.now())
            if text(body, "digest") not in {None, shape["digest"]}:
                sentence = f"The digest is not that of {entry.code}; look at it again."
                raise Problem(409, "digest_mismatch", sentence, shape)
            self.book.vote(entry, Status(body["decision"]), by.actor, text(body, "reason"))
        return Visit(lambda: self._shown(entry))

    def _cancel(self, _: httpx.Request, by: Caller, entry: Entry) -> Visit:
        self.book.cancel(entry, by.actor)
        return Visit(lambda: self._shown(entry))

    def _confirm(self, http: httpx.Request, by: Caller, entry: Entry) -> Visit:
        if entry.asked_by != by.actor:
            sentence = f"{entry.code} was asked by {entry.asked_by}; only that key may confirm it."
            raise Problem(403, "forbidden", sentence)
        self.book.confirm(entry, by.actor, an_object(read_body(http.content), "result"))
        return Visit(lambda: self._shown(entry))

    def _audit(self, _: httpx.Request, __: Caller, entry: Entry) -> Visit:
        return Visit(lambda: httpx.Response(200, json=list(entry.events)))

    def _shown(self, entry: Entry, status: int = 200) -> httpx.Response:
        with self.book.lock:
            self.book.expire()
            return httpx.Response(status, json=entry.shape(self.book.clock.now()))


def _wait(http: httpx.Request) -> float:
    given = http.url.params.get("wait", "0")
    try:
        seconds = float(given)
    except ValueError as error:
        raise invalid("wait must be a number of seconds") from error
    if not 0 <= seconds <= LONGEST_WAIT:
        raise invalid("wait must be from 0 to 60 seconds")
    return seconds


def _pages(total: int, limit: int, offset: int) -> dict[str, Any]:
    has_more = offset + limit < total
    next_cursor = str(offset + limit) if has_more else None
    return {"total": total, "limit": limit, "offset": offset, "hasMore": has_more, "nextCursor": next_cursor}
