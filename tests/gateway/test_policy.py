"""Which rule answers an ask, and whether the votes are enough."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy import Judgement, enough, explain, judge
from gateway.rules import Rules, parse_rules
from gateway.views import Approval, Ask
from models.words import Decision, Outcome

PAY = Ask("pay", {"amount": 5})


def policy(name: str, *rules: dict[str, Any], priority: int = 100) -> Rules:
    return Rules(name, priority, parse_rules(rules))


def broken(name: str, *, priority: int = 100) -> Rules:
    return Rules(name, priority, (), broken="rules[0] must be an object")


def always(decision: str) -> dict[str, Any]:
    return {"decision": decision}


def when(amount: object, decision: str) -> dict[str, Any]:
    return {"match": {"amount": amount}, "decision": decision}


def answer(*policies: Rules, ask: Ask = PAY) -> tuple[str | None, int | None, Outcome]:
    judgement = judge(sorted(policies, key=lambda one: (one.priority, one.name)), ask, requested_by="api:agent")
    return judgement.policy, judgement.number, judgement.rule.outcome


def test_nothing_matches_so_a_human_decides() -> None:
    assert answer() == (None, None, Outcome.ROUTE_TO_HUMAN)
    assert answer(policy("p", when(6, "auto_approve"))) == (None, None, Outcome.ROUTE_TO_HUMAN)
    assert judge((), PAY, requested_by="api:agent").decision is None


def test_the_first_rule_that_matches_answers() -> None:
    rules = (when(6, "auto_deny"), when({"$gt": 1}, "route_to_agent"), always("auto_deny"))
    assert answer(policy("p", *rules)) == ("p", 1, Outcome.ROUTE_TO_AGENT)


def test_the_lower_priority_number_is_asked_first() -> None:
    early = policy("z", always("auto_approve"), priority=-5)
    late = policy("a", always("auto_deny"), priority=0)
    assert answer(late, early) == ("z", 0, Outcome.AUTO_APPROVE)


def test_a_policy_that_misses_leaves_it_to_the_next() -> None:
    early = policy("a", when(6, "auto_deny"), priority=1)
    late = policy("b", always("auto_approve"), priority=2)
    assert answer(early, late) == ("b", 0, Outcome.AUTO_APPROVE)


@pytest.mark.parametrize("other", ["auto_approve", "route_to_human", "route_to_agent"])
def test_at_equal_priority_a_refusal_goes_first(other: str) -> None:
    assert answer(policy("a", always(other)), policy("b", always("auto_deny"))) == ("b", 0, Outcome.AUTO_DENY)


@pytest.mark.parametrize("decision", ["auto_approve", "route_to_human", "auto_deny"])
def test_at_equal_priority_and_equal_kind_the_name_decides(decision: str) -> None:
    assert answer(policy("b", always(decision)), policy("a", always(decision)))[0] == "a"
    assert answer(policy("b", always("auto_approve")), policy("a", always("route_to_human")))[0] == "a"


def test_a_refusal_of_a_later_priority_does_not_jump_the_queue() -> None:
    early = policy("b", always("auto_approve"), priority=1)
    assert answer(early, policy("a", always("auto_deny"), priority=2))[0] == "b"


def test_a_rule_further_down_is_not_asked_though_it_refuses() -> None:
    assert answer(policy("p", always("auto_approve"), always("auto_deny")))[1] == 0


def test_a_broken_policy_leads_to_a_human_at_its_turn() -> None:
    judgement = judge((broken("torn", priority=1), policy("p", always("auto_approve"))), PAY, requested_by="api:a")
    assert judgement.decision is None
    assert judgement.rule.outcome is Outcome.ROUTE_TO_HUMAN
    assert judgement.note == "policy torn could not be evaluated: rules[0] must be an object"


def test_a_broken_policy_is_not_asked_before_its_turn() -> None:
    assert answer(policy("p", always("auto_approve"), priority=1), broken("torn", priority=2))[0] == "p"


def test_at_equal_priority_a_broken_policy_yields_to_a_refusal_only() -> None:
    assert answer(broken("z"), policy("a", always("auto_deny")))[0] == "a"
    assert answer(broken("z"), policy("a", always("auto_approve")))[0] == "z"


def test_only_automatic_outcomes_decide() -> None:
    decided = {outcome: Judgement(parse_rules([always(outcome.value)])[0], "p", 0).decision for outcome in Outcome}
    assert decided == {
        Outcome.AUTO_APPROVE: Decision.APPROVED,
        Outcome.AUTO_DENY: Decision.DENIED,
        Outcome.ROUTE_TO_HUMAN: None,
        Outcome.ROUTE_TO_AGENT: None,
    }


def test_an_explanation_says_why_each_earlier_rule_does_not_match() -> None:
    rules = (when(6, "auto_deny"), when({"$gt": 3, "$lt": 4}, "auto_deny"), when(5, "auto_approve"))
    told = explain((policy("p", *rules, always("auto_deny")),), PAY, requested_by="api:agent")
    assert [(tried.number, tried.why_not) for tried in told.tried] == [
        (0, ("amount is 5, which does not meet $eq 6",)),
        (1, ("amount is 5, which does not meet $lt 4",)),
        (2, ()),
    ]


def test_an_explanation_says_once_that_a_parameter_is_not_there() -> None:
    told = explain((policy("p", when({"$gt": 0, "$lte": 50}, "auto_approve")),), Ask("pay"), requested_by="api:agent")
    assert told.tried[0].why_not == ("amount is not there",)


conditions = st.dictionaries(
    st.sampled_from(["action", "urgency", "v", "w", "context.v"]),
    st.sampled_from(["a", "pay", 1, True, None, {"$ne": "a"}, {"$gt": 0}, {"$exists": False}, {"$glob": "p*"}]),
    max_size=2,
)
rules = st.builds(
    lambda match, outcome: {"match": match, "decision": outcome.value}, conditions, st.sampled_from(Outcome)
)
policies = st.lists(st.tuples(st.integers(0, 2), st.lists(rules, max_size=3), st.booleans()), max_size=4)
values: st.SearchStrategy[Any] = st.sampled_from(["a", "pay", 1, 0, True, None, [1], {}])
asks = st.builds(
    lambda params, context: Ask("pay", params, context),
    st.dictionaries(st.sampled_from("vw"), values),
    st.dictionaries(st.just("v"), values),
)


@given(policies, asks)
def test_explain_tells_what_judge_answers(shapes: list[tuple[int, list[Any], bool]], ask: Ask) -> None:
    book = [
        broken(f"p{name}", priority=priority)
        if torn and not written
        else policy(f"p{name}", *written, priority=priority)
        for name, (priority, written, torn) in enumerate(shapes)
    ]
    book.sort(key=lambda one: (one.priority, one.name))
    judgement = judge(book, ask, requested_by="api:agent")
    told = explain(book, ask, requested_by="api:agent")
    assert told.judgement == judgement
    matched = [(tried.policy, tried.number, tried.outcome) for tried in told.tried if tried.matched]
    if judgement.number is None:
        assert judgement.decision is None
        assert matched == [] or judgement.note is not None
    else:
        assert matched[-1] == (judgement.policy, judgement.number, judgement.rule.outcome)
        assert all(
            one.why_not for one in told.tried if one.policy == judgement.policy and one.number < judgement.number
        )


def vote(voter: str, decision: Decision) -> Approval:
    return Approval(voter, voter, decision, None, datetime(2026, 1, 1, tzinfo=UTC))


ballots = st.lists(st.builds(vote, st.sampled_from("abcde"), st.sampled_from(Decision)), max_size=8)


@given(ballots, st.integers(1, 5))
def test_votes_are_enough_when_so_many_persons_approve_and_none_denies(votes: list[Approval], needed: int) -> None:
    approving = {one.voter for one in votes if one.decision is Decision.APPROVED}
    denying = [one for one in votes if one.decision is Decision.DENIED]
    verdict = enough(votes, needed)
    assert (verdict is Decision.DENIED) == bool(denying)
    assert (verdict is Decision.APPROVED) == (not denying and len(approving) >= needed)


@given(ballots, st.integers(1, 5), st.randoms())
def test_the_order_of_votes_does_not_matter(votes: list[Approval], needed: int, chance: Any) -> None:
    shuffled = list(votes)
    chance.shuffle(shuffled)
    assert enough(iter(shuffled), needed) == enough(votes, needed)


def test_no_vote_is_never_enough() -> None:
    assert enough([], 1) is None


def test_one_person_who_approves_twice_counts_once() -> None:
    twice = [vote("alice", Decision.APPROVED)] * 2
    assert enough(twice, 2) is None
