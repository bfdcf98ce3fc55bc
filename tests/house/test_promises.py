"""Every promise names the test that proves it, and that test is there."""

import ast
import re

from tests.house.tree import FUNCTIONS, ROOT, tree

PROMISES = 8
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def sections() -> dict[str, str]:
    """Return the promises of the page by their heading."""
    text = (ROOT / "docs/promises.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (\d+\. .+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_promise_names_a_test() -> None:
    found = sections()
    assert len(found) == PROMISES
    assert [heading for heading, text in found.items() if not REFERENCE.search(text)] == []


def test_every_named_test_is_there() -> None:
    named = [reference for text in sections().values() for reference in REFERENCE.findall(text)]
    missing = [f"{path}::{name}" for path, name in named if not _has(path, name)]
    assert missing == []


def _has(path: str, name: str) -> bool:
    """Whether a file defines a test of this name, in a class or not."""
    file = ROOT / path
    return file.is_file() and any(isinstance(node, FUNCTIONS) and node.name == name for node in ast.walk(tree(file)))
