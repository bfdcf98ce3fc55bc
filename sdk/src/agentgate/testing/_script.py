"""The people behind a fake gate, as a script: who answers what, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from agentgate._models import Request, Status

When = Callable[[Request], bool]


@dataclass(slots=True)
class Answer:
    """What becomes of requests that match; a status of None leaves them to whoever comes."""

    action: str
    status: Status | None
    by: tuple[str, ...] = ()
    reason: str | None = None
    when: When | None = None
    times: int | None = None

    @property
    def policy(self) -> str | None:
        """Return the policy that answers at once, where it is none of the people."""
        kind, _, name = self.by[0].partition(":") if self.by else ("", "", "")
        return name if kind == "policy" else None

    def matches(self, request: Request) -> bool:
        """Tell whether this is the answer to a request."""
        is_left = self.times is None or self.times > 0
        return is_left and fnmatchcase(request.action, self.action) and (self.when is None or self.when(request))


class Script:
    """Answers and quorums, in the order in which they were given; the first that matches counts."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.quorums: list[tuple[str, int]] = []

    def needed_for(self, action: str) -> int:
        """Return how many approvals an action needs."""
        return next((needed for pattern, needed in self.quorums if fnmatchcase(action, pattern)), 1)

    def answer_to(self, request: Request) -> Answer | None:
        """Return the answer to a request and use it up by one."""
        found = next((answer for answer in self.answers if answer.matches(request)), None)
        if found is not None and found.times is not None:
            found.times -= 1
        return found
