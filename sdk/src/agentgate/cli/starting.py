"""Running what was approved: in this process's place, or as its child when there is something to say afterwards."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from .command import Command

PASSED_ON = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGQUIT")
FROM_THE_KEYBOARD = {"SIGINT", "SIGQUIT"}
PYTHON_IGNORES = ("SIGPIPE", "SIGXFZ", "SIGXFSZ")
"""What Python ignores, and what a program would go on ignoring without knowing."""


class Ended(BaseException):
    """This process was told to end; no `except Exception` may hold that up."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class CannotStart(Exception):
    """The system would not run the program."""

    def __init__(self, command: Command, cause: OSError) -> None:
        super().__init__(f"{command.program} was approved and could not be run: {cause.strerror}.")
        self.is_missing = cause.errno == errno.ENOENT


@contextmanager
def told_to_end() -> Iterator[None]:
    """Raise Ended where SIGINT or SIGTERM would end this process, so that something can still be said."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        for number, action in before.items():
            if action is not signal.SIG_IGN:
                signal.signal(number, _raise_ended)
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def become(command: Command) -> None:
    """Run a command in place of this process; does not return. Raises CannotStart."""
    sys.stdout.flush()
    sys.stderr.flush()
    for name in PYTHON_IGNORES:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execve(command.program, command.argv, command.environment)  # noqa: S606 -- no shell is the point of it
    except OSError as error:
        raise CannotStart(command, error) from error


def supervise(command: Command) -> int:
    """Run a command as a child that gets every signal meant for it; return its exit code, 128 + N after a signal N.

    Raises CannotStart.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 -- the arguments are what a person approved, and no shell reads them
            command.argv, executable=command.program, env=command.environment, cwd=command.cwd
        )
    except OSError as error:
        raise CannotStart(command, error) from error
    with _passing_on(child):
        code = child.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _passing_on(child: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Hand signals on. Those of the keyboard reach the child by themselves, and twice would be once too often."""
    heard_already = FROM_THE_KEYBOARD if _is_at_the_keyboard() else set()

    def pass_on(number: int, _: FrameType | None) -> None:
        if signal.Signals(number).name not in heard_already:
            child.send_signal(number)

    numbers = [getattr(signal, name) for name in PASSED_ON if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def _is_at_the_keyboard() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except (AttributeError, OSError):
        return False  # no terminal, or a system without process groups


def _raise_ended(number: int, _: FrameType | None) -> None:
    raise Ended(number)
