"""The guide's example verifies what AgentGate sends, and nothing else."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import HTTPServer
from threading import Thread
from typing import Any

import pytest

from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.outbox import Outbox
from gateway.webhooks import WebhookDraft, create_webhook
from tests.gateway.scenes import asked, ruled
from tests.house.tree import ROOT
from tests.platforms.receiver import Receiver
from tests.webhooks.scenes import ADMIN, hooked, states, until_quiet

PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


LISTENS = 'HTTPServer(("127.0.0.1", 8099), Receiver).serve_forever()\n'


def shown() -> list[str]:
    """Return what the guide shows in Python: a function, and a receiver around it."""
    return PYTHON.findall((ROOT / "docs/howto/webhooks.md").read_text(encoding="utf-8"))


def example() -> Callable[[str, dict[str, str], bytes], str]:
    """Return the function that the guide shows."""
    block, _ = shown()
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


@contextmanager
def listening() -> Iterator[HTTPServer]:
    """Start what somebody has in `receiver.py` who follows the page, on a free port."""
    program = "\n\n".join(shown())
    assert program.endswith(LISTENS)
    names: dict[str, Any] = {}
    exec(program.removesuffix(LISTENS), names)  # noqa: S102 - it is our own page
    with HTTPServer(("127.0.0.1", 0), names["Receiver"]) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


async def test_the_receiver_to_look_at_hears_of_an_approval(
    gate: Gate, agent: NewKey, outbox: Outbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await ruled(gate, {"decision": "auto_approve"})
    with listening() as server:
        draft = WebhookDraft(f"http://127.0.0.1:{server.server_port}/", ("request.approved",))
        hook = await create_webhook(gate, draft, by=ADMIN)
        monkeypatch.setenv("SECRET", hook.secret)
        request = await asked(gate, agent)
        await until_quiet(outbox)
    assert capsys.readouterr().out == f"go on with {request.id}\n"
    assert await states(hook) == [("request.approved", "done")]
