"""Recipients of links, and the tokens that they were sent."""

from gateway.gate import Gate
from gateway.links import Address, addresses_for
from gateway.views import RequestView

LEA, BEN, OPS, MESSAGE = "email:lea@example.com", "email:ben@example.com", "slack:#ops", "slack:U111"


async def token(gate: Gate, request: RequestView, target: str, purpose: str = "approve") -> str:
    """Return the token that a target was sent."""
    address = getattr(await addresses_for(gate, request, target), purpose)
    assert isinstance(address, Address)
    return address.token
