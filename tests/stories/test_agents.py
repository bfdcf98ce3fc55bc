"""Agents keep what they asked while the gateway dies and comes back: a command waits, and runs after the approval."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from agentgate import AgentGate

from tests.stories.server import ADMIN_KEY, CLIENT, environment, run, serving

PERSON = {"AGENTGATE_API_KEY": ADMIN_KEY}


def a_key(folder: Path, url: str, name: str) -> str:
    """Return a new key that may ask."""
    made = run([CLIENT, "keys", "create", name, "request:create"], folder, AGENTGATE_URL=url, **PERSON)
    return made.stdout.strip()


@pytest.mark.on("sqlite")  # what the command goes through is the same whatever the server keeps its requests in
def test_a_command_waits_through_a_kill_and_a_restart_of_the_gateway(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        url = server.url
        key = a_key(tmp_path, url, "deploy-bot")
        settings = {"AGENTGATE_URL": url, "AGENTGATE_API_KEY": key}
        waiting = subprocess.Popen(
            [CLIENT, "run", "--timeout", "60s", "--", "echo", "it ran"],
            env=environment(tmp_path, **settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert waiting.stderr is not None
        assert any("Waiting" in line for line in waiting.stderr)
        server.process.kill()
        server.process.wait()
    with serving(tmp_path, PORT=str(urlsplit(url).port)), AgentGate(url, api_key=ADMIN_KEY) as person:
        [asked] = person.list(status="pending")
        person.decide(asked, "approved")
        said, _ = waiting.communicate(timeout=60)
    assert (waiting.returncode, said) == (0, "it ran\n")
