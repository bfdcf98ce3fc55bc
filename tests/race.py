"""Processes that do the same at once."""

import subprocess
import sys


def started_together(program: str, *arguments: str, count: int) -> list[str]:
    """Run a Python program so many times; return what each printed after `ready`, when all were let go at once.

    The program prints `ready` and then waits for a line. Fails where one of them does.
    """
    command = [sys.executable, "-c", program, *arguments]
    pipe = subprocess.PIPE
    starts = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(count)]
    for start in starts:
        assert start.stdout is not None
        assert start.stdout.readline() == "ready\n"
    for start in starts:
        assert start.stdin is not None
        start.stdin.write("\n")
        start.stdin.flush()
    said = [start.communicate(timeout=60)[0].strip() for start in starts]
    assert [start.returncode for start in starts] == [0] * count
    return said
