"""Pages with parts that are made from the code: where they stand, and what stands there.

A part is all between `<!-- from the code: NAME WORDS -->` and `<!-- end -->`. It is kept in the page, so
that people read it wherever they read the page; `make reference` writes it, and a test fails when the code says more.
"""

import re
from pathlib import Path

from tools.press import proofs
from tools.press.parts import PARTS

DOCS = Path(__file__).parents[2] / "docs"
PART = re.compile(r"^(<!-- from the code: ([a-z]+)((?: [\w:.-]+)*) -->\n).*?^(<!-- end -->)$", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    """Return every page of the documentation, and the one that stands beside the Action for those who find it first."""
    return [*sorted(DOCS.rglob("*.md")), DOCS.parent / "action" / "README.md"]


def parts_in(text: str) -> list[str]:
    """Return what is made from the code in a page: names with their words."""
    return [f"{name}{words}" for _, name, words, _ in PART.findall(text)]


def fresh(page: Path) -> str:
    """Return a page as it should stand there."""
    text = printed(page.read_text(encoding="utf-8"))
    return proofs.led(text) if page.name == proofs.PROMISES else text


def printed(text: str) -> str:
    """Return a page with its parts as the code has them now. Raises KeyError for a part that nobody makes."""
    return PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]](*part[3].split())}\n\n{part[4]}", text)
