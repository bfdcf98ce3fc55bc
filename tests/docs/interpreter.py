"""A Python that is given one block after the other, each as a line of JSON, and says how each ended.

Run as a program: what a page imports and defines is its own, and what it breaks too.
"""

import ast
import asyncio
import inspect
import json
import sys
import traceback
from types import CodeType
from typing import Any

DONE = "\u2403"
"""Ends what a block printed; a word follows."""


def main() -> None:
    """Run blocks until there are no more."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for line in sys.stdin:
        block = json.loads(line)
        try:
            run(compile(block["text"], block["where"], "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
        except BaseException:  # noqa: BLE001 - whatever a block raises is what there is to tell
            print(traceback.format_exc(), DONE, "failed", flush=True)
        else:
            print(DONE, "done", flush=True)


def run(code: CodeType, names: dict[str, Any]) -> None:
    """Run one block; one that awaits has an event loop of its own."""
    came = eval(code, names)  # noqa: S307 - it is our own page
    if inspect.iscoroutine(came):
        asyncio.run(came)


if __name__ == "__main__":
    main()
