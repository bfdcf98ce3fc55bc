"""Keeping policies: save, change, delete, try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.admin_views import PolicyView
from gateway.checks import check_action, check_json
from gateway.errors import Invalid, NameTaken, NotFound
from gateway.events import PolicyDeleted, PolicySaved
from gateway.gate import Gate, Unit
from gateway.policy import Explanation, explain
from gateway.rules import parse_rules
from gateway.views import Actor, Ask
from models import policies
from models.db import Conflict

LONGEST_NAME = 100
LARGEST_PRIORITY = 1_000_000
MOST_RULES = 500


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A policy as it should be."""

    name: str
    rules: Sequence[Mapping[str, Any]]
    priority: int = 100
    enabled: bool = True


async def list_policies() -> tuple[PolicyView, ...]:
    """Return every policy in the order in which they are asked."""
    return tuple(PolicyView.of(row) for row in await policies.all_policies())


async def get_policy(ref: str) -> PolicyView:
    """Return a policy by id or name. Raises NotFound."""
    row = await policies.find(ref) if ref.isprintable() and len(ref) <= LONGEST_NAME else None
    if row is None:
        raise NotFound(f"There is no policy “{ref[:100]}”.")
    return PolicyView.of(row)


async def create_policy(gate: Gate, draft: PolicyDraft, *, by: Actor) -> PolicyView:
    """Store a new policy. Raises Invalid, InvalidPolicy or NameTaken."""
    _check(draft)
    try:
        async with gate.unit(by=by) as unit:
            columns = _columns(draft) | {"created_at": unit.at, "updated_at": unit.at}
            view = PolicyView.of(await policies.add(id=unit.new_id("pol"), **columns))
            _saved(unit, view)
    except Conflict as error:
        raise _taken(draft) from error
    return view


async def change_policy(gate: Gate, ref: str, draft: PolicyDraft, *, by: Actor) -> PolicyView:
    """Replace a policy. Raises NotFound, Invalid, InvalidPolicy or NameTaken."""
    known = await get_policy(ref)
    _check(draft)
    try:
        async with gate.unit(by=by) as unit:
            if not await policies.change(known.id, **_columns(draft), updated_at=unit.at):
                raise NotFound(f"The policy “{ref}” has just been deleted.")
            view = await get_policy(known.id)
            _saved(unit, view)
    except Conflict as error:
        raise _taken(draft) from error
    return view


async def enable_policy(gate: Gate, ref: str, *, enabled: bool, by: Actor) -> PolicyView:
    """Switch a policy on or off, and touch nothing else of it. Raises NotFound, or InvalidPolicy for a broken one."""
    known = await get_policy(ref)
    if enabled:
        parse_rules(known.rules)
    async with gate.unit(by=by) as unit:
        if not await policies.change(known.id, enabled=enabled, updated_at=unit.at):
            raise NotFound(f"The policy “{ref}” has just been deleted.")
        view = await get_policy(known.id)
        _saved(unit, view)
    return view


async def delete_policy(gate: Gate, ref: str, *, by: Actor) -> PolicyView:
    """Delete a policy; return it as it was. Raises NotFound."""
    known = await get_policy(ref)
    async with gate.unit(by=by) as unit:
        if not await policies.remove(known.id):
            raise NotFound(f"The policy “{ref}” has just been deleted.")
        unit.publish(PolicyDeleted(policy_id=known.id, name=known.name))
        unit.changed_policies = True
    return known


async def try_policies(gate: Gate, ask: Ask, *, requested_by: str) -> Explanation:
    """Return which rule would answer an ask, and why each rule before it does not. Raises Invalid."""
    check_action(ask.action)
    check_json(ask.params, "params")
    check_json(ask.context, "context")
    return explain(await gate.rulebook.in_force(), ask, requested_by=requested_by)


def _check(draft: PolicyDraft) -> None:
    if not 1 <= len(draft.name) <= LONGEST_NAME or not draft.name.isprintable() or draft.name != draft.name.strip():
        raise Invalid(f"name must be 1 to {LONGEST_NAME} printable characters", field="name")
    if abs(draft.priority) > LARGEST_PRIORITY:
        raise Invalid(f"priority must be between -{LARGEST_PRIORITY} and {LARGEST_PRIORITY}", field="priority")
    if len(draft.rules) > MOST_RULES:
        raise Invalid(f"rules must be {MOST_RULES} at most; split the policy", field="rules")
    check_json(list(draft.rules), "rules")
    parse_rules(draft.rules)


def _columns(draft: PolicyDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "priority": draft.priority,
        "enabled": draft.enabled,
        "rules": [dict(rule) for rule in draft.rules],
    }


def _saved(unit: Unit, view: PolicyView) -> None:
    rules = list(view.rules)
    unit.publish(
        PolicySaved(policy_id=view.id, name=view.name, priority=view.priority, enabled=view.enabled, rules=rules)
    )
    unit.changed_policies = True


def _taken(draft: PolicyDraft) -> NameTaken:
    return NameTaken(f"There is a policy “{draft.name}” already; change that one, or choose another name.")
