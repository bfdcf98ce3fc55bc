"""An agent asks. Everything is decided before the unit, so that the unit is inserts known beforehand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from gateway import browse
from gateway.audience import Here, warnings_about
from gateway.checks import check_action, check_json, check_text
from gateway.closing import close
from gateway.deciders import look_around
from gateway.digest import digest_of, fingerprint_of
from gateway.errors import IdempotencyClash, Invalid, Unavailable
from gateway.events import RequestCreated, RequestPending
from gateway.gate import Gate
from gateway.links import issue_links
from gateway.policy import Judgement, judge
from gateway.routing import targets_for
from gateway.views import Actor, Ask, RequestView
from models import requests
from models.db import Conflict
from models.ids import new_code
from models.words import DeciderType, Status

LATEST = timedelta(days=3650)
CODE_TRIES = 5

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of an ask: the request, whether it is new, and what the asker should know."""

    request: RequestView
    is_new: bool
    warnings: tuple[str, ...] = ()


async def submit(gate: Gate, ask: Ask, *, by: Actor) -> Submitted:
    """Store what an agent asks; a policy that answers by itself decides it in the same transaction.

    Raises Invalid, IdempotencyClash (the same idempotency key with another body) or Unavailable.
    """
    _check(ask)
    fingerprint = _fingerprint(ask)
    earlier = await _asked_before(gate, ask, fingerprint, by=by)
    if earlier is not None:
        return earlier
    judgement = judge(await gate.rulebook.in_force(), ask, requested_by=str(by))
    columns = _columns(gate, ask, judgement, by=by) | {"fingerprint": fingerprint}
    here = await look_around(gate, judgement.rule.approvers if judgement.decision is None else ())
    for _ in range(CODE_TRIES):
        try:
            return await _store(gate, columns, judgement, here, by=by)
        except Conflict:  # the idempotency key or, once in a blue moon, the code is taken
            earlier = await _asked_before(gate, ask, fingerprint, by=by)
            if earlier is not None:
                return earlier
            columns["code"] = new_code()
    raise Unavailable("No free short code was found for the request; nothing was stored. Try again.")


async def _store(gate: Gate, columns: Mapping[str, Any], judgement: Judgement, here: Here, *, by: Actor) -> Submitted:
    async with gate.unit(by=by) as unit:
        request = RequestView.of(await requests.add(**columns))
        unit.publish(_created(request))
        if judgement.decision is None:
            pending = RequestPending(
                request_id=request.id, action=request.action, approvals_needed=request.approvals_needed
            )
            unit.publish(pending, to=request.targets)
            await issue_links(gate, unit, request, request.targets)
        else:
            policy = Actor("policy", judgement.policy or "")
            status = Status(judgement.decision.value)
            await close(unit, request, status=status, by=policy, by_type=DeciderType.POLICY)
    if judgement.decision is not None:
        request = await browse.load(request.id)
    warnings = warnings_about(request, here)
    if warnings:
        approvers = request.policy_decision.approvers
        log.warning("request.nobody_can_decide", request=request.id, targets=request.targets, approvers=approvers)
    return Submitted(request, is_new=True, warnings=warnings)


def _created(request: RequestView) -> RequestCreated:
    answer = request.policy_decision
    return RequestCreated(
        request_id=request.id,
        action=request.action,
        digest=request.digest,
        urgency=request.urgency.value,
        outcome=answer.outcome.value,
        policy=answer.policy,
        rule=answer.rule,
    )


def _check(ask: Ask) -> None:
    check_action(ask.action)
    check_json(ask.params, "params")
    check_json(ask.context, "context")
    if ask.idempotency_key is not None:
        check_text(ask.idempotency_key, "idempotencyKey")
        if not 1 <= len(ask.idempotency_key) <= 255:
            raise Invalid("the idempotency key must have 1 to 255 characters", field="idempotencyKey")
    if ask.expires_at is not None and ask.expires_in is not None:
        raise Invalid("give either expiresAt or expiresInSec, not both", field="expiresAt")


def _fingerprint(ask: Ask) -> str:
    return fingerprint_of(
        {
            "action": ask.action,
            "params": ask.params,
            "context": ask.context,
            "urgency": ask.urgency.value,
            "expiresAt": ask.expires_at.astimezone(UTC).isoformat() if ask.expires_at else None,
            "expiresInSec": ask.expires_in.total_seconds() if ask.expires_in is not None else None,
        }
    )


async def _asked_before(gate: Gate, ask: Ask, fingerprint: str, *, by: Actor) -> Submitted | None:
    if ask.idempotency_key is None or by.key_id is None:
        return None
    row = await requests.find_idempotent(by.key_id, ask.idempotency_key)
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise IdempotencyClash(
            f"The idempotency key “{ask.idempotency_key}” was used for another request ({row.id}); use a new key."
        )
    request = await browse.load(row.id)
    here = await look_around(gate, request.policy_decision.approvers)
    return Submitted(request, is_new=False, warnings=warnings_about(request, here))


def _columns(gate: Gate, ask: Ask, judgement: Judgement, *, by: Actor) -> dict[str, Any]:
    now = gate.now()
    return {
        "id": gate.new_id("req"),
        "code": new_code(),
        "action": ask.action,
        "params": dict(ask.params),
        "context": dict(ask.context),
        "digest": digest_of(ask.action, ask.params),
        "urgency": ask.urgency.value,
        "requested_by": str(by),
        "asker_key_id": by.key_id,
        "idempotency_key": ask.idempotency_key,
        "policy_decision": judgement.as_policy_decision().as_json(),
        "targets": list(targets_for(judgement, gate.options.default_targets)),
        "approvals_needed": judgement.rule.approvals_needed,
        "require_reason": judgement.rule.require_reason,
        "created_at": now,
        "updated_at": now,
        "expires_at": _expiry(gate, ask, judgement, now),
        **_nudges(judgement, now),
    }


def _nudges(judgement: Judgement, now: datetime) -> dict[str, datetime]:
    """Return when to remind of a request and when to tell others, where it waits and the rule says so."""
    rule = judgement.rule
    nudges = {}
    if judgement.decision is None and rule.remind_after is not None:
        nudges["remind_at"] = now + rule.remind_after
    if judgement.decision is None and rule.escalate_after is not None and rule.escalate_to:
        nudges["escalate_at"] = now + rule.escalate_after
    return nudges


def _expiry(gate: Gate, ask: Ask, judgement: Judgement, now: datetime) -> datetime | None:
    """Return when the request expires: as asked, as the rule says, the earlier of both; else after the default."""
    if ask.expires_at is not None and ask.expires_at <= now:
        raise Invalid("expiresAt is in the past", field="expiresAt")
    if ask.expires_in is not None and not timedelta(0) < ask.expires_in <= LATEST:
        raise Invalid("expiresInSec must be above 0 and at most ten years", field="expiresInSec")
    asked = ask.expires_at or (now + ask.expires_in if ask.expires_in is not None else None)
    ruled = now + judgement.rule.expires_in if judgement.rule.expires_in is not None else None
    given = [moment for moment in (asked, ruled) if moment is not None]
    if given:
        if min(given) > now + LATEST:
            raise Invalid("it would expire more than ten years from now", field="expiresAt")
        return min(given).astimezone(UTC)
    return now + gate.options.request_timeout if gate.options.request_timeout is not None else None
