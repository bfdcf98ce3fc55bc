"""What a receiver hears: which events, how the body looks, how it is signed, in which order."""

import pytest

from gateway.confirm import confirm
from gateway.decide import decide
from gateway.gate import Gate
from gateway.hearing import heed
from gateway.keys import NewKey, revoke_key
from gateway.news import News
from gateway.outbox import Outbox
from gateway.overdue import expire_overdue
from gateway.shapes import audit_entry_shape, request_shape
from gateway.submit import submit
from gateway.views import Ask, EventView
from gateway.webhooks import NewSecret, change_webhook, delete_webhook, replay
from models import events
from models.words import Decision, Status
from tests.clock import Clock
from tests.gateway.scenes import ALICE, BOB, asked, ruled
from tests.platforms.receiver import Receiver
from tests.webhooks.scenes import ADMIN, hooked, sent_to, states, until_quiet

YES = Decision.APPROVED


async def test_a_receiver_hears_of_a_request_signed(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    request = await asked(gate, agent, params={"env": "prod", "note": "„ünï“ \u2028 </script>"})
    clock.advance(seconds=9)
    await until_quiet(outbox)
    assert receiver.events == ["request.created", "request.pending"]
    first = receiver.taken[0]
    assert first.verified(hook.secret) == first.json
    assert first.is_signed_the_older_way(hook.secret)
    assert first.headers["Content-Type"] == "application/json"
    assert first.json["timestamp"] == first.json["data"]["request"]["createdAt"]
    assert first.json["data"]["request"] == request_shape(
        request, now=request.created_at, public_url=gate.options.public_url
    )
    assert await states(hook) == [("request.created", "done"), ("request.pending", "done")]


async def test_a_body_says_how_it_stood_when_the_event_happened(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2})
    await until_quiet(outbox)
    request = await asked(gate, agent)
    for person in (ALICE, BOB):
        clock.advance(seconds=1)
        await decide(gate, request.id, YES, by=person, reason="fine")
    await confirm(gate, request.id, by=agent.key.actor, result={"version": 2})
    await until_quiet(outbox)
    told = [call.json["data"]["request"] | {"event": call.event} for call in receiver.taken if "request" in call.event]
    assert [(one["event"], one["status"], len(one["approvals"]), one["result"]) for one in told] == [
        ("request.created", "pending", 0, None),
        ("request.pending", "pending", 0, None),
        ("request.voted", "pending", 1, None),
        ("request.approved", "approved", 2, None),
        ("request.decided", "approved", 2, None),
        ("request.confirmed", "approved", 2, {"version": 2}),
    ]
    voted = receiver.taken[3].json
    assert (voted["actor"], voted["data"]["decision"], voted["data"]["reason"]) == (
        "terminal:alice",
        "approved",
        "fine",
    )


async def test_an_event_about_no_request_has_its_details_alone(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox
) -> None:
    await revoke_key(gate, agent.key.id, by=ADMIN)
    await until_quiet(outbox)
    (call,) = receiver.taken
    assert call.json["event"] == "key.revoked"
    assert call.json["actor"] == "api:ops"
    assert call.json["data"] == {"keyId": agent.key.id, "name": "agent"}


async def test_a_receiver_hears_only_what_it_wants(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox, clock: Clock
) -> None:
    await hooked(gate, receiver, "request.expired", "policy.saved")
    await asked(gate, agent)
    clock.advance(hours=2)
    await expire_overdue(gate)
    await ruled(gate, {"decision": "route_to_human"})
    await until_quiet(outbox)
    assert sorted(receiver.events) == ["policy.saved", "request.expired"]


async def test_a_disabled_or_deleted_webhook_hears_of_nothing_more(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox
) -> None:
    first, second = [await hooked(gate, receiver, "request.created") for _ in range(2)]
    await change_webhook(gate, first.webhook.id, {"enabled": False}, by=ADMIN)
    await delete_webhook(gate, second.webhook.id, by=ADMIN)
    await asked(gate, agent)
    await until_quiet(outbox)
    assert receiver.calls == []


async def test_a_rule_may_name_a_webhook_among_its_channels(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox
) -> None:
    hook = await hooked(gate, receiver, "request.expired")
    await ruled(gate, {"decision": "route_to_human", "channels": [f"webhook:{hook.webhook.id}"]})
    submitted = await submit(gate, Ask("deploy.prod"), by=agent.key.actor)
    request = submitted.request
    await decide(gate, request.id, YES, by=ALICE)
    await until_quiet(outbox)
    assert submitted.warnings == ()
    assert receiver.events == ["request.pending", "request.approved"]
    assert [call.json["data"]["request"]["id"] for call in receiver.taken] == [request.id] * 2


async def test_a_rule_s_webhook_that_wants_it_anyway_hears_of_it_once(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox
) -> None:
    hook = await hooked(gate, receiver, "request.pending")
    await ruled(gate, {"decision": "route_to_human", "channels": [f"webhook:{hook.webhook.id}"]})
    await asked(gate, agent)
    await until_quiet(outbox)
    assert receiver.events == ["request.pending"]


@pytest.mark.parametrize("secret", ["whsec_" + "QUJD" * 10, "a secret of one's own, older than the standard"])
async def test_a_given_secret_signs(gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox, secret: str) -> None:
    await hooked(gate, receiver, "request.created", secret=secret)
    await asked(gate, agent)
    await until_quiet(outbox)
    (call,) = receiver.taken
    assert call.is_signed_with(secret if secret.startswith("whsec_") else secret.encode())
    assert call.is_signed_the_older_way(secret)


async def test_a_new_secret_signs_what_has_waited_too(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox
) -> None:
    hook = await hooked(gate, receiver, "request.created")
    await asked(gate, agent)
    await change_webhook(gate, hook.webhook.id, {"secret": "the new one is long enough"}, by=ADMIN)
    await until_quiet(outbox)
    (call,) = receiver.taken
    assert call.is_signed_with(b"the new one is long enough")
    assert not call.is_signed_with(hook.secret)


async def test_what_is_sent_again_is_the_same_under_the_same_id(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox, clock: Clock
) -> None:
    hook = await hooked(gate, receiver, "request.created")
    request = await asked(gate, agent)
    await until_quiet(outbox)
    (delivery,) = await sent_to(hook)
    clock.advance(days=3)
    again = await replay(gate, delivery.id, by=ADMIN)
    await until_quiet(outbox)
    first, second = receiver.taken
    assert (first.id, first.body) == (second.id, second.body)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert second.is_signed_with(hook.secret)
    assert again.created_at == clock.time
    entry = audit_entry_shape(EventView.of((await events.of(request.id))[-1]))
    assert (entry["eventType"], entry["actor"]) == ("delivery.replayed", "api:ops")
    assert entry["details"]["deliveryId"] == delivery.id


async def test_ids_differ_by_event_and_by_webhook(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox
) -> None:
    for _ in range(2):
        await hooked(gate, receiver, "request.created", "request.pending")
    await asked(gate, agent)
    await until_quiet(outbox)
    ids = [call.id for call in receiver.taken]
    assert len(set(ids)) == len(ids) == 4
    assert not any("." in one for one in ids)  # the signature's parts are separated by full stops


async def test_a_webhook_is_in_force_everywhere_within_two_seconds(
    gate: Gate, agent: NewKey, receiver: Receiver, clock: Clock
) -> None:
    """What another replica saved counts without any bell, as soon as what is cached here is too old."""
    other = Gate(options=gate.options, now=clock, secret=b"s" * 32, limiter=gate.limiter, notifiers={})
    await asked(other, agent)
    hook = await hooked(gate, receiver, "request.created")
    await asked(other, agent)
    assert await sent_to(hook) == []
    clock.advance(seconds=2)
    request = await asked(other, agent)
    assert [one.request_id for one in await sent_to(hook)] == [request.id]


async def test_news_of_another_replica_make_it_at_once(gate: Gate, agent: NewKey, receiver: Receiver) -> None:
    other = Gate(options=gate.options, now=gate.now, secret=b"s" * 32, limiter=gate.limiter, notifiers={})
    await asked(other, agent)
    hook = await hooked(gate, receiver, "request.created")
    await heed(other, News(webhooks=True))
    request = await asked(other, agent)
    assert [one.request_id for one in await sent_to(hook)] == [request.id]


async def test_what_a_policy_decides_is_told_with_its_end(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox
) -> None:
    await ruled(gate, {"decision": "auto_deny"})
    await hooked(gate, receiver, "request.created", "request.denied", "request.decided")
    request = await asked(gate, agent)
    await until_quiet(outbox)
    assert request.status is Status.DENIED
    assert receiver.events == ["request.created", "request.denied", "request.decided"]
    assert receiver.taken[1].json["data"]["request"]["decidedBy"] == "policy:house"
