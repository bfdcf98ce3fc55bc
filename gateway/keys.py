"""Keeping API keys: create, change, revoke, rotate, and knowing one when it is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.admin_views import KeyView
from gateway.errors import AdminExists, NameTaken, NotFound, Unauthorized
from gateway.events import KeyCreated, KeyRevoked, KeyUpdated
from gateway.gate import Gate, Unit
from gateway.key_draft import LONGEST_NAME, KeyDraft, check_draft, check_scopes, checked_secret
from gateway.keyring import PREFIX, new_key
from gateway.links import void_pairs
from gateway.views import Actor
from models import keys
from models.db import Conflict
from models.words import Scope

ID = re.compile(r"key_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; `secret` is shown once and kept nowhere."""

    key: KeyView
    secret: str


async def authenticate(gate: Gate, presented: str | None) -> KeyView:
    """Return the key that was presented. Raises Unauthorized."""
    if not presented:
        raise Unauthorized("No API key was sent; send `Authorization: Bearer agk_…`.")
    key = await gate.keyring.find(presented) if presented.startswith(PREFIX) else None
    if key is None:
        raise Unauthorized("This API key is unknown, revoked or expired; ask an admin for another.")
    return key


async def list_keys(gate: Gate) -> tuple[KeyView, ...]:
    """Return every key, the newest first."""
    await gate.keyring.store_used()
    return tuple(KeyView.of(row) for row in await keys.all_keys())


async def find_key(name: str) -> KeyView:
    """Return the active key with this name. Raises NotFound."""
    row = await keys.find_active(name) if name.isprintable() and len(name) <= LONGEST_NAME else None
    if row is None:
        raise NotFound(f"There is no active key “{name[:100]}”.")
    return KeyView.of(row)


async def get_key(key_id: str) -> KeyView:
    """Return the key with this id, revoked or not. Raises NotFound."""
    row = await keys.find(key_id) if ID.fullmatch(key_id) else None
    if row is None:
        raise NotFound(f"There is no key with the id “{key_id[:60]}”.")
    return KeyView.of(row)


async def create_key(
    gate: Gate, draft: KeyDraft, *, by: Actor, secret: str | None = None, unless_admin: bool = False
) -> NewKey:
    """Make a key; with `unless_admin`, only while there is no active admin key.

    Raises Invalid, NameTaken, AdminExists, or Forbidden for scopes that the maker lacks.
    """
    check_draft(draft, now=gate.now())
    check_scopes(draft.scopes, by=by)
    secret = checked_secret(secret) if secret is not None else new_key()
    try:
        async with gate.unit(by=by) as unit:
            if unless_admin:
                await _check_no_admin(unit)
            view = await _add(unit, draft, digest=gate.keyring.digest(secret), by=by)
    except Conflict as error:
        raise _taken(draft.name) from error
    return NewKey(view, secret)


async def rotate_key(gate: Gate, name: str, *, by: Actor) -> NewKey:
    """Give a key another secret; the old one stops working at once, and what the key asked stays its own.

    Links made in its name are void: somebody who knew the old secret may have made them.

    Raises NotFound, or Forbidden for scopes that the one who rotates lacks: the new secret is shown to them.
    """
    old = await find_key(name)
    row = await keys.find(old.id)
    if row is None or not old.is_active(gate.now()):
        raise NotFound(f"The key {old.name} has expired; create another.")
    check_scopes(old.scopes, by=by)
    secret = new_key()
    async with gate.unit(by=by) as unit:
        if not await keys.swap_digest(old.id, old=row.digest, new=gate.keyring.digest(secret)):
            raise NotFound(f"The key {old.name} has just been rotated or revoked by somebody else.")
        await void_pairs(unit, old)
        unit.publish(_updated(old, rotated=True))
        unit.changed_keys = True
    return NewKey(old, secret)


async def change_key(gate: Gate, key_id: str, changes: Mapping[str, Any], *, by: Actor) -> KeyView:
    """Change `name`, `scopes`, `rate_limit` or `expires_at` of an unrevoked key.

    Raises NotFound, Invalid, NameTaken, or Forbidden for new scopes that the changer lacks; an admin key is changed by
    an admin only, or a lesser key could throttle it or take its name.
    """
    name = changes.get("name", "")
    try:
        async with gate.unit(by=by) as unit:
            await keys.hold()  # whether a key holds its name hangs on its name and its end together
            known = await get_key(key_id)
            draft = _changed(known, changes, now=unit.at, by=by)
            name = draft.name
            await keys.release_expired(at=unit.at)
            is_active = draft.expires_at is None or draft.expires_at > unit.at
            if not await keys.change(key_id, **draft.columns, active_name=name if is_active else None):
                raise NotFound(f"The key {known.name} has been revoked, so it cannot be changed.")
            view = await get_key(key_id)
            if view.name != known.name:  # they decide in a name that may soon be another key's
                await void_pairs(unit, known)
            unit.publish(_updated(view))
            unit.changed_keys = True
    except Conflict as error:
        raise _taken(name) from error
    return view


def _changed(known: KeyView, changes: Mapping[str, Any], *, now: datetime, by: Actor) -> KeyDraft:
    """Return what a key is to be, when the changer may make it so."""
    if Scope.ADMIN in known.scopes:
        check_scopes([Scope.ADMIN], by=by)
    draft = KeyDraft(
        name=changes.get("name", known.name),
        scopes=changes.get("scopes", known.scopes),
        rate_limit=changes.get("rate_limit", known.rate_limit),
        expires_at=changes.get("expires_at", known.expires_at),
    )
    check_draft(draft, now=now, new_expiry="expires_at" in changes)
    if "scopes" in changes:
        check_scopes(draft.scopes, by=by)
    return draft


async def revoke_key(gate: Gate, key_id: str, *, by: Actor) -> KeyView:
    """Revoke a key at once. Raises NotFound when there is none, or none that still worked."""
    known = await get_key(key_id)
    async with gate.unit(by=by) as unit:
        await _revoke(unit, known)
    return await get_key(key_id)


async def _add(unit: Unit, draft: KeyDraft, *, digest: str, by: Actor) -> KeyView:
    await keys.release_expired(at=unit.at)
    columns = draft.columns | {"created_by": str(by), "created_at": unit.at, "digest": digest}
    view = KeyView.of(await keys.add(id=unit.new_id("key"), **columns))
    words = [scope.value for scope in view.scopes]
    unit.publish(KeyCreated(key_id=view.id, name=view.name, scopes=words, rate_limit=view.rate_limit))
    unit.changed_keys = True
    return view


async def _check_no_admin(unit: Unit) -> None:
    """Hold up every other maker of keys, so that of two at once one sees the other's."""
    await keys.hold()
    found = [KeyView.of(row) for row in await keys.unrevoked()]
    admins = [key.name for key in found if Scope.ADMIN in key.scopes and key.is_active(unit.at)]
    if admins:
        raise AdminExists(f"There is an active admin key already: {admins[0]}.")


async def _revoke(unit: Unit, key: KeyView) -> None:
    if not await keys.revoke(key.id, at=unit.at):
        raise NotFound(f"The key {key.name} has been revoked already.")
    await void_pairs(unit, key)
    unit.publish(KeyRevoked(key_id=key.id, name=key.name))
    unit.changed_keys = True


def _updated(view: KeyView, *, rotated: bool | None = None) -> KeyUpdated:
    words = [scope.value for scope in view.scopes]
    return KeyUpdated(key_id=view.id, name=view.name, scopes=words, rate_limit=view.rate_limit, rotated=rotated)


def _taken(name: str) -> NameTaken:
    return NameTaken(f"There is an active key “{name}” already; revoke or rotate it, or choose another name.")
