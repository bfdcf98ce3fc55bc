"""`agentgate run`: nothing runs unapproved, and what runs is what was approved, to the byte."""

import base64
import os
import shutil
import signal
import stat
import sys
from pathlib import Path

import pytest
from agentgate import Status
from agentgate._digest import digest_of as digest_on_this_side
from hypothesis import given
from hypothesis import strategies as st

from gateway.digest import digest_of
from tests.agents.house import House
from tests.sdk.scripted_gate import ScriptedGate, decided, page, says

TELL = "import os, sys; print(repr([os.fsencode(word) for word in sys.argv[1:]]), os.getcwd(), os.environ.get('TONE'))"
WEIRD = [
    "two words",
    "",
    "'",
    '"',
    "$HOME",
    "`id`",
    "a\nb",
    "--json",
    "--",
    "-x",
    "*",
    "é\u202e\U0001f600",
    "\\",
    ";ls",
]

texts = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(params=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), texts))
def test_the_client_works_out_the_digest_that_the_gate_shows(params: dict[str, object]) -> None:
    assert digest_on_this_side("run.x", params) == digest_of("run.x", params)


async def test_an_approved_command_runs_here_with_its_own_output_and_exit_code(house: House, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    command = [sys.executable, "-c", f"{TELL}; print('oh', file=sys.stderr); sys.exit(42)", "a", "b c"]
    running = await house.start(
        *("run", "--reason", "because", "--env", "TONE", "--", *command), cwd=tmp_path / "there", TONE="low"
    )
    approved = await house.decided(reason="go")
    done = await running.finished()
    assert (done.code, done.out) == (42, f"[b'a', b'b c'] {tmp_path / 'there'} low\n")
    assert "oh" in done.err
    assert "is approved by api:lea: go" in done.err
    assert approved.action == f"run.{Path(sys.executable).name}"
    assert approved.params == {
        "program": sys.executable, "argv": command, "cwd": str(tmp_path / "there"), "env": {"TONE": "low"}
    }  # fmt: skip
    assert approved.context["reason"] == "because"
    assert approved.context["host"]


async def test_it_takes_this_process_place(house: House) -> None:
    running = await house.start("run", "--", sys.executable, "-c", "import os; print(os.getpid())")
    await house.decided()
    assert (await running.finished()).out == f"{running.process.pid}\n"


async def test_arguments_arrive_as_they_were_typed(house: House) -> None:
    await house.rule()
    done = await house.run("run", "--", sys.executable, "-c", TELL, *WEIRD)
    assert (done.code, done.out.partition("]")[0] + "]") == (0, repr([os.fsencode(word) for word in WEIRD]))
    [asked] = await house.requests()
    assert asked.params["argv"] == [sys.executable, "-c", TELL, *WEIRD]
    assert "bytes" not in asked.params


async def test_bytes_that_are_no_text_are_shown_and_kept(house: House) -> None:
    await house.rule()
    done = await house.run("run", "--", sys.executable, "-c", TELL, b"caf\xe9", b"caf\\xe9")
    assert done.out.startswith("[b'caf\\xe9', b'caf\\\\xe9']")
    [asked] = await house.requests()
    assert asked.params["argv"][3:] == ["caf\\xe9", "caf\\xe9"]
    assert [base64.b64decode(word) for word in asked.params["bytes"]][4:6] == [b"caf\xe9", b"caf\\xe9"]


async def test_a_variable_may_be_set_and_the_others_are_passed_on(house: House) -> None:
    await house.rule()
    tell = "import os; print(os.environ['TONE'], os.environ['OTHER'])"
    done = await house.run("run", "--env", "TONE=high=er", "--", sys.executable, "-c", tell, TONE="low", OTHER="kept")
    assert done.out == "high=er kept\n"
    assert (await house.requests())[0].params["env"] == {"TONE": "high=er"}


@pytest.mark.parametrize("confirm", [(), ("--confirm",)])
async def test_what_was_not_approved_does_not_run(house: House, tmp_path: Path, confirm: tuple[str, ...]) -> None:
    running = await house.start("run", *confirm, "--json", "--", "touch", str(tmp_path / "trace"))
    await house.decided("denied", reason="not on a Friday")
    done = await running.finished()
    assert (done.code, done.document["status"], done.document["decisionReason"]) == (3, "denied", "not on a Friday")
    assert not (tmp_path / "trace").exists()


async def test_patience_that_ends_withdraws_the_request(house: House, tmp_path: Path) -> None:
    done = await house.run("run", "--timeout", "0s", "--", "touch", str(tmp_path / "trace"))
    assert done.code == 5
    assert "still pending" in done.err
    assert [one.status for one in await house.requests()] == [Status.CANCELLED]
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
async def test_who_is_told_to_end_while_waiting_withdraws_and_runs_nothing(
    house: House, tmp_path: Path, number: signal.Signals, code: int, word: str
) -> None:
    running = await house.start("run", "--json", "--", "touch", str(tmp_path / "trace"))
    [asked] = await house.asked()
    running.told(number)
    done = await running.finished()
    assert (done.code, done.document["code"], done.document["requestId"]) == (code, word, asked.id), done.err
    assert (await house.people.get(asked)).status is Status.CANCELLED
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("confirm", [(), ("--confirm",)])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
async def test_signals_reach_the_command(
    house: House, tmp_path: Path, number: signal.Signals, confirm: tuple[str, ...]
) -> None:
    await house.rule()
    listen = (
        "import signal, sys\n"
        f"signal.signal({number.value}, lambda *_: sys.exit(7))\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    running = await house.start("run", *confirm, "--", sys.executable, "-c", listen)
    assert running.process.stdout is not None
    assert await running.process.stdout.readline() == b"ready\n"
    running.told(number)
    assert (await running.finished()).code == 7


async def test_a_program_hears_of_a_broken_pipe(house: House) -> None:
    """Python ignores SIGPIPE, and a program started in its place would go on ignoring it."""
    await house.rule()
    done = await house.run("run", "--", "sh", "-c", "grep SigIgn /proc/self/status")
    assert int(done.out.split()[1], 16) >> (signal.SIGPIPE - 1) & 1 == 0


async def test_the_result_is_confirmed_by_who_stays(house: House) -> None:
    running = await house.start("run", "--confirm", "--", "sh", "-c", "echo done; exit 9")
    approved = await house.decided()
    done = await running.finished()
    assert (done.code, done.out) == (9, "done\n")
    assert (await house.people.get(approved)).result == {"exitCode": 9}


async def test_a_command_that_dies_by_a_signal_is_reported_as_a_shell_does(house: House) -> None:
    await house.rule()
    done = await house.run("run", "--confirm", "--", "sh", "-c", "kill -KILL $$")
    assert done.code == 137
    assert (await house.requests())[0].result == {"exitCode": 137}


async def test_nobody_is_asked_about_a_command_that_does_not_exist(house: House) -> None:
    for words in (["no-such-program"], [""], ["./nowhere"]):
        done = await house.run("run", "--json", "--", *words)
        assert (done.code, done.document["code"]) == (127, "no_command")
    assert await house.requests() == []


@pytest.mark.parametrize("confirm", [(), ("--confirm",)])
async def test_a_program_that_the_system_will_not_start_has_its_own_code(
    house: House, tmp_path: Path, confirm: tuple[str, ...]
) -> None:
    await house.rule()
    (tmp_path / "broken").write_bytes(b"\x7fELF and nothing else")
    (tmp_path / "broken").chmod(stat.S_IRWXU)
    done = await house.run("run", *confirm, "--json", "--", "./broken")
    assert (done.code, done.document["code"]) == (126, "cannot_start")


async def test_an_absent_gate_runs_nothing(house: House, tmp_path: Path) -> None:
    done = await house.run("run", "--json", "--", "touch", str(tmp_path / "trace"), AGENTGATE_URL="http://127.0.0.1:9")
    assert (done.code, done.document["code"]) == (7, "unavailable")
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize("lie", ["another digest", "other parameters", "no gate"])
async def test_who_answers_with_another_approval_runs_nothing(
    house: House, scripted: ScriptedGate, tmp_path: Path, lie: str
) -> None:
    trace = str(tmp_path / "trace")
    params = {"program": shutil.which("touch"), "argv": ["touch", trace], "cwd": str(tmp_path)}
    right = {"action": "run.touch", "params": params, "digest": digest_of("run.touch", params)}
    wrong = {
        "another digest": says(decided("approved", **right | {"digest": "sha256:" + "ab" * 32}), 201),
        "other parameters": says(decided("approved", **right | {"params": {}}), 201),
        "no gate": page("<html>approved</html>"),
    }[lie]
    scripted.plays(wrong)
    done = await house.run("run", "--json", "--", "touch", trace, AGENTGATE_URL=scripted.url)
    assert done.code in {1, 7}
    assert "It was not run." in done.err or "not an AgentGate" in done.err
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    "wrong", [["--env", "NO_SUCH"], ["--env", "=x"], ["--context", "x"], ["--timeout", "soon"], []]
)
async def test_a_wrong_command_line_asks_nobody(house: House, wrong: list[str]) -> None:
    done = await house.run("run", *wrong, "--", *(["true"] if wrong else []))
    assert (done.code, done.out) == (2, "")
    assert await house.requests() == []


async def test_json_of_the_command_is_the_commands(house: House) -> None:
    done = await house.run("run", "--timeout", "0", "--", "echo", "--json")
    assert (done.code, done.out) == (5, "")
