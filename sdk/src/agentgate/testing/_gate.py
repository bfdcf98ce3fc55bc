"""A gate that lives in the tests of its users: same states, same answers, same exceptions, and no server."""

from __future__ import annotations

import itertools
from types import TracebackType
from typing import Any, Self

from agentgate._async_client import AsyncAgentGate
from agentgate._client import AgentGate
from agentgate._models import Request, Status
from agentgate._outside import PRETENDED, Outside

from ._book import Book, Caller
from ._clock import Clock
from ._door import Door
from ._network import Network, Weather
from ._script import Answer, Script, When

NUMBERS = itertools.count(1)
SOMEBODY = "slack:U0SOMEBODY"


class FakeGate:
    """A gate in memory, for tests of programs that ask one.

    Every client of this process that is pointed at `url` – by hand, by `environment`, in a decorator – talks to it: the
    real client with its retries, checks and exceptions, only the network is missing. Requests that no script answers
    stay pending. Time jumps: whoever waits has waited at once, so a test of "nobody answers for an hour" takes no
    hour. With `time_jumps=False` waiting takes as long as it does, until another thread or task decides.

    Attributes:
        url: Where it is; an address that exists in this process only, while the gate is open.
        api_key: The key of the agent that is tested: it may ask, and cancel and confirm what it asked.
        approver_key: A key that may decide over the API.
    """

    def __init__(self, *, time_jumps: bool = True) -> None:
        self.url = f"http://fake-gate-{next(NUMBERS)}.test"
        self.api_key = "agk_fake-agent"
        self.approver_key = "agk_fake-approver"
        self._callers = {self.api_key: Caller("agent", False), self.approver_key: Caller("approver", True)}
        self._clock = Clock(jumps=time_jumps)
        self._script = Script()
        self._book = Book(self.url, self._clock, self._script)
        self._weather = Weather()
        network = Network(Door(self._book, self._callers), self._book, self._weather)
        self._host = self.url.removeprefix("http://")
        clock = self._clock
        PRETENDED[self._host] = Outside(clock.seconds, clock.sleep, clock.async_sleep, network, network)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead `AgentGate()` and `@requires_approval` here."""
        return {"AGENTGATE_URL": self.url, "AGENTGATE_API_KEY": self.api_key}

    def client(self, **options: Any) -> AgentGate:
        """Return a blocking client with the agent's key; `options` are those of AgentGate."""
        return AgentGate(self.url, **{"api_key": self.api_key, **options})

    def async_client(self, **options: Any) -> AsyncAgentGate:
        """Return a client for asyncio with the agent's key; `options` are those of AsyncAgentGate."""
        return AsyncAgentGate(self.url, **{"api_key": self.api_key, **options})

    def key_of(self, name: str, *, may_decide: bool = True) -> str:
        """Return an API key called `name`, the actor `api:name`; it may decide, or ask only."""
        key = f"agk_fake-{name}"
        self._callers[key] = Caller(name, may_decide)
        return key

    def approves(
        self,
        action: str = "*",
        *,
        by: str | tuple[str, ...] = SOMEBODY,
        reason: str | None = None,
        when: When | None = None,
        times: int | None = None,
    ) -> Self:
        """Let somebody approve requests whose action matches, from now on; the first answer that matches counts.

        `action` is a pattern such as `deploy.*`, `when` looks at the request, `times` ends it after so many. Several
        people in `by` vote one after the other; a policy, `policy:prod`, answers before the agent has begun to wait.
        """
        return self._answers(action, Status.APPROVED, by, reason, when, times)

    def denies(
        self,
        action: str = "*",
        *,
        by: str = SOMEBODY,
        reason: str | None = None,
        when: When | None = None,
        times: int | None = None,
    ) -> Self:
        """Let somebody, or a policy, deny requests whose action matches, as `approves` does."""
        return self._answers(action, Status.DENIED, by, reason, when, times)

    def expires(self, action: str = "*", *, when: When | None = None, times: int | None = None) -> Self:
        """Let the time of requests run out before anybody answers."""
        return self._answers(action, Status.EXPIRED, (), None, when, times)

    def cancels(
        self, action: str = "*", *, by: str = "api:admin", when: When | None = None, times: int | None = None
    ) -> Self:
        """Let somebody cancel requests."""
        return self._answers(action, Status.CANCELLED, by, None, when, times)

    def leaves_pending(self, action: str = "*", *, when: When | None = None, times: int | None = None) -> Self:
        """Let nobody answer; of use before a wider answer."""
        return self._answers(action, None, (), None, when, times)

    def needs(self, approvals: int, action: str = "*") -> Self:
        """Ask for so many approvals of different people, for requests to come."""
        self._script.quorums.append((action, approvals))
        return self

    def goes_away(self, *, calls: int | None = None) -> Self:
        """Be unreachable for so many calls, or until `comes_back`."""
        self._weather.away = calls
        return self

    def comes_back(self) -> Self:
        """Be reachable again, and lose nothing any more."""
        self._weather.away = self._weather.lost = 0
        return self

    def loses_answers(self, *, calls: int = 1) -> Self:
        """Do what the next calls ask for, and let their answers get lost on the way."""
        self._weather.lost = calls
        return self

    @property
    def asked(self) -> tuple[Request, ...]:
        """Every request that was asked, oldest first, as it stands now."""
        self._book.expire()
        return tuple(self._book.seen(entry) for entry in self._book.entries.values())

    def get(self, request: Request | str) -> Request:
        """Return a request as it stands now; raises KeyError when nobody asked it."""
        self._book.expire()
        return self._book.seen(self._book.entries[request.id if isinstance(request, Request) else request])

    def approve(self, request: Request | str, *, by: str = SOMEBODY, reason: str | None = None) -> Request:
        """Let somebody approve this request now; where more approvals are needed it stays pending."""
        return self._acts(request, Answer("*", Status.APPROVED, (by,), reason))

    def deny(self, request: Request | str, *, by: str = SOMEBODY, reason: str | None = None) -> Request:
        """Let somebody deny this request now."""
        return self._acts(request, Answer("*", Status.DENIED, (by,), reason))

    def cancel(self, request: Request | str, *, by: str = "api:admin") -> Request:
        """Let somebody cancel this request now."""
        return self._acts(request, Answer("*", Status.CANCELLED, (by,)))

    def expire(self, request: Request | str) -> Request:
        """Let this request's time run out now."""
        return self._acts(request, Answer("*", Status.EXPIRED))

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds be over, for requests and for clients that wait."""
        self._clock.push(seconds)
        self._book.expire()

    def close(self) -> None:
        """End it; its address leads nowhere then."""
        PRETENDED.pop(self._host, None)
        self._weather.away = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"FakeGate({self.url!r}, asked={len(self._book.entries)})"

    def _answers(
        self,
        action: str,
        status: Status | None,
        by: str | tuple[str, ...],
        reason: str | None,
        when: When | None,
        times: int | None,
    ) -> Self:
        people = (by,) if isinstance(by, str) else by
        self._script.answers.append(Answer(action, status, people, reason, when, times))
        return self

    def _acts(self, request: Request | str, answer: Answer) -> Request:
        entry = self._book.entries[request.id if isinstance(request, Request) else request]
        entry_before = self.get(request)
        if entry_before.is_final:
            raise ValueError(f"{entry.action} is {entry.status.value} already.")
        self._book.act(entry, answer)
        return self.get(request)
