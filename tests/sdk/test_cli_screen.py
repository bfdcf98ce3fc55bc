"""What a terminal shows: colours, tables, and no trick of an agent."""

import contextlib
import os
import pty
import re
import subprocess
import sys

from tests.sdk.command import Cli, document
from tests.sdk.scripted_gate import ScriptedGate, a_request, decided, problem, says

ID = a_request()["id"]
PAGINATION = {"total": 1, "limit": 50, "offset": 0, "hasMore": False, "nextCursor": None}
EVIL = "fine\u202e\x1b[2J [bold red]APPROVED[/] \u200b:warning:"


def test_what_agents_write_cannot_touch_the_terminal(cli: Cli, scripted: ScriptedGate) -> None:
    request = decided("denied", action=EVIL, params={EVIL: EVIL}, context={"reason": EVIL}, decisionReason=EVIL)
    listing = says({"requests": [request], "pagination": PAGINATION})
    scripted.plays(says(request), says([]), listing, says(request), problem(404, EVIL))
    outputs = [cli("show", "k7qm-3vtx"), cli("list"), cli("wait", "k7qm-3vtx"), cli("status", "x")]
    for text in (finished.stdout + finished.stderr for finished in outputs):
        assert "\\u202e\\u001b[2J [bold red]APPROVED[/] \\u200b:warning:" in text
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e]", text)


def test_json_escapes_what_a_terminal_would_obey(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("denied", decisionReason=EVIL)))
    told = cli("status", ID, "--json")
    assert document(told)["decisionReason"] == EVIL
    assert told.stdout.isascii()
    assert "\x1b" not in told.stdout


def on_a_terminal(environment: dict[str, str], *arguments: str) -> str:
    """Run a command whose output and remarks go to a terminal; return all that the terminal got."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "agentgate", *arguments]
    with (
        subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs),
        open(ours, "rb") as screen,
    ):
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how Linux says that nobody is at the other end any more
            while some := os.read(screen.fileno(), 4096):
                shown += some
    return shown.decode()


def test_a_terminal_shows_a_coloured_table_and_its_headings(
    environment: dict[str, str], scripted: ScriptedGate
) -> None:
    scripted.plays(says({"requests": [a_request(action=EVIL)], "pagination": PAGINATION}))
    shown = on_a_terminal(environment, "list")
    assert "CODE" in shown
    assert "\x1b[36mpending" in shown
    assert "[bold red]APPROVED[/]" in shown
    assert "\x1b[2J" not in shown


def test_no_color_is_honoured(environment: dict[str, str], scripted: ScriptedGate) -> None:
    scripted.plays(says({"requests": [a_request()], "pagination": PAGINATION}))
    shown = on_a_terminal({**environment, "NO_COLOR": "1"}, "list")
    assert "pending" in shown
    assert "\x1b[36m" not in shown


def test_nobody_is_said_to_be_waited_for_where_a_policy_has_answered(
    environment: dict[str, str], scripted: ScriptedGate
) -> None:
    scripted.plays(says(decided("approved"), 201))
    shown = on_a_terminal(environment, "request", "deploy.prod", "--wait", "15m")
    assert "Waiting" not in shown
    assert "deploy.prod is approved by slack:U1" in shown


def test_a_terminal_says_what_is_waited_for_and_then_the_outcome(
    environment: dict[str, str], scripted: ScriptedGate
) -> None:
    scripted.plays(says(a_request(), 201), says(a_request()), says(decided("approved", decisionReason="go")))
    shown = on_a_terminal(environment, "request", "deploy.prod", "--wait", "15m")
    assert "Waiting until somebody decides about deploy.prod (k7qm-3vtx), 15 min at most" in shown
    assert "deploy.prod is approved by slack:U1: go" in shown
