"""A real server as a process of its own: it is stopped, killed or frozen by a test, and ends with the tests."""

import signal
import socket
import subprocess
import threading

PATIENCE = 60


class LocalServer:
    """A server on a free port of 127.0.0.1, which it keeps from one start to the next; `log` is what it has said."""

    READY = ""
    """What a line says when connections are taken."""

    def __init__(self) -> None:
        self.port = _free_port()
        self.log: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start the server; return when it takes connections."""
        ready = threading.Event()
        process = self._process = self._started()
        self._reader = threading.Thread(target=self._read, args=(process, ready), daemon=True)
        self._reader.start()
        self._guard = subprocess.Popen(["sh", "-c", *self._when_we_are_gone(process.pid)], stdin=subprocess.PIPE)
        assert ready.wait(PATIENCE), "".join(self.log)
        assert process.poll() is None, "".join(self.log)

    def _started(self) -> "subprocess.Popen[str]":
        """Start the process, with what it says on one pipe."""
        raise NotImplementedError

    def _when_we_are_gone(self, process: int) -> list[str]:
        """Return a shell's script and words that end the server when its standard input ends, as it does with us."""
        raise NotImplementedError

    def kill(self) -> None:
        """Kill the server, also one that is frozen; children that it has follow when they notice."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it take connections and say nothing more, as a machine does that hangs or a network that drops all."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on where it was frozen."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None, "the server is not running"
        self._process.send_signal(number)

    def _read(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        """Keep what the server says; the pipe ends when the last of its processes is gone."""
        assert process.stdout is not None
        for line in process.stdout:
            self.log.append(line)
            if self.READY in line:
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


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])
