"""Both clients, call by call: what is repeated, what never is, and what an error tells."""

import inspect

import pytest
from agentgate import (
    AgentGate,
    AsyncAgentGate,
    Conflict,
    RateLimited,
    Unavailable,
)

from tests.sdk.command import Ask
from tests.sdk.scripted_gate import (
    KEY,
    QUICK,
    Answer,
    Cut,
    ScriptedGate,
    a_request,
    decided,
    problem,
    says,
)

ID = a_request()["id"]


def test_asking_again_after_a_lost_answer_repeats_the_same_idempotency_key(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(Cut(), problem(500, "oops"), says(a_request(), 201))
    assert ask(scripted.url, "request", "deploy.prod", {"env": "prod"}).id == ID
    keys = {seen.headers["Idempotency-Key"] for seen in scripted.seen}
    assert len(scripted.seen) == 3
    assert len(keys) == 1
    assert scripted.seen[2].body == {"action": "deploy.prod", "params": {"env": "prod"}, "context": {}}


def test_two_asks_never_share_a_generated_key(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201))
    ask(scripted.url, "request", "deploy.prod")
    ask(scripted.url, "request", "deploy.prod")
    first, second = (seen.headers["Idempotency-Key"] for seen in scripted.seen)
    assert first != second


@pytest.mark.parametrize("trouble", [Cut(), problem(500, "oops"), problem(503, "oops")])
@pytest.mark.parametrize("verb", [("decide", ID, "approved"), ("cancel", ID), ("confirm", ID)])
def test_what_must_not_happen_twice_is_sent_once(
    ask: Ask, scripted: ScriptedGate, verb: tuple[str, ...], trouble: Answer | Cut
) -> None:
    scripted.plays(trouble, says(decided("approved")))
    with pytest.raises(Unavailable):
        ask(scripted.url, *verb)
    assert len(scripted.seen) == 1


def test_a_refused_call_was_not_carried_out_and_may_be_repeated(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(problem(429, "slow down", Retry_After="0"), says(decided("approved")))
    assert ask(scripted.url, "decide", ID, "approved").is_approved


def test_reading_is_repeated_a_few_times_only(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(problem(500, "oops"))
    with pytest.raises(Unavailable, match="oops"):
        ask(scripted.url, "list")
    assert len(scripted.seen) == QUICK.tries


def test_a_rate_limit_longer_than_our_patience_is_told(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(problem(429, "slow down", Retry_After="60"))
    with pytest.raises(RateLimited) as caught:
        ask(scripted.url, "get", ID, patience=5)
    assert caught.value.retry_after == 60
    assert len(scripted.seen) == 1


def test_the_second_answer_learns_of_the_first(ask: Ask, scripted: ScriptedGate) -> None:
    answer = {"detail": "Already denied by slack:U1.", "code": "already_decided", "request": decided("denied")}
    scripted.plays(says(answer, 409))
    with pytest.raises(Conflict, match="Already denied") as caught:
        ask(scripted.url, "decide", ID, "approved")
    assert caught.value.request is not None
    assert caught.value.request.decided_by == "slack:U1"


def test_no_message_ever_holds_the_key(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(problem(403, f"you sent Authorization: Bearer {KEY}"))
    with pytest.raises(Exception, match="api key") as caught:
        ask(scripted.url, "get", ID)
    assert KEY not in f"{caught.value!r} {caught.value} {vars(caught.value)}"


@pytest.mark.parametrize("kind", [AgentGate, AsyncAgentGate])
def test_no_repr_ever_holds_the_key(kind: type[AgentGate | AsyncAgentGate]) -> None:
    gate = kind("https://gate.example.com/base", api_key=KEY)
    seen = f"{gate!r} {gate} {vars(gate)} {vars(gate._line)} {gate._line.address!r} {gate._line.http.headers!r}"
    assert KEY not in seen
    assert "gate.example.com/base" in repr(gate)


def test_a_server_below_a_path_keeps_its_path(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request()))
    ask(f"{scripted.url}/gate/", "get", "k7qm-3vtx")
    assert scripted.seen[0].path == "/gate/api/requests/k7qm-3vtx"


def test_both_clients_offer_the_same_verbs() -> None:
    def verbs(kind: type) -> dict[str, list[str]]:
        named = {name.removeprefix("a") if name == "aclose" else name: member for name, member in vars(kind).items()}
        return {
            name: list(inspect.signature(member).parameters)
            for name, member in named.items()
            if not name.startswith("_") and callable(member)
        }

    assert verbs(AgentGate) == verbs(AsyncAgentGate)
