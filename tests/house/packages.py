"""What is installed here, for tests that build an environment of their own without fetching anything."""

import subprocess
import sys
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(name: str) -> set[str]:
    """Return everything that a package needs to run here, itself included."""
    found: set[str] = set()
    waiting = [Requirement(name)]
    while waiting:
        wanted = waiting.pop()
        found.add(canonicalize_name(wanted.name))
        needed = [Requirement(text) for text in requires(wanted.name) or ()]
        extras = ("", *wanted.extras)
        waiting += [
            one
            for one in needed
            if canonicalize_name(one.name) not in found
            and (one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras))
        ]
    return found


def python_with_pip() -> str:
    """Return a Python that has pip: ours, or where it has none the one that made ours."""
    for python in (sys.executable, getattr(sys, "_base_executable", sys.executable)):
        if subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return python
    raise AssertionError("no pip anywhere; `make setup` needs one too")
