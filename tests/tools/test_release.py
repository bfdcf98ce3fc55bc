"""A tag becomes a release only where code and changelog agree with it, and its notes are those of the changelog."""

import subprocess
import sys

import pytest

from tests.house.tree import ROOT
from tools.release import CHANGELOG, NotReady, entries, notes_for

TEXT = """# Changelog

All notable changes.

## [1.2.0] – 2026-03-01

### Added

- One thing, told in
  two lines.
- Another.

### Fixed

- A fault.

## [1.1.0] - 2026-02-01

- Older.
"""


def test_the_notes_are_the_newest_entry_with_its_lines_joined() -> None:
    notes = notes_for("v1.2.0", version="1.2.0", changelog=TEXT)
    assert notes == "### Added\n\n- One thing, told in two lines.\n- Another.\n\n### Fixed\n\n- A fault."


def test_every_entry_is_found_with_its_date() -> None:
    assert [(one.version, one.when) for one in entries(TEXT)] == [("1.2.0", "2026-03-01"), ("1.1.0", "2026-02-01")]


@pytest.mark.parametrize(
    ("tag", "version", "changelog", "why"),
    [
        ("v1.2.1", "1.2.0", TEXT, "but the code is 1.2.0"),
        ("1.2.0", "1.2.0", TEXT, "tag v1.2.0"),
        ("v1.3.0", "1.3.0", TEXT, "begins with 1.2.0"),
        ("v1.1.0", "1.1.0", TEXT, "begins with 1.2.0"),
        ("v1.2.0", "1.2.0", TEXT.replace("2026-03-01", "unreleased"), "dates 1.2.0 “unreleased”"),
        ("v1.2.0", "1.2.0", TEXT.replace(" – 2026-03-01", ""), "write the day"),
        ("v1.2.0", "1.2.0", TEXT.replace("2026-03-01", "2026-02-30"), "write the day"),
        ("v1.2.0", "1.2.0", "# Changelog\n\n## [1.2.0] – 2026-03-01\n", "says nothing about 1.2.0"),
        ("v1.2.0", "1.2.0", "# Changelog\n", "is empty"),
    ],
)
def test_what_does_not_agree_is_no_release(tag: str, version: str, changelog: str, why: str) -> None:
    with pytest.raises(NotReady, match=why):
        notes_for(tag, version=version, changelog=changelog)


def release(tag: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tools.release", tag], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_program_says_why_and_prints_no_notes() -> None:
    done = release("v99.0.0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("This is no release. The tag is v99.0.0, but the code is ")


def test_the_changelog_can_be_released_but_for_its_date() -> None:
    newest = entries(CHANGELOG.read_text(encoding="utf-8"))[0]
    dated = CHANGELOG.read_text(encoding="utf-8").replace(newest.when, "2026-01-31", 1)
    notes = notes_for(f"v{newest.version}", version=newest.version, changelog=dated)
    assert notes.startswith("### Added\n\n- The spine: an agent asks through the HTTP API")
    assert "\n  " not in notes
