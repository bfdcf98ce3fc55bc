"""`agentgate.testing`: what a script of answers makes of a program that asks, in no time and without a server."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentgate import (
    AgentGate,
    ArgumentsChanged,
    AsyncAgentGate,
    Cancelled,
    Conflict,
    Denied,
    Expired,
    NotFound,
    Request,
    Unavailable,
    WaitTimeout,
    requires_approval,
)
from agentgate._digest import canonical, digest_of
from agentgate.testing import FakeGate
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import digest

PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    PLAIN | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@pytest.fixture
def fake() -> Iterator[FakeGate]:
    with FakeGate() as gate:
        yield gate


@requires_approval(action="email.send", timeout=900)
def send(to: str, *, urgent: bool = False) -> str:
    """A program that asks."""
    return f"sent to {to}"


@requires_approval(action="email.send", timeout=900)
async def send_async(to: str) -> str:
    """The same, awaited."""
    return f"sent to {to}"


def test_a_decorated_function_is_approved_and_what_it_asked_is_known(fake_gate: FakeGate) -> None:
    fake_gate.approves("email.*", by="slack:ULEA", reason="fine")
    assert send("a@example.com", urgent=True) == "sent to a@example.com"
    (asked,) = fake_gate.asked
    assert (asked.action, asked.params) == ("email.send", {"to": "a@example.com", "urgent": True})
    assert (asked.decided_by, asked.decision_reason) == ("slack:ULEA", "fine")


async def test_so_is_an_async_one(fake_gate: FakeGate) -> None:
    fake_gate.approves()
    assert await send_async("a@example.com") == "sent to a@example.com"
    fake_gate.comes_back().goes_away()
    with pytest.raises(Unavailable):
        await send_async("b@example.com")


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (lambda fake: fake.denies(reason="no"), Denied),
        (lambda fake: fake.denies(by="policy:prod"), Denied),
        (lambda fake: fake.expires(), Expired),
        (lambda fake: fake.cancels(), Cancelled),
        (lambda fake: fake.leaves_pending(), WaitTimeout),
        (lambda fake: fake, WaitTimeout),
        (lambda fake: fake.goes_away(), Unavailable),
    ],
)
def test_every_other_ending_can_be_played(fake_gate: FakeGate, script: Any, outcome: type[Exception]) -> None:
    script(fake_gate)
    with pytest.raises(outcome):
        send("a@example.com")


def test_hours_pass_at_once(fake: FakeGate) -> None:
    began_at = time.monotonic()
    with fake.client() as gate:
        with pytest.raises(WaitTimeout):
            gate.wait(gate.request("deploy.prod", expires_in=86_400), timeout=7200)
        with pytest.raises(Expired):
            gate.wait(gate.request("deploy.prod"))
    assert time.monotonic() - began_at < 60


def test_the_first_answer_that_matches_counts_and_may_be_used_up(fake: FakeGate) -> None:
    fake.denies("pay", when=lambda request: request.params["amount"] > 100)
    fake.leaves_pending("pay", times=1).approves("pay")
    with fake.client() as gate:
        asked = [gate.request("pay", {"amount": amount}) for amount in (1000, 5, 5)]
        assert [gate.get(request).status for request in asked] == ["denied", "pending", "approved"]


def test_a_person_answers_after_the_agent_was_answered_and_a_policy_before(fake: FakeGate) -> None:
    fake.approves("read.*", by="policy:reading").approves("deploy.*")
    with fake.client() as gate:
        read, deploy = gate.request("read.docs"), gate.request("deploy.prod")
        assert (read.status, read.decided_by, read.decided_by_type) == ("approved", "policy:reading", "policy")
        assert deploy.status == "pending"
        assert gate.get(deploy).status == "approved"
    assert read.policy_decision is not None
    assert (read.policy_decision.decision, read.policy_decision.policy) == ("auto_approve", "reading")


def test_several_people_make_a_quorum(fake: FakeGate) -> None:
    fake.needs(2, "deploy.*").approves("deploy.prod", by=("slack:ULEA", "slack:UMAX")).approves("deploy.staging")
    with fake.client() as gate:
        assert len(gate.wait(gate.request("deploy.prod"), timeout=5).approvals) == 2
        with pytest.raises(WaitTimeout):
            gate.wait(gate.request("deploy.staging"), timeout=5)


def test_a_test_decides_by_itself_between_two_steps(fake: FakeGate) -> None:
    with fake.client() as gate:
        one, two, three, four = (gate.request(f"deploy.{number}") for number in range(4))
        assert fake.approve(one, by="discord:42").decided_by == "discord:42"
        assert fake.deny(two, reason="no").decision_reason == "no"
        assert fake.cancel(three).status == "cancelled"
        assert fake.expire(four.id).status == "expired"
        with pytest.raises(ValueError, match="approved already"):
            fake.deny(one)
        assert gate.wait(one).is_approved
        assert fake.get(one).id == one.id


def test_short_outages_are_sat_out_by_the_client(fake: FakeGate) -> None:
    fake.approves().goes_away(calls=3)
    with fake.client() as gate:
        assert gate.wait(gate.request("deploy.prod"), timeout=60).is_approved


def test_a_lost_answer_asks_nobody_twice(fake: FakeGate) -> None:
    fake.approves().loses_answers(calls=2)
    with fake.client() as gate:
        assert gate.wait(gate.request("deploy.prod"), timeout=60).is_approved
    assert len(fake.asked) == 1


def test_what_was_lost_was_done_all_the_same(fake: FakeGate) -> None:
    with fake.client() as gate:
        asked = gate.request("deploy.prod")
        fake.loses_answers()
        with pytest.raises(Unavailable, match="may or may not"):
            gate.cancel(asked)
        assert fake.get(asked).status == "cancelled"


def test_arguments_that_change_are_noticed(fake_gate: FakeGate) -> None:
    @requires_approval(action="email.send")
    def to_all(to: list[str]) -> None:
        raise AssertionError("ran with other arguments")

    recipients = ["a@example.com"]

    def swap(_: Request) -> bool:
        recipients.append("b@example.com")
        return True

    fake_gate.approves(when=swap)
    with pytest.raises(ArgumentsChanged):
        to_all(recipients)


def test_what_a_fake_gate_has_not_is_said(fake: FakeGate) -> None:
    with fake.client(api_key=fake.approver_key) as gate, pytest.raises(NotFound, match="no policies"):
        gate.policies.list()


def test_two_gates_know_nothing_of_each_other(fake: FakeGate) -> None:
    with FakeGate() as other, other.client() as gate:
        gate.request("deploy.prod")
        assert (len(other.asked), len(fake.asked)) == (1, 0)


def test_a_closed_gate_answers_nobody(fake: FakeGate) -> None:
    gate = fake.client()
    fake.close()
    with pytest.raises(Unavailable):
        gate.request("deploy.prod")


def test_threads_may_share_one(fake: FakeGate) -> None:
    fake.approves()

    async def many() -> int:
        with fake.client() as gate:
            asked = await asyncio.gather(*(asyncio.to_thread(gate.request, f"deploy.{n}") for n in range(50)))
            waited = await asyncio.gather(*(asyncio.to_thread(gate.wait, request, 60) for request in asked))
        return sum(request.is_approved for request in waited)

    assert asyncio.run(many()) == 50
    assert len({request.id for request in fake.asked}) == 50


def test_an_approver_decides_over_http(fake: FakeGate) -> None:
    with fake.client() as gate, fake.client(api_key=fake.approver_key) as approver:
        asked = gate.request("deploy.prod")
        assert approver.decide(asked, "approved").decided_by == "api:approver"
        with pytest.raises(Conflict):
            approver.decide(asked, "denied")


@pytest.mark.parametrize("kind", [AgentGate, AsyncAgentGate])
def test_no_socket_is_opened(kind: Any, fake: FakeGate, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = kind(fake.url, api_key=fake.api_key)
    assert type(gate._line.http._transport).__name__ == "Network"


@settings(deadline=None, max_examples=60)
@given(VALUES)
def test_its_digests_are_those_of_the_gate(value: Any) -> None:
    assert canonical(value).encode() == digest.canonical(value)


@settings(deadline=None, max_examples=60)
@given(st.text(min_size=1), st.dictionaries(st.text(), PLAIN))
def test_so_is_the_digest_of_a_request(action: str, params: dict[str, Any]) -> None:
    try:
        expected = digest.digest_of(action, params)
    except UnicodeEncodeError:
        return  # half a character has no digest anywhere
    assert digest_of(action, params) == expected


USERS_TEST = """
from agentgate import AgentGate, Denied
import pytest

def test_a_denial(fake_gate):
    fake_gate.denies(reason="no")
    with AgentGate() as gate, pytest.raises(Denied, match="no"):
        gate.wait(gate.request("deploy.prod"))
"""


def test_pytest_finds_the_fixture_by_itself(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(USERS_TEST)
    without = [f"-pno:{plugin}" for plugin in ("cacheprovider", "asyncio", "hypothesispytest")]
    command = [sys.executable, "-m", "pytest", "-q", *without]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
