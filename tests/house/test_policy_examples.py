"""The policies that the documentation shows do what it says of them."""

import json
import re
from typing import Any

import pytest

from gateway.policies import PolicyDraft, _check
from gateway.policy import judge
from gateway.rules import Rules, parse_rules
from gateway.views import Ask
from models.words import Outcome, Urgency
from tests.house.tree import ROOT

PAGES = ("quickstart.md", "howto/policies.md", "reference/policies.md")
BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> dict[str, dict[str, Any]]:
    """Return the documentation's policies by name."""
    texts = [(ROOT / "docs" / page).read_text(encoding="utf-8") for page in PAGES]
    policies = [json.loads(block) for text in texts for block in BLOCK.findall(text)]
    return {policy["name"]: policy for policy in policies}


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_documented_policy_can_be_saved(name: str) -> None:
    _check(PolicyDraft(**EXAMPLES[name]))


@pytest.mark.parametrize(
    ("name", "ask", "outcome", "rule"),
    [
        ("staging is free", Ask("deploy.web", {"env": "staging"}), Outcome.AUTO_APPROVE, 0),
        ("staging is free", Ask("deploy.prod", {"env": "prod"}), Outcome.ROUTE_TO_HUMAN, None),
        ("reads", Ask("file.read"), Outcome.AUTO_APPROVE, 0),
        ("reads", Ask("file.write"), Outcome.ROUTE_TO_HUMAN, None),
        ("never", Ask("db.drop"), Outcome.AUTO_DENY, 0),
        ("never", Ask("db.dropout"), Outcome.ROUTE_TO_HUMAN, None),
        ("deploys", Ask("deploy.web", {"env": "staging"}), Outcome.AUTO_APPROVE, 0),
        ("deploys", Ask("deploy.web", {"env": "Prod"}), Outcome.ROUTE_TO_HUMAN, 1),
        ("deploys", Ask("deploy.web"), Outcome.ROUTE_TO_HUMAN, 1),
        ("payments", Ask("payment.send", {"amount": 50, "currency": "EUR"}), Outcome.AUTO_APPROVE, 0),
        ("payments", Ask("payment.send", {"amount": "50", "currency": "EUR"}), Outcome.ROUTE_TO_HUMAN, 1),
        ("payments", Ask("payment.send", {"amount": -5, "currency": "EUR"}), Outcome.ROUTE_TO_HUMAN, 1),
        ("customer mail", Ask("mail.send", {"to": "a@example.com"}), Outcome.AUTO_APPROVE, 0),
        ("customer mail", Ask("mail.send", {"to": "a@example.com.evil.example"}), Outcome.ROUTE_TO_HUMAN, 1),
        ("intern bot", Ask("mail.send", urgency=Urgency.HIGH), Outcome.ROUTE_TO_HUMAN, 0),
        ("intern bot", Ask("mail.send", urgency=Urgency.LOW), Outcome.ROUTE_TO_HUMAN, None),
        ("tickets", Ask("db.write"), Outcome.AUTO_DENY, 0),
        ("tickets", Ask("db.write", context={"ticket": "OPS-1"}), Outcome.ROUTE_TO_HUMAN, None),
        ("prod", Ask("deploy.web", {"env": "prod"}), Outcome.ROUTE_TO_HUMAN, 0),
    ],
)
def test_a_documented_policy_answers_as_described(name: str, ask: Ask, outcome: Outcome, rule: int | None) -> None:
    rules = Rules(name, 100, parse_rules(EXAMPLES[name]["rules"]))
    answer = judge([rules], ask, requested_by="api:intern-bot")
    assert (answer.rule.outcome, answer.number) == (outcome, rule)


def test_every_documented_policy_is_tried_out() -> None:
    tried = {case[0] for mark in test_a_documented_policy_answers_as_described.pytestmark for case in mark.args[1]}  # type: ignore[attr-defined]  # pytest adds it
    assert tried == set(EXAMPLES)
