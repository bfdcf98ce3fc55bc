"""The page with the tests that prove the promises, each as it stands in the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.press.markdown import anchor

ROOT = Path(__file__).parents[2]
PROMISES = "promises.md"
PAGE = "proofs.md"
NAMED = re.compile(r"\[`(?P<path>tests/[\w/]+\.py)::(?P<name>\w+)`\]\(\.\./(?P=path)\)")
PLAIN = re.compile(r"(?<!\[)`(?P<path>tests/[\w/]+\.py)::(?P<name>\w+)`")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
HEAD = """# Proofs

At the end of this page you have read the tests that prove the [promises](promises.md), as they stand in the code.
What else they use is in the folder `tests/`.
"""


def led(markdown: str) -> str:
    """Return the promises with a link to the file of each test that is only named yet."""
    return PLAIN.sub(lambda match: f"[{match[0]}](../{match['path']})", markdown)


def linked(markdown: str) -> str:
    """Return the promises with links to this page."""
    return NAMED.sub(lambda match: f"[`{match['path']}::{match['name']}`]({PAGE}#{anchor(match['name'])})", markdown)


def page(markdown: str) -> str:
    """Return the page for these promises. Raises LookupError for a test that is not there."""
    named = dict.fromkeys((match["path"], match["name"]) for match in NAMED.finditer(markdown))
    return "\n".join([HEAD, *(_section(path, name) for path, name in named)])


def _section(path: str, name: str) -> str:
    return f"## {name}\n\n`{path}`\n\n```python\n{source(ROOT / path, name)}\n```\n"


def source(file: Path, name: str) -> str:
    """Return the text of a function, with its decorators. Raises LookupError where there is none."""
    text = file.read_text(encoding="utf-8")
    found = next((node for node in _functions(ast.parse(text)) if node.name == name), None)
    if found is None or found.end_lineno is None:
        raise LookupError(f"{file.name} has no {name}")
    first = min([found.lineno, *(one.lineno for one in found.decorator_list)])
    return "\n".join(text.splitlines()[first - 1 : found.end_lineno])


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            yield node
