"""The step from its first line to its exit code."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from .endings import Ending, ExitCode, JobCancelled
from .inputs import Inputs, read_inputs
from .runner import Runner
from .step import Step

LEFT_TO_LIVE: dict[int, float] = {signal.SIGINT: 8.0, signal.SIGTERM: 1.5}
"""How many seconds a signal leaves: a runner sends SIGTERM 7.5 s after SIGINT, and kills 2.5 s later."""


def main(env: Mapping[str, str]) -> int:
    """Run the step; return its exit code."""
    runner = Runner(env)
    try:
        inputs = read_inputs(env)
    except Ending as mistake:
        runner.annotate("error", str(mistake))
        runner.conclude({}, str(mistake), is_approved=False)
        return mistake.code
    return _run(Step(inputs, env, runner), inputs, runner)


def _run(step: Step, inputs: Inputs, runner: Runner) -> int:
    code, sentence, is_approved = 0, "", False
    try:
        _on_signals(_leave)
        sentence = step.run()
        is_approved = step.request["status"] == "approved"
        runner.say(sentence)
    except Ending as ending:
        sentence = str(ending)
        code = ExitCode.OK if ending.unless in inputs.goes_on else ending.code
        runner.annotate("error" if code else "warning", sentence)
    except JobCancelled as cancelled:
        sentence, code = "The job was cancelled.", 128 + cancelled.number
        runner.say(sentence)
        if inputs.mode != "check":
            sentence += " " + step.withdraw(LEFT_TO_LIVE.get(cancelled.number, 1.5))
            runner.say(sentence)
    _on_signals(signal.SIG_IGN)
    runner.conclude(step.request, sentence, is_approved=is_approved)
    return code


def _leave(number: int, _: object) -> NoReturn:
    _on_signals(signal.SIG_IGN)  # the runner says so more than once
    raise JobCancelled(number)


def _on_signals(do: Any) -> None:
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):  # the last takes SIGTERM's place on Windows
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), do)


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main(os.environ))
