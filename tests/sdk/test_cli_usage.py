"""What is typed on the command line: taken as meant, or refused before anything is sent."""

import io
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from agentgate import __version__
from agentgate.cli import typed
from agentgate.cli.app import run
from typer import BadParameter

from tests.sdk.command import Cli, document
from tests.sdk.scripted_gate import ScriptedGate, a_request, says


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["request"],
        ["nonsense"],
        ["request", "a", "--wait", "soon"],
        ["request", "a", "--param", "novalue"],
        ["request", "a", "--param", "x=1", "--param", "x=2"],
        ["request", "a", "--params-file", "/does/not/exist"],
        ["confirm", "x", "--result", "[1]"],
        ["confirm", "x", "--result", "{"],
        ["wait", ""],
        ["request", "a", "--wait", "99999999d"],
        ["request", "a", "--expires-in", "9" * 5000],
        ["wait", "x", "--timeout", "9" * 5000 + "s"],
        ["audit", "--from", "yesterday"],
        ["audit", "--from", "99999999d"],
        ["audit", "--from", "0001-01-01T00:00+05:00"],
        ["audit", "--to", "9999-12-31T23:59-05:00"],
        ["keys"],
        ["--url", "localhost", "list"],
        ["config", "set", "colour", "red"],
    ],
)
def test_a_wrong_command_line_sends_nothing(
    scripted: ScriptedGate,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AGENTGATE_URL", scripted.url)
    code = run(arguments)
    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert told.err
    assert "Traceback" not in told.err
    assert len(told.err) < 3000
    assert scripted.seen == []


def test_ten_years_are_the_longest_duration() -> None:
    assert typed.duration("3650d") == timedelta(days=3650)
    with pytest.raises(BadParameter, match="'3650d1s' is too long; 3650d is the most"):
        typed.duration("3650d1s")


def test_a_wrong_command_line_is_a_document_too(cli: Cli) -> None:
    wrong = cli("request", "a", "--wait", "soon", "--json")
    assert (wrong.returncode, document(wrong)["code"]) == (2, "usage")


def test_parameters_are_taken_as_meant(cli: Cli, scripted: ScriptedGate, tmp_path: Path) -> None:
    (tmp_path / "params.json").write_text('{"env": "staging", "nested": {"deep": [1]}}')
    scripted.plays(says(a_request(), 201))
    typed = ["env=prod", "count=3", "ratio=0.5", "on=true", "none=null", "tags=[1,2]", "version=1.10", "agent=007"]
    typed += ["large=12345678901234567890123", "text=NaN", "equation=a=b", "empty=", 'word="3"']
    options = [option for pair in typed for option in ("--param", pair)]
    assert cli("request", "deploy.prod", "--params-file", str(tmp_path / "params.json"), *options).returncode == 0
    assert scripted.seen[0].body["params"] == {
        "env": "prod",
        "nested": {"deep": [1]},
        "count": 3,
        "ratio": 0.5,
        "on": True,
        "none": None,
        "tags": [1, 2],
        "version": "1.10",
        "agent": "007",
        "large": 12345678901234567890123,
        "text": "NaN",
        "equation": "a=b",
        "empty": "",
        "word": "3",
    }


def test_parameters_may_come_from_standard_input(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201))
    assert cli("request", "deploy.prod", "--params-file", "-", stdin='{"a": 1}').returncode == 0
    assert scripted.seen[0].body["params"] == {"a": 1}


@pytest.mark.parametrize("stdin", ['{"a": 1, "a": 2}', '{"a": NaN}', "[]", "", "[" * 100_000])
def test_ambiguous_files_are_refused(stdin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    assert run(["request", "deploy.prod", "--params-file", "-"]) == 2


def test_help_lists_every_exit_code(cli: Cli) -> None:
    told = cli("--help").stdout
    assert [int(code) for code in re.findall(r"^\s+(\d+)  \w", told, re.MULTILINE)] == [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        126,
        127,
        130,
        143,
    ]


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version").stdout == f"agentgate {__version__}\n"


def test_without_its_extra_the_command_says_what_to_install(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise ModuleNotFoundError(\"No module named 'typer'\", name='typer')")
    plain = subprocess.run(
        [sys.executable, "-m", "agentgate", "list"],
        env={**environment, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert plain.returncode == 1
    assert "agentgate-client[cli]" in plain.stderr
    assert "Traceback" not in plain.stderr
