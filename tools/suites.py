"""Run the tests on SQLite and on PostgreSQL, side by side: `python -m tools.suites`, with pytest's options after it.

Tests wait more than they compute: so both run at once, each with a worker for every core; `tests/conftest.py` says
which tests one worker takes together, and which come first. What the run on SQLite says is shown as it comes, what the
one on PostgreSQL says at the end.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence

WORKERS = max(2, os.cpu_count() or 2)
PYTEST = ("-m", "pytest", f"--numprocesses={WORKERS}", "--dist=loadfile", "--no-loadscope-reorder")


def run_both(pytest: Sequence[str]) -> int:
    """Run a command as it is and with `--database postgres` at once; return the first exit code that is not 0."""
    with (
        tempfile.TemporaryFile() as kept,
        subprocess.Popen([*pytest, "--database", "postgres"], stdout=kept, stderr=subprocess.STDOUT) as on_postgres,
    ):
        print("On SQLite, with PostgreSQL beside it:", flush=True)
        on_sqlite = subprocess.run(pytest, check=False).returncode
        if on_postgres.poll() is None:
            print("On PostgreSQL: not at its end yet …", flush=True)
        ended = on_postgres.wait()
        print("On PostgreSQL:", flush=True)
        kept.seek(0)
        shutil.copyfileobj(kept, sys.stdout.buffer)
        sys.stdout.flush()
    return on_sqlite or ended


if __name__ == "__main__":
    sys.exit(run_both([sys.executable, *PYTEST, *sys.argv[1:]]))
