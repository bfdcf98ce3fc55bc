"""Making links for an admin, who brings them to somebody."""

from datetime import timedelta

from aiohttp import web

from gateway.api.call import Call, json_answer
from gateway.api.shapes import LinkPairShape, LinkShape
from gateway.links import Address, LinkPair, issue_pair
from gateway.moments import write_moment


async def issue(call: Call) -> web.Response:
    """Make a pair of links in the name of the caller's key."""
    pair = await issue_pair(call.gate, call.ref, by=call.actor)
    return json_answer(_pair_shape(pair, ttl=call.gate.options.link_ttl))


def _pair_shape(pair: LinkPair, *, ttl: timedelta) -> LinkPairShape:
    hours = ttl / timedelta(hours=1)
    return {
        "requestId": pair.request.id,
        "tokens": {"approve": _link_shape(pair.approve), "deny": _link_shape(pair.deny)},
        "expiresAt": write_moment(pair.expires_at),
        "expiresInHours": int(hours) if hours.is_integer() else hours,
    }


def _link_shape(address: Address) -> LinkShape:
    return {"token": address.token, "url": address.url}
