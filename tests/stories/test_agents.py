"""Agents keep what they asked while the gateway dies and comes back, and nothing is approved meanwhile."""

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from agentgate import AgentGate
from mcp import Client, StdioServerParameters

from tests.agents.clients import Model
from tests.agents.test_hook import BASH
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


@pytest.mark.on("sqlite")  # as above
def test_a_hook_waits_through_a_kill_and_a_restart_of_the_gateway(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        url = server.url
        settings = {"AGENTGATE_URL": url, "AGENTGATE_API_KEY": a_key(tmp_path, url, "claude")}
        (tmp_path / "told.json").write_bytes(BASH)
        with (tmp_path / "told.json").open("rb") as told:
            waiting = subprocess.Popen(
                [CLIENT, "hook", "claude-code"],
                env=environment(tmp_path, **settings),
                stdin=told,
                stdout=subprocess.PIPE,
            )
        with AgentGate(url, api_key=ADMIN_KEY) as person:
            asked = next(one for _ in iter(lambda: 0, 1) for one in person.list(status="pending"))
        server.process.kill()
        server.process.wait()
    with serving(tmp_path, PORT=str(urlsplit(url).port)), AgentGate(url, api_key=ADMIN_KEY) as person:
        person.decide(asked, "approved", reason="go")
        answer = json.loads(waiting.communicate(timeout=60)[0])
    assert waiting.returncode == 0
    assert answer["hookSpecificOutput"]["permissionDecision"] == "allow"


@pytest.mark.on("sqlite")  # as above
async def test_a_model_hears_that_nothing_is_approved_until_the_gateway_is_back(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        url = server.url
        settings = {"AGENTGATE_URL": url, "AGENTGATE_API_KEY": a_key(tmp_path, url, "model")}
        command = StdioServerParameters(command=CLIENT, args=["mcp"], env=environment(tmp_path, **settings))
        client = await Client(command).__aenter__()
        model = Model(client)
        asked = await model.uses("request_approval", action="mail.send", wait_seconds=0)
        server.process.kill()
        server.process.wait()
    try:
        said = await model.fails("check_approval", request_id=asked["request_id"], wait_seconds=1)
        assert said.startswith("NOT APPROVED. The gate cannot be asked.")
        with serving(tmp_path, PORT=str(urlsplit(url).port)), AgentGate(url, api_key=ADMIN_KEY) as person:
            person.decide(asked["request_id"], "approved")
            approved = await model.uses("request_approval", action="mail.send")
        assert (approved["request_id"], approved["approved"], approved["joined"]) == (asked["request_id"], True, True)
    finally:
        await client.__aexit__(None, None, None)
