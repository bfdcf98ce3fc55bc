"""The main job, end to end: an agent asks, a person decides in the local chat, the agent goes on."""

import re
import shlex
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.stories.server import ADMIN_KEY, CLIENT, SERVER, STYLE, Terminal, environment, in_a_terminal, run, serving

PRINTED_LINE = r"(AGENTGATE_URL=[^\x1b]*?--wait 15m)"
FIRST = pytest.mark.on("sqlite")
"""Keys that the first start makes: on PostgreSQL somebody makes them by hand."""
WHATEVER = pytest.mark.on("sqlite")
"""It says the same whatever the database is, so once is enough."""


def paste(terminal: Terminal, folder: Path) -> "subprocess.Popen[str]":
    """Run the line that the first start prints, as a second terminal would."""
    line = re.sub(r"[\r\n]+", "", terminal.sees(PRINTED_LINE)[1])
    return subprocess.Popen(
        ["sh", "-c", line], cwd=folder, env=environment(folder), text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def code_on(terminal: Terminal) -> str:
    """Wait for the card and return its code."""
    terminal.sees("Waiting for approval")
    return str(terminal.sees(r"([2-9a-z]{4}-[2-9a-z]{4}) · [0-9a-f]{12}")[1])


@FIRST
@pytest.mark.parametrize(
    ("answer", "exit_code", "said"),
    [("approve {code}", 0, "approved by terminal:alice"), ("deny {code} not today", 3, "not today")],
)
def test_the_printed_line_waits_for_what_is_typed_in_the_chat(
    tmp_path: Path, answer: str, exit_code: int, said: str
) -> None:
    with in_a_terminal(tmp_path, ADMIN_API_KEY="") as terminal:
        agent = paste(terminal, tmp_path)
        code = code_on(terminal)
        terminal.types(answer.format(code=code))
        output, _ = agent.communicate(timeout=30)
        assert agent.returncode == exit_code, output
        assert said in output
        terminal.sees(code)
        terminal.child.sendcontrol("c")
        terminal.child.expect("$", timeout=2)
        terminal.child.wait()
        assert terminal.child.exitstatus == 0


@FIRST
def test_a_numbered_button_decides_too(tmp_path: Path) -> None:
    with in_a_terminal(tmp_path, ADMIN_API_KEY="") as terminal:
        agent = paste(terminal, tmp_path)
        number = terminal.sees(rf"\[(\d+)\]{STYLE} *{STYLE}Deny")[1]
        terminal.sees("❯")
        terminal.types(number)
        terminal.sees("because")
        terminal.types("it is Friday")
        output, _ = agent.communicate(timeout=30)
        assert agent.returncode == 3
        assert "it is Friday" in output


@FIRST
def test_the_keys_of_the_first_start_are_shown_once(tmp_path: Path) -> None:
    with serving(tmp_path, ADMIN_API_KEY="") as server:
        assert server.stop() == 0
        first = server.rest()
    with serving(tmp_path, ADMIN_API_KEY="") as server:
        assert server.stop() == 0
        second = server.rest()
    assert len(re.findall(r"(admin|agent) key  agk_\S{43}", first)) == 2
    assert "agk_" not in second
    secret = tmp_path / "data" / "agentgate.db.secret"
    assert secret.stat().st_mode & 0o777 == 0o600


@FIRST
def test_the_shown_keys_work_after_a_restart(tmp_path: Path) -> None:
    with serving(tmp_path, ADMIN_API_KEY="") as server:
        server.stop()
        keys = re.findall(r"key  (agk_\S+)", server.rest())
    with serving(tmp_path, ADMIN_API_KEY="") as server:
        seen = [
            httpx.get(f"{server.url}/api/requests", headers={"Authorization": f"Bearer {key}"}).status_code
            for key in keys
        ]
    assert seen == [200, 403]


def test_without_a_terminal_it_serves_without_the_chat(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        asked = httpx.post(
            f"{server.url}/api/requests", json={"action": "x"}, headers={"Authorization": f"Bearer {ADMIN_KEY}"}
        )
    assert asked.status_code == 201
    assert "❯" not in server.printed
    assert asked.json()["warnings"]


def test_the_client_lists_and_shows_what_was_asked(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        to_server = {"AGENTGATE_URL": server.url, "AGENTGATE_API_KEY": ADMIN_KEY}
        asked = run([CLIENT, "request", "deploy.prod", "--param", "env=prod", "--json"], tmp_path, **to_server)
        listed = run([CLIENT, "list", "--json"], tmp_path, **to_server)
    assert asked.returncode == 0, asked.stderr
    assert '"deploy.prod"' in asked.stdout
    assert '"deploy.prod"' in listed.stdout


@WHATEVER
def test_the_demo_ends_well_and_asks_nothing(tmp_path: Path) -> None:
    played = run([SERVER, "demo"], tmp_path, PORT="http", LOG_LEVEL="loud", SLACK_BOT_TOKEN="xoxb-half-a-section")
    assert played.returncode == 0, played.stderr
    for line in (
        "approved    policy:reads",
        "denied      policy:no-drops",
        "approved    terminal:alice",
        "expired     system",
    ):
        assert line in played.stdout
    assert "shown-to-nobody" not in played.stdout
    assert list(tmp_path.iterdir()) == []


@WHATEVER
def test_migrate_may_run_any_number_of_times(tmp_path: Path) -> None:
    first, second = (run([SERVER, "migrate"], tmp_path) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert "applied 0001_initial" in first.stdout
    assert "up to date" in second.stdout


@WHATEVER
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "99999"), ("PORT", "http"), ("HOST", "256.1.1.1"), ("HOST", "nowhere.invalid"),
        ("DATABASE_URL", "mysql://db/x"), ("DATABASE_URL", "/proc/nothing/x.db"),
        ("ADMIN_API_KEY", "agk_short"), ("ADMIN_API_KEY", "no-prefix-but-long-enough"),
        ("AGENTGATE_SECRET_KEY", "short"), ("AGENTGATE_PUBLIC_URL", "gate.example.com"),
        ("AGENTGATE_PUBLIC_URL", "http://"), ("REQUEST_TIMEOUT_SEC", "-1"), ("RATE_LIMIT_RPM", "0"),
        ("RATE_LIMIT_ENABLED", "perhaps"), ("TRUSTED_PROXIES", "proxy"), ("CORS_ALLOWED_ORIGINS", "example.com"),
        ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"),
    ],
)  # fmt: skip
def test_a_wrong_setting_ends_the_start_with_its_name(tmp_path: Path, name: str, value: str) -> None:
    ended = run([SERVER, "serve"], tmp_path, **{name: value})
    assert ended.returncode == 1
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


@WHATEVER
@pytest.mark.parametrize("name", ["n" * 101, "ada lovelace", "slack:U1"])
def test_a_name_that_nobody_can_have_is_refused(tmp_path: Path, name: str) -> None:
    ended = run([SERVER, "serve", "--as", name], tmp_path)
    assert ended.returncode == 2
    assert "no spaces, colons or commas" in ended.stderr


@WHATEVER
def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        port = server.url.rpartition(":")[2]
        other = tmp_path / "other"
        other.mkdir()
        ended = run([SERVER, "serve"], other, PORT=port)
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in ended.stderr


@WHATEVER
def test_a_misspelt_setting_is_reported_with_the_right_one(tmp_path: Path) -> None:
    with serving(tmp_path, RATE_LIMIT_RMP="5", AGENTGATE_PUBLIC_ULR="http://x", PUBLIC_URL="http://y") as server:
        server.stop()
    log = (tmp_path / "server.log").read_text()
    assert "RATE_LIMIT_RMP is not a setting; did you mean RATE_LIMIT_RPM?" in log
    assert "AGENTGATE_PUBLIC_ULR is not a setting; did you mean AGENTGATE_PUBLIC_URL?" in log
    assert "server: PUBLIC_URL is not a setting; did you mean AGENTGATE_PUBLIC_URL?" in log


def test_no_value_of_params_and_no_key_stands_in_the_log(tmp_path: Path) -> None:
    with serving(tmp_path, LOG_LEVEL="debug") as server:
        httpx.post(
            f"{server.url}/api/requests",
            json={"action": "x", "params": {"password": "hunter2"}, "context": {"reason": "hush-hush"}},
            headers={"Authorization": f"Bearer {ADMIN_KEY}"},
        )
        server.stop()
    log = (tmp_path / "server.log").read_text()
    assert "request.created" in log
    for secret in ("hunter2", "hush-hush", ADMIN_KEY):
        assert secret not in log
    assert shlex.quote(ADMIN_KEY) not in server.printed
