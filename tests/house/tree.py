"""What house tests look at: the project's files, its Python trees and the rows of its documentation."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVER = ("app", "bot", "gateway", "models", "web")
"""The server's folders; those of later issues count as soon as they are there."""
CODE = (*SERVER, "sdk/src")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
GENERATED = "models/migrations/0*.py"
CELL = re.compile(r"(?<!\\)\|")
SPAN = re.compile(r"`([^`]+)`")


@cache
def project_files() -> tuple[Path, ...]:
    """Return every file that a clean checkout would have: what `.gitignore` names is not looked at."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines() if line.strip()]
    return tuple(sorted(_walk(ROOT, [*ignored, ".git"])))


def _walk(folder: Path, ignored: list[str]) -> Iterator[Path]:
    for entry in folder.iterdir():
        if any(fnmatch(entry.name, pattern) for pattern in ignored):
            continue
        if entry.is_dir():
            yield from _walk(entry, ignored)
        elif entry.is_file():
            yield entry


def shown(path: Path) -> str:
    """Return a path as people write it, from the project's root."""
    return path.relative_to(ROOT).as_posix()


def python_files(*folders: str) -> list[Path]:
    """Return the hand-written Python files in these folders, or everywhere."""
    return [
        path
        for path in project_files()
        if path.suffix == ".py"
        and not fnmatch(shown(path), GENERATED)
        and (not folders or shown(path).startswith(tuple(f"{folder}/" for folder in folders)))
    ]


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=shown(path))


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Yield every call in a file as it is written (`requests.close`), with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node.lineno


def page_text(page: str) -> str:
    """Return what is written on a page of the documentation."""
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def rows(page: str) -> list[tuple[str, list[str]]]:
    """Return the table rows of a documentation page: each code in the first cell, with the cells after it."""
    return rows_of(page_text(page))


def rows_of(text: str) -> list[tuple[str, list[str]]]:
    """Return the table rows of a text in Markdown, as `rows` does."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in CELL.split(line)[1:-1]] if line.startswith("|") else []
        found += [(name, cells[1:]) for name in SPAN.findall(cells[0] if cells else "")]
    return found


def documented(page: str, *, like: str) -> dict[str, list[str]]:
    """Return the rows of a page whose name looks like the pattern; fails when one of them stands there twice."""
    named = [(name, cells) for name, cells in rows(page) if re.fullmatch(like, name)]
    twice = [name for number, (name, _) in enumerate(named) if name in dict(named[:number])]
    assert twice == [], f"docs/{page} has more than one row for each of {twice}"
    return dict(named)


def code_in(text: str) -> set[str]:
    """Return what stands in backticks."""
    return set(SPAN.findall(text))
