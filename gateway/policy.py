"""Policies decide: which rule answers an ask, and whether the votes are enough. PURE.

Policies are asked by priority, the lower number first; within a policy its rules in order, and the first that matches
answers. Between policies of equal priority an `auto_deny` goes before other answers, then the name decides. Nothing
matches: a human. A policy that cannot be evaluated: a human, since what it would have refused is not known.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from gateway.rules import Rule, Rules
from gateway.views import Approval, Ask, PolicyDecision
from models.words import Decision, Outcome

NO_RULE = Rule(conditions=(), outcome=Outcome.ROUTE_TO_HUMAN)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer of the rule that matched."""

    rule: Rule = NO_RULE
    policy: str | None = None
    number: int | None = None
    note: str | None = None

    @property
    def decision(self) -> Decision | None:
        """Return what the policy itself decides, or None when it leaves that to others."""
        automatic = {Outcome.AUTO_APPROVE: Decision.APPROVED, Outcome.AUTO_DENY: Decision.DENIED}
        return automatic.get(self.rule.outcome)

    def as_policy_decision(self) -> PolicyDecision:
        """Return what is stored and shown of it."""
        rule = self.rule
        return PolicyDecision(
            rule.outcome, self.policy, self.number, rule.approvers, rule.channels, self.note, rule.escalate_to
        )


@dataclass(frozen=True, slots=True)
class RuleTried:
    """How one rule met an ask: `why_not` lists the conditions it missed, none when it matched."""

    policy: str
    number: int
    outcome: Outcome
    why_not: tuple[str, ...]

    @property
    def matched(self) -> bool:
        """Whether every condition held."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class Explanation:
    """The judgement, and every rule that was looked at on the way."""

    judgement: Judgement
    tried: tuple[RuleTried, ...]


def judge(policies: Sequence[Rules], ask: Ask, *, requested_by: str) -> Judgement:
    """Return the answer of the first rule that matches; `policies` come sorted by priority, then name."""
    for _, equals in groupby(policies, key=lambda policy: policy.priority):
        answers = [answer for answer in (_answer(policy, ask, requested_by) for policy in equals) if answer]
        if answers:
            return min(answers, key=_strictness)
    return Judgement()


def _answer(policy: Rules, ask: Ask, requested_by: str) -> Judgement | None:
    if policy.broken:
        return Judgement(policy=policy.name, note=f"policy {policy.name} could not be evaluated: {policy.broken}")
    for number, rule in enumerate(policy.rules):
        if all(condition.holds(ask, requested_by) for condition in rule.conditions):
            return Judgement(rule, policy.name, number)
    return None


def _strictness(answer: Judgement) -> tuple[int, str]:
    """Order answers of equal priority: a refusal, then a policy that is broken, then by name."""
    rank = 0 if answer.decision is Decision.DENIED else 1 if answer.note else 2
    return rank, answer.policy or ""


def explain(policies: Sequence[Rules], ask: Ask, *, requested_by: str) -> Explanation:
    """Return what `judge` answers, with how each rule before the answer met the ask."""
    judgement = judge(policies, ask, requested_by=requested_by)
    return Explanation(judgement, tuple(_until(judgement, policies, ask, requested_by)))


def _until(judgement: Judgement, policies: Iterable[Rules], ask: Ask, requested_by: str) -> Iterator[RuleTried]:
    for policy in policies:
        for number, rule in enumerate(policy.rules):
            missed = [one for one in rule.conditions if not one.holds(ask, requested_by)]
            why_not = tuple(dict.fromkeys(one.why_not(ask, requested_by) for one in missed))  # each said once
            yield RuleTried(policy.name, number, rule.outcome, why_not)
            if not why_not:
                break
        if policy.name == judgement.policy:
            return


def enough(votes: Iterable[Approval], needed: int) -> Decision | None:
    """Return what the votes decide: one denial denies, `needed` different persons approve; None while it is open."""
    cast = list(votes)
    if any(vote.decision is Decision.DENIED for vote in cast):
        return Decision.DENIED
    persons = {vote.voter for vote in cast if vote.decision is Decision.APPROVED}
    return Decision.APPROVED if len(persons) >= needed else None
