"""The guide's example verifies what AgentGate sends, and nothing else."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.outbox import Outbox
from tests.gateway.scenes import asked, ruled
from tests.house.tree import ROOT
from tests.platforms.receiver import Receiver
from tests.webhooks.scenes import hooked, until_quiet

PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def example() -> Callable[[str, dict[str, str], bytes], str]:
    """Return the function that the guide shows."""
    (block,) = PYTHON.findall((ROOT / "docs/howto/webhooks.md").read_text(encoding="utf-8"))
    assert len(block.splitlines()) <= 12
    names: dict[str, Any] = {}
    exec(block, names)  # noqa: S102 - it is our own page
    hear: Callable[[str, dict[str, str], bytes], str] = names["hear"]
    return hear


async def test_the_example_takes_what_is_signed_and_refuses_the_rest(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox, capsys: pytest.CaptureFixture[str]
) -> None:
    await ruled(gate, {"decision": "auto_approve"})
    hook = await hooked(gate, receiver, "request.approved")
    request = await asked(gate, agent)
    await until_quiet(outbox)
    (call,) = receiver.taken
    hear = example()
    assert hear(hook.secret, dict(call.headers), call.body) == "204"
    assert capsys.readouterr().out == f"go on with {request.id}\n"
    assert hear(hook.secret, dict(call.headers), call.body.replace(b"approved", b"denied!!")) == "401"
    assert hear("whsec_" + "QUJD" * 10, dict(call.headers), call.body) == "401"
    assert capsys.readouterr().out == ""
