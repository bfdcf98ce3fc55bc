"""Keeping webhooks."""

from aiohttp import web

from gateway import webhooks
from gateway.api.bodies import WebhookBody, WebhookChangeBody, changes_in
from gateway.api.call import Call, json_answer
from gateway.api.queries import PageQuery
from gateway.api.shaping import delivery_shape, pagination_shape, webhook_shape
from gateway.browse import page_of
from gateway.calling import probe_webhook

KEEP = "Keep this secret now: it is shown once. The receiver verifies with it that calls are ours."


async def list_all(call: Call) -> web.Response:
    """List webhooks, the oldest first."""
    query = call.query(PageQuery)
    page = page_of(await webhooks.list_webhooks(), limit=query.limit, offset=query.offset, cursor=query.cursor)
    shapes = [webhook_shape(webhook) for webhook in page.items]
    return json_answer({"webhooks": shapes, "pagination": pagination_shape(page)})


async def create(call: Call) -> web.Response:
    """Make a webhook; its secret is shown this once."""
    body = call.body(WebhookBody)
    draft = webhooks.WebhookDraft(body.url, tuple(body.events), body.secret, body.enabled)
    made = await webhooks.create_webhook(call.gate, draft, by=call.actor)
    return json_answer({**webhook_shape(made.webhook), "secret": made.secret, "message": KEEP}, status=201)


async def show(call: Call) -> web.Response:
    """Read a webhook, and what was last sent to it."""
    webhook = await webhooks.get_webhook(call.ref)
    recent = [delivery_shape(one) for one in await webhooks.recent_deliveries(webhook)]
    return json_answer({**webhook_shape(webhook), "deliveries": recent})


async def change(call: Call) -> web.Response:
    """Change a webhook; what is left out stays."""
    changes = changes_in(call.body(WebhookChangeBody))
    return json_answer(webhook_shape(await webhooks.change_webhook(call.gate, call.ref, changes, by=call.actor)))


async def delete(call: Call) -> web.Response:
    """Delete a webhook."""
    gone = await webhooks.delete_webhook(call.gate, call.ref, by=call.actor)
    return json_answer({"success": True, "id": gone.id})


async def probe(call: Call) -> web.Response:
    """Call a webhook now, for a test."""
    probed = await probe_webhook(call.gate, call.ref, by=call.actor)
    return json_answer({"success": probed.success, "status": probed.status, "message": probed.message})


async def replay(call: Call) -> web.Response:
    """Send a delivery again."""
    return json_answer(delivery_shape(await webhooks.replay(call.gate, call.ref, by=call.actor)), status=201)
