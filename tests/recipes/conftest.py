"""A real gateway in a process of its own, an agent's environment, and somebody who decides."""

import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from agentgate import AgentGate, Conflict, Request

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".venv/bin/agentgate-server"
PAGE = ROOT / "docs/howto/frameworks.md"
ADMIN_KEY = "agk_admin-of-the-recipes"
RUNNING = re.compile(r"running at (http://\S+)")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the gateway is: the server itself, from the environment of the server."""
    folder = tmp_path_factory.mktemp("gateway")
    settings = {"HOST": "127.0.0.1", "PORT": "0", "ADMIN_API_KEY": ADMIN_KEY, "RATE_LIMIT_RPM": "100000"}
    with (
        (folder / "server.log").open("w") as errors,
        subprocess.Popen(
            [SERVER, "serve"], cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **settings}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
        ) as server,
    ):  # fmt: skip
        try:
            assert server.stdout is not None
            found = next((match for line in server.stdout if (match := RUNNING.search(line))), None)
            assert found, (folder / "server.log").read_text()
            yield found[1]
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def agents_key(url: str) -> str:
    """The key of the agents."""
    with AgentGate(url, api_key=ADMIN_KEY) as admin:
        return str(admin.keys.create("agent", ["request:create"]).secret)


@pytest.fixture(autouse=True)
def _environment(url: str, agents_key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an agent's program finds in its environment."""
    monkeypatch.setenv("AGENTGATE_URL", url)
    monkeypatch.setenv("AGENTGATE_API_KEY", agents_key)


class Approver(threading.Thread):
    """Somebody who looks at what waits, and decides by a rule; remembers what was asked."""

    def __init__(self, url: str, rule: Callable[[Request], bool]) -> None:
        super().__init__(name="approver", daemon=True)
        self.asked: list[Request] = []
        self._gate = AgentGate(url, api_key=ADMIN_KEY)
        self._rule = rule
        self._over = threading.Event()

    def run(self) -> None:
        """Decide until it is over."""
        while not self._over.wait(0.05):
            for request in self._gate.list(status="pending"):
                self.asked.append(request)
                is_fine = self._rule(request)
                try:
                    self._gate.decide(
                        request, "approved" if is_fine else "denied", reason=None if is_fine else "Not that one."
                    )
                except Conflict:
                    continue  # its asker was faster

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.join()
        self._gate.close()


@pytest.fixture
def approver(url: str) -> Callable[[Callable[[Request], bool]], Approver]:
    """Make somebody who decides by a rule."""
    return lambda rule: Approver(url, rule)


@pytest.fixture
def recipe() -> Callable[..., dict[str, Any]]:
    """Run the block of the page that holds these words, with the names that the reader brings along."""

    def run(words: str, **names: Any) -> dict[str, Any]:
        (block,) = [block for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if words in block]
        exec(compile(block, f"{PAGE.name}: {words}", "exec"), names)  # noqa: S102 -- our own page
        return names

    return run
