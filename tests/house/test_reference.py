"""What the documentation makes from the code is what the code says now; `make reference` writes it."""

import re
from pathlib import Path

import pytest

from tests.house.tree import shown
from tools.press.pages import fresh, pages, parts_in, printed
from tools.press.parts import PARTS

TEXTS = {shown(page): page.read_text(encoding="utf-8") for page in pages()}


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_a_page_says_what_the_code_says(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == fresh(page), f"{shown(page)} lags behind the code: run `make reference`"


def test_every_part_stands_somewhere() -> None:
    assert {part.split()[0] for text in TEXTS.values() for part in parts_in(text)} == set(PARTS)


def test_no_part_is_begun_and_not_ended() -> None:
    begun = {page: len(re.findall(r"^<!-- from the code", text, re.MULTILINE)) for page, text in TEXTS.items()}
    assert begun == {page: len(parts_in(text)) for page, text in TEXTS.items()}


def test_a_page_that_lags_behind_is_noticed() -> None:
    part = "<!-- from the code: scopes -->\n\n| scope | allows |\n\n<!-- end -->"
    assert "`request:decide`" in printed(part)
    assert printed(printed(part)) == printed(part)
