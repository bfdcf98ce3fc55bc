"""How a step ends that is not approved, and by which exit code it is known."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The step's last word; the numbers of the command line `agentgate`."""

    OK = 0
    ERROR = 1
    USAGE = 2
    DENIED = 3
    EXPIRED = 4
    PENDING = 5
    CANCELLED = 6
    UNAVAILABLE = 7


class Ending(Exception):
    """The step ends without an approval.

    `unless` names the input that lets the job go on all the same, where there is one.
    """

    def __init__(self, sentence: str, code: ExitCode, *, unless: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.unless = unless


class JobCancelled(BaseException):
    """The runner wants the step to end, and said so by a signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def wrong(sentence: str) -> Ending:
    """Return the ending for what the workflow has to say otherwise."""
    return Ending(sentence, ExitCode.USAGE)
