"""Which gate and key the command uses, and keeping them."""

import sys
from pathlib import Path

import pexpect
import pytest

from tests.sdk.command import Cli, document
from tests.sdk.scripted_gate import KEY, ScriptedGate, a_request, decided, says

ID = a_request()["id"]


def test_settings_are_kept_for_their_owner_alone_and_the_environment_wins(
    cli: Cli, scripted: ScriptedGate, environment: dict[str, str]
) -> None:
    del environment["AGENTGATE_URL"], environment["AGENTGATE_API_KEY"]
    scripted.plays(says(decided("denied")))
    assert cli("config", "set", "url", "http://127.0.0.1:9").returncode == 0
    assert cli("config", "set", "api-key", "-", stdin=f"{KEY}\n").returncode == 0
    shown = document(cli("config", "--json"))
    kept = Path(shown["file"])
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (shown["url"], shown["urlFrom"], shown["apiKeyFrom"]) == ("http://127.0.0.1:9", str(kept), str(kept))
    assert cli("status", ID, AGENTGATE_URL=scripted.url).stdout == "denied\n"
    assert cli("--url", scripted.url, "status", ID, AGENTGATE_URL="http://127.0.0.1:9").stdout == "denied\n"
    assert {seen.headers["Authorization"] for seen in scripted.seen} == {f"Bearer {KEY}"}


def test_config_never_shows_the_key(cli: Cli) -> None:
    for shown in (cli("config"), cli("config", "--json"), cli("--api-key", KEY, "config")):
        assert shown.returncode == 0
        assert KEY not in shown.stdout + shown.stderr
        assert KEY[:8] in shown.stdout


def test_a_key_is_asked_for_at_a_terminal_and_not_shown_there(cli: Cli, environment: dict[str, str]) -> None:
    del environment["AGENTGATE_API_KEY"]
    typed = ["-m", "agentgate", "config", "set", "api-key", "-"]
    child = pexpect.spawn(sys.executable, typed, env=environment, encoding="utf-8", timeout=30)
    child.expect("api-key: ")
    child.sendline(KEY)
    child.expect(pexpect.EOF)
    assert "Kept in" in child.before
    assert KEY not in child.before
    assert document(cli("config", "--json"))["apiKey"].startswith(KEY[:8])


@pytest.mark.parametrize(
    "nonsense", ["agk_abcdef ghijklmnop", "hunter2", "agk_short", f"Bearer {KEY}", KEY + "\u00e9", ""]
)
def test_what_can_be_no_key_is_not_kept_and_not_repeated(cli: Cli, nonsense: str) -> None:
    refused = cli("config", "set", "api-key", "-", stdin=f"{nonsense}\n")
    assert refused.returncode == 2
    assert "This is no API key: one begins with agk_" in refused.stderr or not nonsense
    assert not nonsense or nonsense not in refused.stderr
    assert not Path(document(cli("config", "--json"))["file"]).exists()


def test_an_unusable_setting_is_not_kept(cli: Cli) -> None:
    assert cli("config", "set", "url", "localhost:3000").returncode == 2
    assert not Path(document(cli("config", "--json"))["file"]).exists()
