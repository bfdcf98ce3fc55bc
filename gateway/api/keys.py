"""Keeping API keys."""

from aiohttp import web

from gateway import keys
from gateway.api.bodies import KeyBody, KeyChangeBody, changes_in
from gateway.api.call import Call, json_answer
from gateway.api.shaping import key_shape, new_key_shape
from gateway.key_draft import KeyDraft


async def list_all(call: Call) -> web.Response:
    """List every key, the newest first, revoked ones too."""
    now = call.gate.now()
    return json_answer({"keys": [key_shape(key, now=now) for key in await keys.list_keys(call.gate)]})


async def create(call: Call) -> web.Response:
    """Make a key; it is shown this once."""
    body = call.body(KeyBody)
    draft = KeyDraft(body.name, tuple(dict.fromkeys(body.scopes)), body.rate_limit, body.expires_at)
    made = await keys.create_key(call.gate, draft, by=call.actor)
    return json_answer(new_key_shape(made.key, secret=made.secret), status=201)


async def change(call: Call) -> web.Response:
    """Change a key's name, scopes, limit or end."""
    changes = changes_in(call.body(KeyChangeBody), nullable=("rate_limit", "expires_at"))
    if "scopes" in changes:
        changes["scopes"] = tuple(dict.fromkeys(changes["scopes"]))
    view = await keys.change_key(call.gate, call.ref, changes, by=call.actor)
    return json_answer(key_shape(view, now=call.gate.now()))


async def revoke(call: Call) -> web.Response:
    """Revoke a key at once."""
    gone = await keys.revoke_key(call.gate, call.ref, by=call.actor)
    return json_answer({"success": True, "id": gone.id})
