"""What happens when a receiver does not take it: later, in order, for a day – and nobody else waits."""

import asyncio
from datetime import timedelta

from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.notifiers.webhook import WebhookSender
from gateway.outbox import Outbox
from gateway.routing import GIVE_UP_AFTER
from gateway.sealing import Seals
from gateway.search import audit_page
from gateway.webhooks import NewSecret, change_webhook, delete_webhook, get_webhook, list_webhooks, replay
from models.events import EventFilter
from models.words import Decision
from tests.clock import Clock
from tests.gateway.scenes import ALICE, asked
from tests.platforms.receiver import Receiver, answers, receiving
from tests.platforms.weather import cut, hang
from tests.webhooks.scenes import ADMIN, hooked, sent_to, states, until_quiet

FIRST_RETRY = timedelta(seconds=20)


async def until_nothing_waits(outbox: Outbox, hook: NewSecret, clock: Clock) -> timedelta:
    """Send and let time pass until every delivery is over; return how long that took."""
    began = clock.time
    while any(one.state == "due" for one in await sent_to(hook)):
        await until_quiet(outbox)
        clock.advance(seconds=1)
    return clock.time - began


async def audited(word: str) -> list[dict[str, object]]:
    """Return the details of every audit entry of one kind, the oldest first."""
    page = await audit_page(EventFilter(type=word), limit=100)
    return [dict(event.details) for event in reversed(page.items)]


async def test_a_receiver_that_fails_five_times_hears_everything_once_and_in_order(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    receiver.weather += [answers(500), cut(), answers(429), answers(404), answers(503)]
    request = await asked(gate, agent)
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    assert await until_nothing_waits(outbox, hook, clock) < timedelta(minutes=4)
    assert receiver.events == ["request.created", "request.pending", "request.approved", "request.decided"]
    assert len(receiver.calls) == 9
    assert len({call.id for call in receiver.calls[:6]}) == 1
    assert {state for _, state in await states(hook)} == {"done"}
    assert all(call.verified(hook.secret) for call in receiver.taken)


async def test_the_first_retry_comes_soon_and_the_word_is_listed(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    receiver.weather.append(answers(302, Location="/elsewhere"))
    await asked(gate, agent)
    await outbox.round()
    first, second = await sent_to(hook)
    assert (first.answer, first.attempts, second.attempts) == (302, 1, 0)
    assert first.last_error == "answered 302: redirects are not followed; change the webhook's url"
    assert timedelta(0) < first.due_at - clock.time < FIRST_RETRY


async def test_a_receiver_says_when_to_come_back_after_the_first_retry(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    receiver.weather += [answers(503, Retry_After="600"), answers(429, Retry_After="600")]
    await asked(gate, agent)
    await until_quiet(outbox)
    first_wait = (await sent_to(hook))[0].due_at - clock.time
    assert first_wait < FIRST_RETRY
    clock.advance(seconds=first_wait.total_seconds())
    await until_quiet(outbox)
    assert len(receiver.calls) == 2
    assert (await sent_to(hook))[0].due_at == clock.time + timedelta(minutes=10)


async def test_a_receiver_that_comes_back_sooner_is_called_sooner(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    receiver.weather.append(answers(503, Retry_After="7"))
    await asked(gate, agent)
    await until_quiet(outbox)
    assert (await sent_to(hook))[0].due_at == clock.time + timedelta(seconds=7)


async def test_after_a_day_it_is_dead_and_listed_and_can_be_sent_again(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox, clock: Clock
) -> None:
    hook = await hooked(gate, receiver, "request.created")
    receiver.weather += [answers(500)] * 3
    request = await asked(gate, agent)
    await outbox.round()
    clock.advance(hours=23)
    await outbox.round()
    assert await states(hook) == [("request.created", "due")]
    clock.advance(seconds=GIVE_UP_AFTER.total_seconds())
    await outbox.round()
    (dead,) = await sent_to(hook)
    assert (dead.state, dead.last_error, dead.answer) == ("dead", "gave up after a day: answered 500", 500)
    (failed,) = await audited("delivery.failed")
    assert failed["target"] == f"webhook:{hook.webhook.id}"
    await replay(gate, dead.id, by=ADMIN)
    await until_quiet(outbox)
    assert [call.json["data"]["request"]["id"] for call in receiver.taken] == [request.id]
    assert await states(hook) == [("request.created", "dead"), ("request.created", "done")]


async def test_receivers_that_are_gone_do_not_keep_each_other_busy(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox, clock: Clock
) -> None:
    """Each hears once that the other's delivery was given up, and nobody hears that this could not be said either."""
    hooks = [await hooked(gate, receiver, "request.created", "delivery.failed") for _ in range(2)]
    receiver.weather += [answers(500)] * 1000
    await asked(gate, agent)
    for _ in range(6):
        await until_quiet(outbox)
        clock.advance(seconds=GIVE_UP_AFTER.total_seconds())
    for hook in hooks:
        assert await states(hook) == [("request.created", "dead"), ("delivery.failed", "dead")]


async def test_410_disables_the_webhook_and_everybody_can_see_why(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    receiver.weather.append(answers(410))
    await asked(gate, agent)
    await until_quiet(outbox)
    now = await get_webhook(hook.webhook.id)
    assert (now.enabled, now.disabled_reason) == (False, "answered 410 Gone: it wants to hear nothing more")
    assert len(receiver.calls) == 1
    saved = (await audited("webhook.saved"))[-1]
    assert (saved["enabled"], saved["reason"]) == (False, now.disabled_reason)
    await asked(gate, agent)  # of this it hears nothing any more
    assert [state for _, state in await states(hook)] == ["dead", "due"]
    assert (await sent_to(hook))[1].last_error == "the webhook is disabled"


async def test_what_waited_at_a_disabled_webhook_arrives_as_soon_as_it_is_enabled_again(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox
) -> None:
    await asked(gate, agent)
    await change_webhook(gate, hook.webhook.id, {"enabled": False}, by=ADMIN)
    await until_quiet(outbox)
    assert receiver.calls == []
    await change_webhook(gate, hook.webhook.id, {"enabled": True}, by=ADMIN)
    await until_quiet(outbox)
    assert receiver.events == ["request.created", "request.pending"]


async def test_what_is_on_its_way_to_a_deleted_webhook_is_given_up(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox
) -> None:
    await asked(gate, agent)
    await delete_webhook(gate, hook.webhook.id, by=ADMIN)
    await until_quiet(outbox)
    assert receiver.calls == []
    assert {(one.state, one.last_error) for one in await sent_to(hook)} == {("dead", "the webhook was deleted")}
    assert await list_webhooks() == ()


async def test_under_another_secret_of_the_server_it_waits_and_says_why(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    await asked(gate, agent)
    gate.seals = Seals(secret=b"another, set by mistake")
    await until_quiet(outbox)
    assert receiver.calls == []
    assert "AGENTGATE_SECRET_KEY is not what it was" in str((await sent_to(hook))[0].last_error)
    gate.seals = Seals(secret=b"s" * 32)
    await until_nothing_waits(outbox, hook, clock)
    assert receiver.events == ["request.created", "request.pending"]


async def test_a_webhook_that_hangs_holds_up_no_other(
    gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox
) -> None:
    """Only the first calls wait for it: after that it is left alone for a while."""
    gate.sender = WebhookSender(allow_private=True, timeout=timedelta(seconds=3))
    async with receiving() as stuck:
        stuck.weather += [hang()] * 1000
        await hooked(gate, stuck, "request.created")
        await hooked(gate, receiver, "request.created")
        for _ in range(60):
            await asked(gate, agent)
        await until_quiet(outbox)
        assert len(receiver.taken) == 60
        assert len(stuck.calls) <= 20


async def test_a_webhook_that_hung_is_called_again_after_a_moment(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    gate.sender = WebhookSender(allow_private=True, timeout=timedelta(seconds=2))
    receiver.weather.append(hang())
    request = await asked(gate, agent)
    await until_quiet(outbox)
    await asked(gate, agent)
    await until_quiet(outbox)
    assert len(receiver.calls) == 1
    gate.sender = WebhookSender(allow_private=True)
    assert await until_nothing_waits(outbox, hook, clock) < timedelta(minutes=1)
    ours = [call.event for call in receiver.taken if call.json["data"]["request"]["id"] == request.id]
    assert ours == ["request.created", "request.pending"]
    assert len(receiver.taken) == 4


async def test_two_pumps_at_once_call_once(gate: Gate, agent: NewKey, receiver: Receiver, outbox: Outbox) -> None:
    hook = await hooked(gate, receiver, "request.created")
    for _ in range(30):
        await asked(gate, agent)
    other = Outbox(gate)
    while sum(await asyncio.gather(outbox.round(), other.round())):
        pass
    assert len(receiver.calls) == len({call.id for call in receiver.calls}) == 30
    assert {state for _, state in await states(hook)} == {"done"}
