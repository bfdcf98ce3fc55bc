"""What a release says of itself: `python -m tools.release v1.2.3` checks the tag and prints its notes.

The notes are what the changelog has under the version. A tag that is not the code's version, or has no dated entry in
the changelog, is no release: the program says why and exits with 1.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHANGELOG = ROOT / "CHANGELOG.md"
VERSION = ROOT / "sdk/src/agentgate/_version.py"
HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: [-–] (?P<when>.+))?$", re.MULTILINE)
WRITTEN = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)


class NotReady(Exception):
    """This cannot be released, for the reason that it says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the changelog says of one version."""

    version: str
    when: str
    notes: str


def entries(changelog: str) -> list[Entry]:
    """Return the versions of a changelog, newest first."""
    found = list(HEADING.finditer(changelog))
    ends = [heading.start() for heading in found[1:]] + ([len(changelog)] if found else [])
    return [
        Entry(heading["version"], (heading["when"] or "").strip(), changelog[heading.end() : end].strip())
        for heading, end in zip(found, ends, strict=True)
    ]


def notes_for(tag: str, *, version: str, changelog: str) -> str:
    """Return the notes of the release that a tag makes; raises NotReady for a tag that must make none."""
    if tag != f"v{version}":
        raise NotReady(f"The tag is {tag}, but the code is {version}: tag v{version}, or change {VERSION.name}.")
    newest = next(iter(entries(changelog)), None)
    if newest is None or newest.version != version:
        there = f"begins with {newest.version}" if newest else "is empty"
        raise NotReady(f"CHANGELOG.md {there}: put an entry for {version} on top.")
    try:
        date.fromisoformat(newest.when)
    except ValueError as error:
        raise NotReady(f"CHANGELOG.md dates {version} “{newest.when}”: write the day, as 2026-01-31.") from error
    if not newest.notes:
        raise NotReady(f"CHANGELOG.md says nothing about {version}.")
    return _unwrapped(newest.notes)


def _unwrapped(notes: str) -> str:
    """Join the lines of each paragraph and item: release pages show every line break."""
    return re.sub(r"(?<=\S)\n[ \t]*(?=[^\s#*-])", " ", notes)


def main() -> int:
    """Print the notes of a tag, or why it cannot be released."""
    if len(sys.argv) != 2:
        print("usage: python -m tools.release TAG", file=sys.stderr)
        return 2
    written = WRITTEN.search(VERSION.read_text(encoding="utf-8"))
    try:
        print(
            notes_for(
                sys.argv[1],
                version=written[1] if written else "not written",
                changelog=CHANGELOG.read_text(encoding="utf-8"),
            )
        )
    except NotReady as why:
        print(f"This is no release. {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
