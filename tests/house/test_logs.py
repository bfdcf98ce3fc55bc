"""Log lines are events with a name, and nothing that was asked, and nothing that opens anything, is passed to them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import SERVER, python_files, shown, tree

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
EVENT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
UNSPEAKABLE = {
    "params", "context", "body", "result", "reason", "secret", "presented", "token", "password", "headers", "query",
    "query_string", "raw", "url", "path_qs", "rel_url", "payload", "text", "card", "link", "ask", "details",
}  # fmt: skip
"""Names of what was asked, and of what opens something. A fault has a reason too: there only a thing's own counts."""


def written(module: ast.Module) -> Iterator[ast.Call]:
    """Yield every call that writes a log line."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_log = isinstance(node.func.value, ast.Name) and node.func.value.id in {"log", "logger"}
            if is_log and node.func.attr in LEVELS:
                yield node


def every_line() -> list[tuple[Path, ast.Call]]:
    """Return every log line of the server, with its file."""
    return [(path, call) for path in python_files(*SERVER) for call in written(tree(path))]


def is_named(call: ast.Call) -> bool:
    """Whether a line's first word is an event: `noun.verb`, or the one that something brings along."""
    first = call.args[0] if len(call.args) == 1 else None
    if isinstance(first, ast.Constant):
        return EVENT.fullmatch(str(first.value)) is not None
    return isinstance(first, ast.Attribute) and first.attr in {"type", "event"}


def unspeakable(call: ast.Call) -> set[str]:
    """Return the names in a line's values that have no place in a log."""
    values = [node for keyword in call.keywords for node in ast.walk(keyword.value)]
    own = {node.attr for node in values if isinstance(node, ast.Attribute)}
    names = {node.id for node in values if isinstance(node, ast.Name)} | {keyword.arg for keyword in call.keywords}
    unnamed = {"**" for keyword in call.keywords if keyword.arg is None}
    return (own & UNSPEAKABLE) | ({str(name) for name in names} & UNSPEAKABLE - {"reason"}) | unnamed


def test_every_line_is_an_event() -> None:
    lines = every_line()
    assert len(lines) > 20
    assert [f"{shown(path)}:{call.lineno}" for path, call in lines if not is_named(call)] == []


def test_no_line_is_given_what_was_asked_or_what_opens_something() -> None:
    found = {f"{shown(path)}:{call.lineno}": unspeakable(call) for path, call in every_line()}
    assert {place: names for place, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("line", "is_good"),
    [
        ('log.info("request.decided", request=request.id)', True),
        ('log.info("request.decided", params=request.params)', False),
        ('log.info("request.decided", asked=request.params)', False),
        ('log.warning("slack.refused", error=str(payload))', False),
        ('log.info("request.decided", **request)', False),
        ('log.info(f"request {request.id} was decided")', False),
        ('log.info("It was decided")', False),
        ('log.info("request.decided", request.params)', False),
    ],
)
def test_the_search_finds_what_it_looks_for(line: str, *, is_good: bool) -> None:
    (call,) = written(ast.parse(line))
    assert (is_named(call) and not unspeakable(call)) is is_good
