"""The pages of API keys: which there are, a new one, and the end of one."""

from http import HTTPStatus

from aiohttp import web

from gateway.admin_views import KeyView
from gateway.errors import Forbidden, Invalid, NameTaken
from gateway.keys import create_key, get_key, list_keys, revoke_key
from web import once
from web.key_form import boxes, ends, read_draft
from web.trouble import trouble_of
from web.visit import Visit

COPY = "copy.js"
MOST_OVER = 100
"""How many keys that no longer work one page shows."""


async def index(visit: Visit) -> web.Response:
    """Show every key, the newest first: those that work, and those that do not any more."""
    now, keys = visit.gate.now(), await list_keys(visit.gate)
    over = [key for key in keys if not key.is_active(now)]
    return visit.page(
        "keys.html",
        active=[key for key in keys if key.is_active(now)],
        over=over[:MOST_OVER],
        left_out=len(over[MOST_OVER:]),
        usual_rate=_usual_rate(visit),
        own_id=visit.session.key.id,
        revoked=next((key for key in over if key.id == visit.http.query.get("revoked")), None),
        now=now,
    )


async def ask(visit: Visit) -> web.Response:
    """Ask what a new key is for."""
    return _asked(visit)


async def create(visit: Visit) -> web.Response:
    """Make a key, and lead to the page that shows its secret once."""
    try:
        made = await create_key(visit.gate, read_draft(visit.form, now=visit.gate.now()), by=visit.actor)
    except (Invalid, NameTaken, Forbidden) as error:
        return _asked(visit, error)
    led_on = visit.go(f"/keys/{made.key.id}/secret")
    once.hand_on(visit, led_on, made.secret, of=made.key.id)
    return led_on


async def show_secret(visit: Visit) -> web.Response:
    """Show the secret of a key that this session has just made, once."""
    key = await get_key(visit.ref)
    secret = once.handed_on(visit, of=key.id)
    shown = visit.page("key_secret.html", runs=(COPY,) if secret else (), key=key, secret=secret)
    if secret and visit.http.method != "HEAD":  # that shows nothing, so the secret is still to be shown
        once.forget(visit, shown)
    return shown


async def ask_to_revoke(visit: Visit) -> web.Response:
    """Ask whether a key is to be revoked."""
    key = await get_key(visit.ref)
    if key.revoked_at is not None:
        return _revoked(visit, key)
    own, now = key.id == visit.session.key.id, visit.gate.now()
    return visit.page("key_revoke.html", key=key, is_own=own, usual_rate=_usual_rate(visit), now=now)


async def revoke(visit: Visit) -> web.Response:
    """Revoke a key, and lead back to the list; one that was revoked meanwhile is what was wanted."""
    key = await get_key(visit.ref)
    if key.revoked_at is None:
        await revoke_key(visit.gate, key.id, by=visit.actor)
    return _revoked(visit, key)


def _revoked(visit: Visit, key: KeyView) -> web.Response:
    return visit.go(f"/keys?revoked={key.id}")


def _asked(visit: Visit, error: Invalid | NameTaken | Forbidden | None = None) -> web.Response:
    """Return the form, with what was filled in and what is wrong with which field."""
    form = visit.form
    return visit.page(
        "key_new.html",
        status=trouble_of(error)[0] if error else HTTPStatus.OK,
        problems={_field(error): error.sentence} if error else {},
        name=form.get("name"),
        boxes=boxes(visit.actor, form.all("scopes")),
        rate=form.get("rate"),
        usual_rate=_usual_rate(visit),
        ends=ends(form.get("expires")),
    )


def _field(error: Invalid | NameTaken | Forbidden) -> str:
    match error:
        case Invalid():
            return error.field or "name"
        case Forbidden():
            return "scopes"
        case _:
            return "name"


def _usual_rate(visit: Visit) -> int | None:
    """Return how often a key may call that says nothing else; None where nobody counts."""
    options = visit.gate.options
    return options.rate_limit_rpm if options.rate_limit_enabled else None
