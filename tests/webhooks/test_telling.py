"""What a receiver hears: which events, how the body looks, how it is signed."""

from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.outbox import Outbox
from gateway.shapes import request_shape
from gateway.webhooks import NewSecret
from tests.clock import Clock
from tests.gateway.scenes import asked
from tests.platforms.receiver import Receiver
from tests.webhooks.scenes import states, until_quiet


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
