"""The habits of the code, each as a search that finds whoever breaks it."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import CODE, FUNCTIONS, SERVER, calls, python_files, shown, tree

LONGEST_FILE = 300
LONG_FILE = 200
LONGEST_FUNCTION = 40
IGNORES = re.compile(r"#\s*(noqa|type:\s*ignore|pragma|ruff:|mypy:)", re.IGNORECASE)
EXPLAINED = re.compile(r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* -{1,2} \S.*|type: ignore\[[a-z-, ]+\]  # \S.*)")
CLOCKS = re.compile(r"(^|\.)(now|utcnow|today)$|^time\.(time|time_ns|localtime|gmtime)$")


def callers(*names: str, folders: tuple[str, ...] = SERVER) -> list[str]:
    """Return the files that call one of these, once for each call."""
    return [shown(path) for path in python_files(*folders) for name, _ in calls(path) if name in names]


def test_a_request_ends_in_one_place() -> None:
    assert callers("requests.close") == ["gateway/closing.py"]


def test_publishing_is_the_only_way_to_make_an_event() -> None:
    assert callers("events.row", "events.add_all", "Event", "Event.create", "Event.bulk_create", "tables.Event") == [
        "gateway/gate.py",
        "gateway/gate.py",
        "models/events.py",
        "models/events.py",
    ]


def test_the_clock_is_read_in_one_place() -> None:
    readers = [
        f"{shown(path)}:{line} {name}"
        for path in python_files(*SERVER)
        for name, line in calls(path)
        if CLOCKS.search(name) and not re.search(r"(gate|self|call\.gate)\._?now$", name)
    ]
    assert [reader.split(":")[0] for reader in readers] == ["app/wiring.py"], readers


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        shown(path)
        for path in python_files(*SERVER)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    }
    assert readers <= {"app/settings.py"}


def test_no_task_runs_loose() -> None:
    """A task group ends what it starts; by hand, tasks start only where the process itself starts and stops."""
    loose = callers("asyncio.create_task", "asyncio.ensure_future", "loop.create_task")
    assert [name for name in loose if not name.startswith("app/")] == []


def test_no_file_is_long() -> None:
    files = python_files(*CODE, "action")
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    long = sorted(name for name, length in lengths.items() if length > LONG_FILE)
    assert len(long) <= len(lengths) / 10, long


def test_no_function_is_long() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, FUNCTIONS) and _length(node) > LONGEST_FUNCTION
    ]
    assert long == []


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function has, from its `def` on."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield the comments of a source text with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def unexplained(source: str) -> list[int]:
    """Return the lines whose lint or type ignore gives no rule or no reason."""
    return [line for line, comment in comments(source) if IGNORES.search(comment) and not EXPLAINED.search(comment)]


def test_every_ignore_carries_its_reason() -> None:
    found = [f"{shown(path)}:{line}" for path in python_files() for line in unexplained(_read(path))]
    assert found == []


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("comment", "is_explained"),
    [
        ("# noqa: S311 - it guards nothing", True),
        ("# noqa: S311, S608 - both are harmless here", True),
        ("# type: ignore[arg-type]  # the stubs are wrong", True),
        ("# no" + "qa", False),
        ("# no" + "qa: S311", False),
        ("# type: " + "ignore", False),
        ("# type: " + "ignore[arg-type]", False),
    ],
)
def test_what_counts_as_a_reason(comment: str, *, is_explained: bool) -> None:
    assert (unexplained(f"x = 1  {comment}\n") == []) is is_explained
