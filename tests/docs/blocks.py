"""The blocks of code on the documentation's pages, each with what is said of running it in the comment before it.

    <!-- run: as admin, exits 3 -->     how it is run, beyond what its language says
    <!-- run: in the chat -->           each line is typed in the server's own chat
    <!-- is: Request -->                JSON of one of the API's objects
    <!-- run by: tests/….py::test_… --> another test runs it
    <!-- not run: needs a printer -->   why nothing runs it
    <!-- blocks run by: tests/….py -->  once on a page: that test runs every block without a comment of its own

A block of a language that can be run and that has no comment is run. A drawing needs none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.tree import ROOT, shown

FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>```+|~~~+)(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)
COMMENT = re.compile(r"<!-- (run|is|run by|not run): ([^>]+?) -->\s*\Z")
PAGE = re.compile(r"^<!-- blocks run by: (\S+) -->$", re.MULTILINE)
RUNNABLE = frozenset({"sh", "bash", "python", "sql", "json", "yaml", "toml", "dotenv"})
DRAWING = re.compile("[\u2500-\u257f]")
LANGUAGES = RUNNABLE | {"text", "ini", "nginx", "mermaid", "console", "diff", "html"}


@dataclass(frozen=True, slots=True)
class Block:
    """One block: where it is, what it holds, and what is said of running it."""

    page: str
    line: int
    language: str
    text: str
    kind: str
    """`run`, `is`, `run by`, `not run`, or empty where no comment is."""
    words: str
    before: str
    """The paragraph before it, which may say as what to save it."""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def hows(self) -> list[str]:
        """Return how it is run, one by one."""
        return [one.strip() for one in self.words.split(",")] if self.kind == "run" else []

    @property
    def lines(self) -> list[str]:
        """Return its lines, but for those that a comment leaves out."""
        left_out = tuple(one.removeprefix("without ") for one in self.hows if one.startswith("without "))
        return [line for line in self.text.splitlines() if not (left_out and line.startswith(left_out))]

    @property
    def is_drawing(self) -> bool:
        """Whether it is a picture made of characters, or of words that a browser draws."""
        return self.language == "mermaid" or (self.language == "text" and DRAWING.search(self.text) is not None)

    @property
    def is_run(self) -> bool:
        """Whether running the page runs it."""
        return self.kind == "run" or (not self.kind and self.language in RUNNABLE - {"json"})

    @property
    def file(self) -> str | None:
        """Return the name under which the page says to save it."""
        named = re.search(r"(?:[Ss]ave|[Pp]ut)\b[^`.]*?`([\w./-]+)`[^`\n]*$", self.before)
        return named[1] if named else None


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of a page, named from the project's root."""
    return list(_blocks(page, (ROOT / page).read_text(encoding="utf-8")))


def _blocks(page: str, text: str) -> Iterator[Block]:
    end = 0
    elsewhere = PAGE.search(text)
    by_default = ("run by", elsewhere[1]) if elsewhere else ("", "")
    for match in FENCE.finditer(text):
        before = text[end : match.start()]
        comment = COMMENT.search(before)
        language = match["info"].strip().partition(" ")[0]
        kind, words = comment.groups() if comment else by_default if language in RUNNABLE else ("", "")
        paragraph = before[: comment.start()] if comment else before
        yield Block(
            page=page,
            line=text.count("\n", 0, match.start()) + 1,
            language=language,
            text=re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE),
            kind=kind,
            words=" ".join(words.split()),
            before=paragraph.strip().rpartition("\n\n")[2],
        )
        end = match.end()


def pages() -> list[str]:
    """Return every page of the documentation, and the front door."""
    return ["README.md", *(shown(page) for page in sorted((ROOT / "docs").rglob("*.md")))]


def every_block() -> list[Block]:
    """Return the blocks of all pages."""
    return [block for page in pages() for block in blocks_of(page)]
