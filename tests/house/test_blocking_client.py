"""The blocking client is the asyncio one without waiting: written by a program, never by hand."""

import re
import subprocess
import sys

import pytest

from tests.house.tree import ROOT
from tools.blocking import PHRASES, WORDS, blocking, sources, stale, twin_of

SOURCES = {path: path.read_text(encoding="utf-8") for path in sources()}


def test_every_twin_is_what_its_source_makes_of_it() -> None:
    assert SOURCES
    assert [path.name for path in stale()] == [], "run `make format`"


def test_no_twin_waits_for_an_event_loop() -> None:
    twins = {twin_of(path).name: twin_of(path).read_text(encoding="utf-8") for path in SOURCES}
    left = {name: re.findall(r"\basync\b|\bawait|\bA?[Aa]sync[A-Z]\w+", text) for name, text in twins.items()}
    assert left == {name: [] for name in twins}


@pytest.mark.parametrize("word", [*WORDS, *PHRASES])
def test_nothing_in_the_tables_is_left_over(word: str) -> None:
    assert any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) for text in SOURCES.values())


def test_what_is_inside_of_words_and_sentences_stays() -> None:
    source = (
        '"""Says async and await."""\nawaited = "await"\n\n\nasync def asynchronous() -> None:\n    await awaited()\n'
    )
    assert blocking(source, "_async_x.py").endswith(
        'awaited = "await"\n\n\ndef asynchronous() -> None:\n    awaited()\n'
    )


def test_the_command_finds_nothing_to_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.blocking", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
