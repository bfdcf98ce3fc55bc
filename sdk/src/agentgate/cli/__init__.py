"""The command `agentgate`; everything but this file needs the extra `cli`."""

import itertools
import sys
import traceback

BLOCKED = 2
"""What stops a tool call when a hook ends with it; coding agents go on after any other code but 0."""
WITH_A_VALUE = {"--url", "--api-key"}


def main() -> None:
    """Run the command line, or say what is missing for it."""
    words = sys.argv[1:]
    if not _is_a_hook(words):
        sys.exit(_run(words))
    try:
        code = _run(words)
    except Exception:  # noqa: BLE001 -- a tool call must not slip through a fault of ours, whichever
        traceback.print_exc()
        code = BLOCKED
    sys.exit(BLOCKED if code else 0)


def _run(words: list[str]) -> int:
    try:
        from .app import run
    except ModuleNotFoundError as missing:
        if missing.name not in {"typer", "rich"}:
            raise
        needs = f'The command line needs {missing.name}. Install it with: pip install "agentgate-client[cli]"'
        print(needs, file=sys.stderr)
        return 1
    return run(words)


def _is_a_hook(words: list[str]) -> bool:
    """Whether the command is `hook`: the first word that is neither an option nor an option's value."""
    pairs = itertools.pairwise(["", *words])
    commands = (word for before, word in pairs if not word.startswith("-") and before not in WITH_A_VALUE)
    return next(commands, "") == "hook"
