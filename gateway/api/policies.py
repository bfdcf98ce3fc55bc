"""Keeping policies."""

from dataclasses import replace

from aiohttp import web

from gateway import policies
from gateway.api.bodies import PolicyBody, PolicyChangeBody, TryBody, changes_in
from gateway.api.call import Call, json_answer
from gateway.api.queries import PageQuery
from gateway.api.shaping import explanation_shape, pagination_shape, policy_shape
from gateway.browse import page_of
from gateway.policies import PolicyDraft
from gateway.views import Ask


async def list_all(call: Call) -> web.Response:
    """List policies in the order in which they are asked."""
    query = call.query(PageQuery)
    page = page_of(await policies.list_policies(), limit=query.limit, offset=query.offset, cursor=query.cursor)
    shapes = [policy_shape(policy) for policy in page.items]
    return json_answer({"policies": shapes, "pagination": pagination_shape(page)})


async def create(call: Call) -> web.Response:
    """Save a new policy."""
    body = call.body(PolicyBody)
    draft = PolicyDraft(name=body.name, rules=body.rules, priority=body.priority, enabled=body.enabled)
    return json_answer(policy_shape(await policies.create_policy(call.gate, draft, by=call.actor)), status=201)


async def show(call: Call) -> web.Response:
    """Read one policy."""
    return json_answer(policy_shape(await policies.get_policy(call.ref)))


async def change(call: Call) -> web.Response:
    """Change a policy; what is left out stays."""
    changes = changes_in(call.body(PolicyChangeBody))
    known = await policies.get_policy(call.ref)
    kept = PolicyDraft(name=known.name, rules=known.rules, priority=known.priority, enabled=known.enabled)
    draft = replace(kept, **changes)
    return json_answer(policy_shape(await policies.change_policy(call.gate, known.id, draft, by=call.actor)))


async def delete(call: Call) -> web.Response:
    """Delete a policy."""
    gone = await policies.delete_policy(call.gate, call.ref, by=call.actor)
    return json_answer({"success": True, "id": gone.id})


async def try_out(call: Call) -> web.Response:
    """See which rule would answer an ask, and why those before it do not."""
    body = call.body(TryBody)
    ask = Ask(action=body.action, params=body.params, context=body.context, urgency=body.urgency)
    asker = body.requested_by if body.requested_by is not None else str(call.actor)
    return json_answer(explanation_shape(await policies.try_policies(call.gate, ask, requested_by=asker)))
