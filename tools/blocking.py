"""Write the blocking client from the asyncio one: `python -m tools.blocking`, or `--check` to look only.

One source, two clients: a verb is written once, awaited, in a file named `_async_….py`. What the blocking twin says
differently stands in the tables below; everything else is the same by construction.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

CLIENT = Path(__file__).parents[1] / "sdk/src/agentgate"
SOURCE_PREFIX = "_async_"
WORDS = {
    "AsyncAgentGate": "AgentGate",
    "AsyncCaller": "Caller",
    "AsyncClient": "Client",
    "AsyncGuard": "Guard",
    "AsyncIterator": "Iterator",
    "AsyncKeys": "Keys",
    "AsyncLine": "Line",
    "AsyncPolicies": "Policies",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "_async_admin": "_admin",
    "_async_client": "_client",
    "_async_guard": "_guard",
    "_async_line": "_line",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "async_sleep": "sleep",
    "async_transport": "transport",
    "asynccontextmanager": "contextmanager",
    "outcomes_async": "outcomes",
    "decorated_async": "decorated",
}
PHRASES = {
    "for asyncio; tasks may share it": "that blocks; threads may share it",
}
DROPPED = {"async", "await"}
AWAITED = re.compile(r"Awaitable\[(\w+)\]")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the source and what takes its place."""

    start: int
    end: int
    text: str


def sources() -> list[Path]:
    """Return the files that are written by hand and have a blocking twin."""
    return sorted(CLIENT.glob(f"{SOURCE_PREFIX}*.py"))


def twin_of(source: Path) -> Path:
    """Return where a source's blocking twin lies."""
    return source.with_name("_" + source.name.removeprefix(SOURCE_PREFIX))


def blocking(source: str, name: str) -> str:
    """Return the blocking twin of a source text, formatted; `name` is the source's file."""
    edited = source
    for edit in sorted(_edits(source), key=lambda edit: edit.start, reverse=True):
        edited = edited[: edit.start] + edit.text + edited[edit.end :]
    docstring, _, rest = edited.partition("\n")
    note = f"# Written from {name} by `make format`: change that file, not this one."
    return _formatted("\n".join([docstring, "", note, AWAITED.sub(r"\1", rest)]))


def _edits(source: str) -> Iterator[Edit]:
    """Yield what to change: keywords go, names and phrases are said otherwise, ignores about asyncio are not needed."""
    lines = [0]
    for line in source.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for token, following in pairwise(tokens):
        start = lines[token.start[0] - 1] + token.start[1]
        end = lines[token.end[0] - 1] + token.end[1]
        if token.type == tokenize.NAME and token.string in DROPPED:
            yield Edit(start, lines[following.start[0] - 1] + following.start[1], "")
        elif token.type == tokenize.NAME and token.string in WORDS:
            yield Edit(start, end, WORDS[token.string])
        elif token.type == tokenize.STRING:
            yield Edit(start, end, _said_otherwise(token.string))
        elif token.type == tokenize.COMMENT and token.string.startswith("# noqa: ASYNC"):
            yield Edit(start, end, "")


def _said_otherwise(text: str) -> str:
    for said, instead in PHRASES.items():
        text = text.replace(said, instead)
    return text


def _formatted(source: str) -> str:
    for arguments in (["check", "--quiet", "--fix-only", "--select=I,F401"], ["format", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *arguments, f"--stdin-filename={CLIENT / '_twin.py'}", "-"]
        source = subprocess.run(ruff, input=source, capture_output=True, text=True, check=True).stdout
    return source


def stale() -> dict[Path, str]:
    """Return the twins that are not what their source makes of them, with what they should be."""
    wanted = {twin_of(path): blocking(path.read_text(encoding="utf-8"), path.name) for path in sources()}
    return {
        path: text for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def main() -> int:
    """Write what is stale and say so; with `--check`, say so and fail."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--check", action="store_true", help="write nothing; exit with 1 when something is stale")
    only_look = words.parse_args().check
    outdated = stale()
    for path, text in outdated.items():
        print(f"{path.name} {'is not what its source says: run make format' if only_look else 'written'}")
        if not only_look:
            path.write_text(text, encoding="utf-8")
    return 1 if only_look and outdated else 0


if __name__ == "__main__":
    raise SystemExit(main())
