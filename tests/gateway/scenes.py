"""People, and the short way to what a story needs before it begins."""

from collections.abc import Mapping
from typing import Any

from gateway.admin_views import PolicyView
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.policies import PolicyDraft, create_policy
from gateway.submit import submit
from gateway.views import Actor, Ask, RequestView
from models import events

ALICE = Actor("terminal", "alice")
BOB = Actor("terminal", "bob")
CAROL = Actor("terminal", "carol")


async def asked(gate: Gate, by: NewKey | Actor, action: str = "deploy.prod", **ask: Any) -> RequestView:
    """Let an agent ask for something; return the request."""
    actor = by if isinstance(by, Actor) else by.key.actor
    return (await submit(gate, Ask(action, **ask), by=actor)).request


async def ruled(gate: Gate, rule: Mapping[str, Any], *, name: str = "house", priority: int = 100) -> PolicyView:
    """Save a policy of one rule."""
    return await create_policy(gate, PolicyDraft(name, [dict(rule)], priority), by=ALICE)


async def story_of(request: RequestView) -> list[str]:
    """Return what the audit trail tells of a request, oldest first, as `type by actor`."""
    return [f"{event.type} by {event.actor}" for event in await events.of(request.id)]
