"""A real PostgreSQL to measure on, which writes every commit to disk as in life."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from bench.server import SERVER
from tests.platforms.postgres import running_postgres


@contextmanager
def a_postgres() -> Iterator[dict[str, str]]:
    """Start a server with a migrated database and give the settings that lead there."""
    with running_postgres(fsync="on", full_page_writes="on") as postgres:
        settings = {"DATABASE_URL": postgres.make_database("gate"), "AGENTGATE_SECRET_KEY": secrets.token_urlsafe(32)}
        environment = {"PATH": os.environ["PATH"]} | settings
        subprocess.run([SERVER, "migrate"], cwd=postgres.folder, env=environment, check=True, capture_output=True)
        yield settings
