"""Policies: list, show, switch on and off, try."""

import json
from collections.abc import Mapping
from typing import Any

from bot.callers import Caller, Role
from bot.registry import ActionName, Params, PolicyName, UrgencyWord, command
from gateway import policies
from gateway.card import Block, Card, Facts, Note, Table, Tone, note_card
from gateway.gate import Gate
from gateway.permission import listed
from gateway.policy import Explanation, Judgement, RuleTried
from gateway.redact import visible
from gateway.views import Ask
from models.words import Outcome, Urgency

HEAD = ("Priority", "Name", "Rules", "State")
SHOWN = 50
ANSWERS = {
    Outcome.AUTO_APPROVE: ("This would be approved by itself.", Tone.GOOD),
    Outcome.AUTO_DENY: ("This would be denied by itself.", Tone.BAD),
    Outcome.ROUTE_TO_HUMAN: ("This would wait for a human.", Tone.WAITING),
    Outcome.ROUTE_TO_AGENT: ("This would wait for another agent.", Tone.WAITING),
}


@command("policies list", Role.ADMIN)
async def list_policies(gate: Gate, *, by: Caller) -> Card:
    """List the policies in the order in which they are asked."""
    found = await policies.list_policies()
    if not found:
        return note_card("There are no policies, so a human decides everything.", tone=Tone.QUIET)
    rows = tuple(
        (str(one.priority), visible(one.name), str(len(one.rules)), _state(enabled=one.enabled))
        for one in found[:SHOWN]
    )
    rest = (Note(f"…{len(found) - SHOWN} policies more."),) if len(found) > SHOWN else ()
    return note_card(f"{len(found)} {'policy' if len(found) == 1 else 'policies'}.", Table(HEAD, rows), *rest)


def _state(*, enabled: bool) -> str:
    return "on" if enabled else "off"


@command("policies show", Role.ADMIN)
async def show(gate: Gate, name: PolicyName, *, by: Caller) -> Card:
    """Show a policy with its rules.

    Args:
        name: The policy's name
    """
    found = await policies.get_policy(name)
    facts = Facts(
        (("Name", visible(found.name)), ("Priority", str(found.priority)), ("State", _state(enabled=found.enabled)))
    )
    rules = [Block(f"Rule {number}", _rule_lines(rule)) for number, rule in enumerate(found.rules, 1)]
    return note_card("A policy.", facts, *rules)


def _rule_lines(rule: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(visible(line) for line in json.dumps(dict(rule), ensure_ascii=False, indent=2).splitlines())


@command("policies enable", Role.ADMIN)
async def enable(gate: Gate, name: PolicyName, *, by: Caller) -> Card:
    """Switch a policy on.

    Args:
        name: The policy's name
    """
    return await _switch(gate, name, enabled=True, by=by)


@command("policies disable", Role.ADMIN)
async def disable(gate: Gate, name: PolicyName, *, by: Caller) -> Card:
    """Switch a policy off.

    Args:
        name: The policy's name
    """
    return await _switch(gate, name, enabled=False, by=by)


async def _switch(gate: Gate, name: str, *, enabled: bool, by: Caller) -> Card:
    policy = await policies.enable_policy(gate, name, enabled=enabled, by=by.actor)
    return note_card(f"The policy is {_state(enabled=enabled)}.", Facts((("Policy", visible(policy.name)),)))


@command("policies try", Role.ADMIN)
async def try_ask(
    gate: Gate,
    action: ActionName,
    params: Params | None = None,
    *,
    urgency: UrgencyWord = Urgency.NORMAL,
    asker: str = "api:agent",
    by: Caller,
) -> Card:
    """See which rule would answer a request, and why those before it would not.

    Nothing is stored and nobody is notified.

    Args:
        action: What would be asked for, like deploy.prod
        params: As env=prod amount=5, or as one JSON object
        urgency: low, normal, high or critical
        asker: Who would ask, like api:deploy-bot
    """
    ask = Ask(action=action, params=params or {}, urgency=urgency)
    explanation = await policies.try_policies(gate, ask, requested_by=asker)
    headline, tone = ANSWERS[explanation.judgement.rule.outcome]
    lines = tuple(_tried_line(one) for one in explanation.tried if not one.matched)
    earlier = (Block("Rules that do not match", lines),) if lines else ()
    return note_card(headline, _answer_facts(action, explanation), *earlier, tone=tone)


def _answer_facts(action: str, explanation: Explanation) -> Facts:
    judgement = explanation.judgement
    rule = judgement.rule
    rows = [("Action", visible(action)), ("Answered by", _answerer(judgement))]
    if rule.approvers:
        rows.append(("Who may decide", visible(listed(rule.approvers))))
    if rule.channels:
        rows.append(("Goes to", visible(", ".join(rule.channels))))
    if rule.approvals_needed > 1:
        rows.append(("Approvals", str(rule.approvals_needed)))
    if rule.require_reason:
        rows.append(("Reason", "required"))
    return Facts(tuple(rows))


def _answerer(judgement: Judgement) -> str:
    if judgement.note:
        return visible(judgement.note)
    if judgement.policy is None:
        return "no policy matches"
    return f"policy {visible(judgement.policy)}, rule {(judgement.number or 0) + 1}"


def _tried_line(tried: RuleTried) -> str:
    why = "; ".join(tried.why_not)
    return visible(f"{tried.policy}, rule {tried.number + 1} ({tried.outcome.value}): {why}")
