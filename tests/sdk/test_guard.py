"""`@requires_approval`: the function runs after an approval of exactly this call, and never otherwise."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from agentgate import (
    AgentGate,
    ArgumentsChanged,
    AsyncAgentGate,
    Denied,
    Forbidden,
    Unavailable,
    WaitTimeout,
    requires_approval,
)
from agentgate._arguments import as_json

from tests.sdk.scripted_gate import KEY, QUICK, ScriptedGate, a_request, decided, problem, says


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedGate]:
    with ScriptedGate() as gate:
        for name, value in gate.environment.items():
            monkeypatch.setenv(name, value)
        yield gate


def asked(**changes: Any) -> dict[str, Any]:
    return a_request(action="email.send", **changes)


def answered(status: str) -> dict[str, Any]:
    return decided(status, action="email.send")


def test_the_function_runs_after_approval_with_its_arguments_as_params(scripted: ScriptedGate) -> None:
    @requires_approval(action="email.send", urgency="high", context={"reason": "newsletter"})
    def send(to: str, *copies: str, body: str = "hello", **extra: int) -> str:
        """Send a mail."""
        return f"sent to {to}"

    scripted.plays(says(asked(), 201), says(answered("approved")))
    assert send("a@example.com", "b@example.com", retries=2) == "sent to a@example.com"
    assert (send.__name__, send.__doc__) == ("send", "Send a mail.")
    assert scripted.seen[0].body == {
        "action": "email.send",
        "urgency": "high",
        "context": {"reason": "newsletter"},
        "params": {"to": "a@example.com", "copies": ["b@example.com"], "body": "hello", "extra": {"retries": 2}},
    }
    assert len(scripted.seen) == 2


def test_a_coroutine_is_awaited_after_approval(scripted: ScriptedGate) -> None:
    @requires_approval(action="email.send")
    async def send(to: str) -> str:
        return f"sent to {to}"

    scripted.plays(says(asked(), 201), says(answered("approved")))
    assert asyncio.run(send("a@example.com")) == "sent to a@example.com"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says(answered("denied")), Denied),
        (says(decided("approved", action="email.send", digest="sha256:00")), Unavailable),
        (says("approved"), Unavailable),
        (problem(403, "no"), Forbidden),
    ],
)
@pytest.mark.parametrize("is_async", [False, True])
def test_the_function_does_not_run_otherwise(
    scripted: ScriptedGate, answer: Any, outcome: type[Exception], is_async: bool
) -> None:
    ran: list[str] = []

    @requires_approval(action="email.send")
    def send() -> None:
        ran.append("sync")

    @requires_approval(action="email.send")
    async def send_async() -> None:
        ran.append("async")

    scripted.plays(says(asked(), 201), answer)
    with pytest.raises(outcome):
        asyncio.run(send_async()) if is_async else send()
    assert ran == []


def test_what_nobody_answers_in_time_is_withdrawn(scripted: ScriptedGate) -> None:
    @requires_approval(action="email.send", timeout=0)
    def send() -> None:
        raise AssertionError("ran unapproved")

    scripted.plays(says(asked(), 201), says(asked()), says(answered("cancelled")))
    with pytest.raises(WaitTimeout):
        send()
    assert scripted.seen[-1].path == f"/api/requests/{a_request()['id']}/cancel"


def test_an_approval_that_comes_while_withdrawing_comes_too_late(scripted: ScriptedGate) -> None:
    @requires_approval(action="email.send", timeout=0)
    async def send() -> None:
        raise AssertionError("ran unapproved")

    scripted.plays(says(asked(), 201), says(asked()), problem(409, "already approved"))
    with pytest.raises(WaitTimeout):
        asyncio.run(send())


def test_arguments_that_change_meanwhile_are_not_what_was_approved(scripted: ScriptedGate) -> None:
    recipients = ["a@example.com"]

    class Swapping(list[str]):
        """Shows one thing and then another."""

        def __iter__(self) -> Iterator[str]:
            yield recipients[-1]
            recipients.append("b@example.com")

    @requires_approval(action="email.send")
    def send(to: list[str]) -> None:
        raise AssertionError("ran with other arguments")

    scripted.plays(says(asked(), 201), says(answered("approved")))
    with pytest.raises(ArgumentsChanged):
        send(Swapping())


def test_methods_do_not_show_themselves_and_actions_are_named_after_functions(scripted: ScriptedGate) -> None:
    class Mailer:
        @requires_approval
        def send(self, to: str) -> str:
            return to

    name = f"{__name__}.{Mailer.send.__qualname__}".replace("<locals>.", "")
    scripted.plays(says(a_request(action=name), 201), says(decided("approved", action=name)))
    assert Mailer().send("a@example.com") == "a@example.com"
    assert scripted.seen[0].body["action"] == name
    assert scripted.seen[0].body["params"] == {"to": "a@example.com"}


def test_arguments_that_do_not_fit_ask_nobody(scripted: ScriptedGate) -> None:
    @requires_approval(action="email.send")
    def send(to: str) -> None:
        raise AssertionError("ran")

    with pytest.raises(TypeError, match="missing a required argument"):
        send()  # type: ignore[call-arg]  # the wrong call is the test
    assert scripted.seen == []


def test_a_given_gate_is_used_and_left_open(scripted: ScriptedGate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTGATE_URL", "http://127.0.0.1:9")
    scripted.plays(says(asked(), 201), says(answered("approved")))
    with AgentGate(scripted.url, api_key=KEY, backoff=QUICK) as gate:
        send = requires_approval(action="email.send", gate=gate)(lambda: "sent")
        assert send() == "sent"
        assert not gate._line.http.is_closed


def test_mixing_sync_and_async_is_told_when_decorating() -> None:
    async def coroutine() -> None: ...

    async def generator() -> AsyncIterator[int]:
        yield 1

    with AgentGate() as gate, pytest.raises(TypeError, match="AsyncAgentGate"):
        requires_approval(gate=gate)(coroutine)
    with pytest.raises(TypeError, match="an AgentGate"):
        requires_approval(gate=AsyncAgentGate())(lambda: None)
    with pytest.raises(TypeError, match="async generators"):
        requires_approval(generator)
    with pytest.raises(TypeError, match="classmethod"):
        requires_approval(classmethod(lambda cls: None))  # type: ignore[call-overload]  # the wrong use is the test


def test_all_kinds_of_arguments_can_be_read_by_a_person() -> None:
    class Colour(Enum):
        RED = "red"

    @dataclasses.dataclass
    class Mail:
        to: str
        at: datetime

    shown = as_json(
        {
            "plain": [None, True, 1, 1.5, "x"],
            "money": Decimal("1.10"),
            "file": Path("/tmp/x"),  # noqa: S108 -- a name only
            "id": UUID(int=5),
            "mail": Mail("a", datetime(2026, 1, 31, tzinfo=UTC)),
            "colour": Colour.RED,
            "set": {3, 1, 2},
            "bytes": b"\x00a",
            "large": 2**60,
            "endless": float("inf"),
            5: "number as key",
        }
    )
    assert shown == {
        "plain": [None, True, 1, 1.5, "x"],
        "money": "1.10",
        "file": "/tmp/x",  # noqa: S108 -- a name only
        "id": "00000000-0000-0000-0000-000000000005",
        "mail": {"to": "a", "at": "2026-01-31T00:00:00+00:00"},
        "colour": "red",
        "set": [1, 2, 3],
        "bytes": "b'\\x00a'",
        "large": str(2**60),
        "endless": "inf",
        "5": "number as key",
    }


def test_two_keys_that_look_the_same_are_refused() -> None:
    with pytest.raises(ValueError, match="look the same"):
        as_json({1: "harmless", "1": "harmful"})
