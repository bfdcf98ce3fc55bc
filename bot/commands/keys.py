"""API keys: list, create, revoke, rotate."""

from datetime import datetime

from bot.callers import Caller, Role
from bot.registry import KeyName, Scopes, command
from gateway import keys
from gateway.admin_views import KeyView
from gateway.card import Block, Card, Facts, Note, Table, Tone, note_card
from gateway.cards import duration
from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import NewKey
from gateway.redact import visible

HEAD = ("Name", "Scopes", "Rate", "Last used", "State")
SHOWN = 50


@command("keys list", Role.ADMIN)
async def list_keys(gate: Gate, *, by: Caller) -> Card:
    """List the API keys."""
    found = await keys.list_keys(gate)
    if not found:
        return note_card("There are no API keys.", Note("keys create NAME SCOPES makes one."), tone=Tone.QUIET)
    now = gate.now()
    active = sum(key.is_active(now) for key in found)
    rows = tuple(_row(key, now=now, default=gate.options.rate_limit_rpm) for key in found[:SHOWN])
    rest = (Note(f"…{len(found) - SHOWN} older keys more."),) if len(found) > SHOWN else ()
    return note_card(f"{active} of {len(found)} API keys active.", Table(HEAD, rows), *rest)


def _row(key: KeyView, *, now: datetime, default: int) -> tuple[str, ...]:
    used = f"{duration(now - key.last_used_at)} ago" if key.last_used_at else "never"
    return visible(key.name), _scopes(key), f"{key.rate_limit or default}/min", used, _state(key, now=now)


def _scopes(key: KeyView) -> str:
    return ", ".join(scope.value for scope in key.scopes)


def _state(key: KeyView, *, now: datetime) -> str:
    if key.revoked_at:
        return "revoked"
    return "active" if key.is_active(now) else "expired"


@command("keys create", Role.ADMIN)
async def create(gate: Gate, name: str, scopes: Scopes, rate: int | None = None, *, by: Caller) -> Card:
    """Make an API key; the secret is shown once, to you alone.

    Scopes: request:create, request:read, request:decide, audit:read, policy:manage, key:manage, webhook:manage,
    admin (all of them).

    Args:
        name: What to call it, like deploy-bot
        scopes: What it may do, joined by commas, like request:create,request:read
        rate: Calls a minute, if not as many as usual
    """
    new = await keys.create_key(gate, KeyDraft(name, scopes, rate), by=by.actor)
    return _new_key_card("A new key.", new, gate)


@command("keys revoke", Role.ADMIN)
async def revoke(gate: Gate, name: KeyName, *, by: Caller) -> Card:
    """Revoke an API key at once.

    Args:
        name: The key's name
    """
    key = await keys.find_key(name)
    await keys.revoke_key(gate, key.id, by=by.actor)
    return note_card("The key is revoked: it stopped working just now.", Facts((("Key", visible(key.name)),)))


@command("keys rotate", Role.ADMIN)
async def rotate(gate: Gate, name: KeyName, *, by: Caller) -> Card:
    """Replace an API key by a new one of the same name; the old one stops working at once.

    Args:
        name: The key's name
    """
    return _new_key_card(
        "A new key; the old one stopped working.", await keys.rotate_key(gate, name, by=by.actor), gate
    )


def _new_key_card(headline: str, new: NewKey, gate: Gate) -> Card:
    key = new.key
    rate = f"{key.rate_limit or gate.options.rate_limit_rpm} calls a minute"
    return note_card(
        headline,
        Facts((("Name", visible(key.name)), ("Scopes", _scopes(key)), ("Rate", rate))),
        Block("Secret", (new.secret,)),
        Note("Copy it now: it is shown this once and kept nowhere."),
        tone=Tone.GOOD,
    )
