"""API keys: kept as digests, known at once, forgotten at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateway import browse
from gateway.bells import TRUST_FOR
from gateway.cancel import cancel
from gateway.errors import Forbidden, Invalid, NameTaken, NotFound, Unauthorized
from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import (
    NewKey,
    authenticate,
    change_key,
    create_key,
    find_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from gateway.search import audit_page
from gateway.submit import submit
from gateway.views import Ask
from models import db
from models.events import EventFilter
from models.keys import note_used
from models.words import Scope, Status
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE

CREATE = (Scope.REQUEST_CREATE,)


async def knocks(gate: Gate, key: NewKey) -> bool:
    """Whether a key opens the door."""
    try:
        return (await authenticate(gate, key.secret)).id == key.key.id
    except Unauthorized:
        return False


async def told() -> list[tuple[str, dict[str, Any]]]:
    """Return what the audit trail tells of keys, oldest first."""
    page = await audit_page(EventFilter(), limit=50)
    return [(event.type, dict(event.details)) for event in reversed(page.items)]


class TestAuthenticate:
    """Knowing a key when it is shown."""

    async def test_a_key_opens_and_tells_who_comes(self, gate: Gate, agent: NewKey) -> None:
        view = await authenticate(gate, agent.secret)
        assert (view.actor.kind, str(view.actor), view.actor.key_id) == ("api", "api:agent", agent.key.id)
        assert view.actor.may(Scope.REQUEST_CREATE)
        assert not view.actor.may(Scope.REQUEST_READ)

    async def test_admin_may_everything(self, gate: Gate, admin: NewKey) -> None:
        actor = (await authenticate(gate, admin.secret)).actor
        assert all(actor.may(scope) for scope in Scope)

    @pytest.mark.parametrize(
        "wrong", [None, "", "agk_", "agk_nonsense", "Bearer", "agk_\ud800", "agk_\x00", "agk_" + "x" * 9999]
    )
    async def test_anything_else_does_not(self, gate: Gate, agent: NewKey, wrong: str | None) -> None:
        with pytest.raises(Unauthorized):
            await authenticate(gate, wrong)

    async def test_a_key_is_known_whole(self, gate: Gate, agent: NewKey) -> None:
        for near in (agent.secret[:-1], agent.secret + "x", agent.secret.upper(), f" {agent.secret}", agent.key.id):
            with pytest.raises(Unauthorized):
                await authenticate(gate, near)

    async def test_only_a_digest_is_stored(self, gate: Gate, agent: NewKey) -> None:
        assert len(agent.secret) == len("agk_") + 43
        (row,) = await db.select("SELECT * FROM keys")
        assert agent.secret not in str(row)
        assert agent.secret[4:] not in str(row)
        assert row["digest"] == gate.keyring.digest(agent.secret)

    async def test_it_ends_at_its_hour(self, gate: Gate, clock: Clock) -> None:
        key = await create_key(gate, KeyDraft("short", CREATE, None, clock.time + timedelta(seconds=1)), by=ALICE)
        assert await knocks(gate, key)
        clock.advance(seconds=1)
        assert not await knocks(gate, key)

    async def test_its_last_use_is_stored(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        assert (await list_keys(gate))[0].last_used_at is None
        clock.advance(seconds=5)
        await authenticate(gate, agent.secret)
        assert (await list_keys(gate))[0].last_used_at == clock.time

    async def test_a_refused_key_was_not_used(self, gate: Gate, agent: NewKey) -> None:
        await revoke_key(gate, agent.key.id, by=ALICE)
        assert not await knocks(gate, agent)
        assert (await list_keys(gate))[0].last_used_at is None


class TestCache:
    """What is known is kept for a moment and emptied by any change."""

    async def test_a_revoked_key_is_shut_out_at_once(self, gate: Gate, agent: NewKey) -> None:
        assert await knocks(gate, agent)
        revoked = await revoke_key(gate, agent.key.id, by=ALICE)
        assert revoked.revoked_at is not None
        assert not await knocks(gate, agent)

    async def test_changed_scopes_count_at_once(self, gate: Gate, agent: NewKey) -> None:
        await authenticate(gate, agent.secret)
        await change_key(gate, agent.key.id, {"scopes": (Scope.AUDIT_READ,)}, by=ALICE)
        assert (await authenticate(gate, agent.secret)).scopes == (Scope.AUDIT_READ,)

    async def test_a_change_by_another_process_counts_within_two_seconds(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        assert await knocks(gate, agent)
        await db.select("UPDATE keys SET revoked_at = created_at WHERE id = $1 RETURNING id", agent.key.id)
        clock.advance(seconds=TRUST_FOR.total_seconds())
        assert timedelta(seconds=2) > TRUST_FOR
        assert not await knocks(gate, agent)

    async def test_a_clock_that_steps_back_keeps_no_revoked_key_alive(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        assert await knocks(gate, agent)
        await db.select("UPDATE keys SET revoked_at = created_at WHERE id = $1 RETURNING id", agent.key.id)
        clock.advance(hours=-1)
        assert not await knocks(gate, agent)

    async def test_a_key_read_while_it_is_revoked_is_not_kept(self, gate: Gate, agent: NewKey) -> None:
        for turns in range(12):
            key = await a_key(gate, f"key {turns}", Scope.REQUEST_READ)
            knocking = asyncio.ensure_future(knocks(gate, key))
            await asyncio.wait([knocking], timeout=0)
            await revoke_key(gate, key.key.id, by=ALICE)
            await knocking
            assert not await knocks(gate, key)


class TestCreate:
    """Making keys."""

    async def test_it_is_told_without_the_key(self, gate: Gate, admin: NewKey) -> None:
        made = await create_key(gate, KeyDraft("ci", (Scope.REQUEST_CREATE, Scope.REQUEST_READ), 5), by=admin.key.actor)
        assert made.key.created_by == "api:admin"
        kind, details = (await told())[-1]
        assert kind == "key.created"
        assert details == {
            "keyId": made.key.id, "name": "ci", "scopes": ["request:create", "request:read"], "rateLimit": 5,
        }  # fmt: skip
        assert made.secret not in str(await told())

    async def test_names_are_unique_among_active_keys(self, gate: Gate, agent: NewKey) -> None:
        with pytest.raises(NameTaken, match="There is an active key “agent” already; revoke or rotate it"):
            await a_key(gate, "agent", Scope.ADMIN)
        await revoke_key(gate, agent.key.id, by=ALICE)
        again = await a_key(gate, "agent", Scope.REQUEST_READ)
        assert (await find_key("agent")).id == again.key.id
        assert len(await list_keys(gate)) == 2

    async def test_the_name_of_an_expired_key_is_free(self, gate: Gate, clock: Clock) -> None:
        await create_key(gate, KeyDraft("ci", CREATE, None, clock.time + timedelta(hours=1)), by=ALICE)
        with pytest.raises(NameTaken):
            await a_key(gate, "ci", Scope.REQUEST_CREATE)
        clock.advance(hours=1)
        assert await knocks(gate, await a_key(gate, "ci", Scope.REQUEST_CREATE))

    async def test_two_at_once_of_one_name_are_one(self, gate: Gate) -> None:
        made = await asyncio.gather(*(a_key(gate, "ci", Scope.ADMIN) for _ in range(4)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in made) == ["NameTaken"] * 3 + ["NewKey"]

    @pytest.mark.parametrize(
        ("draft", "field"),
        [
            (KeyDraft("", CREATE), "name"),
            (KeyDraft("x" * 101, CREATE), "name"),
            (KeyDraft(" ci", CREATE), "name"),
            (KeyDraft("ci\n", CREATE), "name"),
            (KeyDraft("c\u202ei", CREATE), "name"),
            (KeyDraft("\ud800", CREATE), "name"),
            (KeyDraft("ci", ()), "scopes"),
            (KeyDraft("ci", CREATE, 0), "rateLimit"),
            (KeyDraft("ci", CREATE, -5), "rateLimit"),
            (KeyDraft("ci", CREATE, 1_000_001), "rateLimit"),
        ],
    )
    async def test_what_makes_no_sense_is_refused(self, gate: Gate, draft: KeyDraft, field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            await create_key(gate, draft, by=ALICE)
        assert refusal.value.field == field
        assert await list_keys(gate) == ()

    async def test_an_expiry_in_the_past_is_refused(self, gate: Gate, clock: Clock) -> None:
        with pytest.raises(Invalid, match="expiresAt is in the past"):
            await create_key(gate, KeyDraft("ci", CREATE, None, clock.time), by=ALICE)

    @pytest.mark.parametrize("given", ["agk_short", "nope_" + "x" * 40, ""])
    async def test_a_given_key_must_look_like_one(self, gate: Gate, given: str) -> None:
        with pytest.raises(Invalid, match="begins with agk_ and has at least 16 characters"):
            await create_key(gate, KeyDraft("ci", CREATE), by=ALICE, secret=given)

    async def test_a_key_gives_no_scope_that_it_lacks(self, gate: Gate) -> None:
        manager = await a_key(gate, "manager", Scope.KEY_MANAGE, Scope.REQUEST_READ)
        for scopes in ((Scope.ADMIN,), (Scope.REQUEST_DECIDE,), (Scope.REQUEST_READ, Scope.AUDIT_READ)):
            with pytest.raises(Forbidden, match=f"lacks .*{scopes[-1].value} itself"):
                await create_key(gate, KeyDraft("more", scopes), by=manager.key.actor)
        made = await create_key(gate, KeyDraft("less", (Scope.REQUEST_READ,)), by=manager.key.actor)
        assert await knocks(gate, made)


class TestChange:
    """Changing keys."""

    async def test_a_new_name_is_who_acts_from_now_on(self, gate: Gate, agent: NewKey) -> None:
        await change_key(gate, agent.key.id, {"name": "robot"}, by=ALICE)
        assert str((await authenticate(gate, agent.secret)).actor) == "api:robot"
        with pytest.raises(NotFound):
            await find_key("agent")
        assert (await told())[-1] == (
            "key.updated", {"keyId": agent.key.id, "name": "robot", "scopes": ["request:create"]},
        )  # fmt: skip

    async def test_a_taken_name_is_refused(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        with pytest.raises(NameTaken):
            await change_key(gate, agent.key.id, {"name": "admin"}, by=ALICE)
        assert (await find_key("agent")).id == agent.key.id

    async def test_a_key_widens_nobody_beyond_itself(self, gate: Gate) -> None:
        manager = await a_key(gate, "manager", Scope.KEY_MANAGE)
        with pytest.raises(Forbidden):
            await change_key(gate, manager.key.id, {"scopes": (Scope.ADMIN,)}, by=manager.key.actor)
        assert (await authenticate(gate, manager.secret)).scopes == (Scope.KEY_MANAGE,)

    async def test_two_changes_at_once_both_count(self, gate: Gate, admin: NewKey) -> None:
        key = await a_key(gate, "wide", Scope.ADMIN, rate_limit=10)
        start = asyncio.Barrier(2)

        async def change(changes: dict[str, Any]) -> None:
            await start.wait()
            await change_key(gate, key.key.id, changes, by=admin.key.actor)

        await asyncio.gather(change({"scopes": (Scope.REQUEST_READ,)}), change({"rate_limit": 99}))
        after = await authenticate(gate, key.secret)
        assert (after.scopes, after.rate_limit) == ((Scope.REQUEST_READ,), 99)

    async def test_a_limit_can_be_taken_off(self, gate: Gate) -> None:
        key = await a_key(gate, "slow", Scope.ADMIN, rate_limit=1)
        assert (await change_key(gate, key.key.id, {"rate_limit": None}, by=ALICE)).rate_limit is None

    @pytest.mark.parametrize("changes", [{"name": ""}, {"scopes": ()}, {"rate_limit": 0}])
    async def test_what_makes_no_sense_is_refused(self, gate: Gate, agent: NewKey, changes: dict[str, Any]) -> None:
        with pytest.raises(Invalid):
            await change_key(gate, agent.key.id, changes, by=ALICE)

    async def test_a_key_that_comes_back_to_life_needs_its_name(self, gate: Gate, clock: Clock) -> None:
        soon, later = clock.time + timedelta(hours=1), clock.time + timedelta(days=1)
        old = await create_key(gate, KeyDraft("ci", CREATE, None, soon), by=ALICE)
        clock.advance(hours=1)
        new = await a_key(gate, "ci", Scope.REQUEST_CREATE)
        with pytest.raises(NameTaken, match="There is an active key “ci” already"):
            await change_key(gate, old.key.id, {"expires_at": later}, by=ALICE)
        await change_key(gate, old.key.id, {"name": "ci-old", "expires_at": later}, by=ALICE)
        assert [(await find_key(name)).id for name in ("ci", "ci-old")] == [new.key.id, old.key.id]

    async def test_a_key_that_came_back_to_life_holds_its_name(self, gate: Gate, clock: Clock) -> None:
        old = await create_key(gate, KeyDraft("ci", CREATE, None, clock.time + timedelta(hours=1)), by=ALICE)
        clock.advance(hours=1)
        await a_key(gate, "another", Scope.REQUEST_CREATE)
        await change_key(gate, old.key.id, {"expires_at": None}, by=ALICE)
        with pytest.raises(NameTaken):
            await a_key(gate, "ci", Scope.REQUEST_CREATE)
        assert (await find_key("ci")).id == old.key.id

    async def test_an_expired_key_s_name_is_free_to_be_taken(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        await create_key(gate, KeyDraft("ci", CREATE, None, clock.time + timedelta(hours=1)), by=ALICE)
        clock.advance(hours=1)
        assert (await change_key(gate, agent.key.id, {"name": "ci"}, by=ALICE)).name == "ci"

    async def test_an_expired_key_can_be_changed_and_takes_no_name(self, gate: Gate, clock: Clock) -> None:
        old = await create_key(gate, KeyDraft("ci", CREATE, None, clock.time + timedelta(hours=1)), by=ALICE)
        clock.advance(hours=1)
        await change_key(gate, old.key.id, {"rate_limit": 5}, by=ALICE)
        assert await knocks(gate, await a_key(gate, "ci", Scope.REQUEST_CREATE))

    async def test_no_change_is_no_refusal(self, gate: Gate, agent: NewKey) -> None:
        assert (await change_key(gate, agent.key.id, {}, by=ALICE)) == agent.key

    async def test_a_revoked_key_stays_as_it_was(self, gate: Gate, agent: NewKey) -> None:
        await revoke_key(gate, agent.key.id, by=ALICE)
        with pytest.raises(NotFound, match="has been revoked, so it cannot be changed"):
            await change_key(gate, agent.key.id, {"name": "zombie"}, by=ALICE)
        with pytest.raises(NotFound, match="has been revoked already"):
            await revoke_key(gate, agent.key.id, by=ALICE)
        assert [kind for kind, _ in await told()] == ["key.created", "key.revoked"]

    async def test_an_unknown_key_is_not_found(self, gate: Gate) -> None:
        for unknown in ("key_nothing", "", "\x00", "x" * 5000):
            with pytest.raises(NotFound):
                await revoke_key(gate, unknown, by=ALICE)
            with pytest.raises(NotFound):
                await change_key(gate, unknown, {}, by=ALICE)
            with pytest.raises(NotFound):
                await find_key(unknown)


class TestRotate:
    """The same key with another secret."""

    async def test_the_old_one_stops_and_the_new_one_works(self, gate: Gate) -> None:
        old = await a_key(gate, "ci", Scope.REQUEST_CREATE, Scope.REQUEST_READ, rate_limit=7)
        new = await rotate_key(gate, "ci", by=ALICE)
        assert (new.key.name, new.key.scopes, new.key.rate_limit) == ("ci", old.key.scopes, 7)
        assert new.secret != old.secret
        assert [await knocks(gate, old), await knocks(gate, new)] == [False, True]
        assert [kind for kind, _ in await told()] == ["key.created", "key.updated"]

    async def test_what_it_asked_before_stays_its_own(self, gate: Gate, agent: NewKey) -> None:
        request = (await submit(gate, Ask("deploy.prod"), by=agent.key.actor)).request
        new = await rotate_key(gate, "agent", by=ALICE)
        by = (await authenticate(gate, new.secret)).actor
        assert (await browse.show(gate, request.id, by=by)).id == request.id
        assert (await cancel(gate, request.id, by=by)).status is Status.CANCELLED

    async def test_two_at_once_leave_one_that_works(self, gate: Gate, agent: NewKey) -> None:
        made = await asyncio.gather(*(rotate_key(gate, "agent", by=ALICE) for _ in range(3)), return_exceptions=True)
        working = [one for one in made if isinstance(one, NewKey) and await knocks(gate, one)]
        assert len(working) == 1
        assert all(isinstance(one, NewKey | NotFound) for one in made)

    async def test_it_gives_no_scope_that_the_rotator_lacks(self, gate: Gate, admin: NewKey) -> None:
        manager = await a_key(gate, "manager", Scope.KEY_MANAGE)
        with pytest.raises(Forbidden, match="lacks admin itself"):
            await rotate_key(gate, "admin", by=manager.key.actor)
        assert await knocks(gate, admin)

    async def test_an_expired_key_is_not_made_anew(self, gate: Gate, clock: Clock) -> None:
        await create_key(gate, KeyDraft("ci", CREATE, None, clock.time + timedelta(hours=1)), by=ALICE)
        clock.advance(hours=2)
        with pytest.raises(NotFound, match="has expired; create another"):
            await rotate_key(gate, "ci", by=ALICE)

    async def test_an_unknown_name_is_not_found(self, gate: Gate) -> None:
        with pytest.raises(NotFound, match="There is no active key “nobody”"):
            await rotate_key(gate, "nobody", by=ALICE)


async def test_keys_are_listed_newest_first(gate: Gate, agent: NewKey, admin: NewKey) -> None:
    assert [key.name for key in await list_keys(gate)] == ["admin", "agent"]


async def test_the_use_of_a_key_that_is_gone_is_no_fault(gate: Gate, clock: Clock) -> None:
    await note_used({"key_gone": clock.time})
    assert await list_keys(gate) == ()
