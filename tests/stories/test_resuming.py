"""An agent that is killed comes back to what it asked: nobody is asked twice, and nothing is done twice."""

import re
import signal
import subprocess
import sys
from pathlib import Path

from agentgate import AgentGate

from tests.docs.blocks import blocks_of
from tests.stories.server import ADMIN_KEY, PATIENCE, Server, serving

(AGENT,) = [block.text for block in blocks_of("docs/howto/sdk.md") if "test_resuming" in block.words]
ALOUD = """
import logging, runpy
logging.basicConfig(level=logging.INFO, format="%(message)s")
runpy.run_path("agent.py")
"""
ASKED = re.compile(r"^request\.asked request_id=(\S+) ")


class Agent:
    """The guide's program in a process of its own, telling in its log what it does."""

    def __init__(self, folder: Path, server: Server, admin: AgentGate) -> None:
        self._folder = folder
        self._where = {"AGENTGATE_URL": server.url, "PATH": "/usr/bin:/bin"}
        self._where["AGENTGATE_API_KEY"] = str(admin.keys.create("agent", ["request:create"]).secret)

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", ALOUD], cwd=self._folder, env=self._where, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip


def asked_by(process: "subprocess.Popen[str]") -> str:
    """Return the request that a process has asked, as soon as it has."""
    assert process.stderr is not None
    found = next(match for line in process.stderr if (match := ASKED.match(line)))
    return found[1]


def test_an_agent_that_was_killed_comes_back_to_its_request(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(AGENT)
    with serving(tmp_path) as server, AgentGate(server.url, api_key=ADMIN_KEY) as admin:
        agent = Agent(tmp_path, server, admin)
        with agent.start() as first:
            asked = asked_by(first)
            first.kill()
            assert first.wait(PATIENCE) == -signal.SIGKILL
        admin.decide(asked, "approved")
        with agent.start() as second:
            assert second.communicate(timeout=PATIENCE)[0] == "deploying\n"
        with agent.start() as third:
            assert third.communicate(timeout=PATIENCE)[0] == "deployed before, to host-7\n"
        assert [(one.id, one.result) for one in admin.list()] == [(asked, {"host": "host-7"})]


def test_ctrl_c_withdraws_what_nobody_can_come_back_to(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(AGENT.replace(', idempotency_key="release-1.4.2"', ""))
    with serving(tmp_path) as server, AgentGate(server.url, api_key=ADMIN_KEY) as admin:
        with Agent(tmp_path, server, admin).start() as agent:
            asked = asked_by(agent)
            agent.send_signal(signal.SIGINT)
            said, complained = agent.communicate(timeout=PATIENCE)
        assert (said, "KeyboardInterrupt" in complained) == ("", True)
        assert admin.get(asked).status == "cancelled"
