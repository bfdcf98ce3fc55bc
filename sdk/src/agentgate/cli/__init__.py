"""The command `agentgate`; everything but this file needs the extra `cli`."""

import sys


def main() -> None:
    """Run the command line, or say what is missing for it."""
    try:
        from .app import run
    except ModuleNotFoundError as missing:
        if missing.name not in {"typer", "rich"}:
            raise
        sys.exit(f'The command line needs {missing.name}. Install it with: pip install "agentgate-client[cli]"')
    sys.exit(run(sys.argv[1:]))
