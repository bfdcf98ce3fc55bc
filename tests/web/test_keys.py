"""Keys in a browser: which there are, a new one whose secret is shown once, and the end of one."""

from datetime import timedelta

import pytest

from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import NewKey, create_key, list_keys, revoke_key
from gateway.views import SYSTEM_START
from models.db import select
from models.words import Scope
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE
from tests.web.site import Form, Page, Site, read

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
async def keeper(gate: Gate) -> NewKey:
    return await a_key(gate, "keeper", Scope.KEY_MANAGE, Scope.REQUEST_READ)


async def filled_in(site: Site, **fields: str) -> Form:
    """Fill in the form that makes a key."""
    form = (await site.opens("/keys/new")).form("/keys")
    form.fields |= {"name": "lea", "scopes": "request:read"} | fields
    return form


async def names(gate: Gate) -> set[str]:
    return {key.name for key in await list_keys(gate)}


def secret_on(page: Page) -> str | None:
    return next((word for word in page.text.split() if word.startswith("agk_")), None)


class TestTheList:
    async def test_says_of_each_key_what_there_is_to_know(self, gate: Gate, site: Site, clock: Clock) -> None:
        draft = KeyDraft("deploy-bot", (Scope.REQUEST_CREATE,), 7, clock() + timedelta(days=30))
        await create_key(gate, draft, by=ALICE)
        page = await site.logs_in(await a_key(gate, "keeper", Scope.KEY_MANAGE))
        for fact in ("deploy-bot", "request:create", "7", "by terminal:alice", "in 30 days", "never", "keeper you"):
            assert fact in " ".join(page.text.split()), fact
        assert page.text.index("keeper") < page.text.index("deploy-bot")  # the newest first

    async def test_keeps_those_that_work_apart(self, gate: Gate, site: Site, keeper: NewKey, clock: Clock) -> None:
        gone = await a_key(gate, "gone", Scope.ADMIN)
        await revoke_key(gate, gone.key.id, by=ALICE)
        await create_key(gate, KeyDraft("short", (Scope.ADMIN,), None, clock() + timedelta(hours=1)), by=SYSTEM_START)
        clock.advance(hours=2)
        page = await site.logs_in(keeper, to="/keys")
        before, _, after = page.text.partition("2 keys that no longer work")
        assert ("gone" in before, "short" in before) == (False, False)
        assert ("gone" in after, "short" in after) == (True, True)
        assert [given["href"] for _, given in page.tags if str(given.get("href")).endswith("/revoke")] == [
            f"/keys/{keeper.key.id}/revoke"
        ]

    async def test_shows_no_more_than_a_hundred_of_those_that_do_not(
        self, gate: Gate, site: Site, keeper: NewKey
    ) -> None:
        for number in range(103):
            await revoke_key(gate, (await a_key(gate, f"old-{number}", Scope.ADMIN)).key.id, by=ALICE)
        page = await site.logs_in(keeper, to="/keys")
        assert "103 keys that no longer work" in page.text
        assert "3 older ones are not shown here" in page.text
        assert ("old-3" in page.text.split(), "old-2" in page.text.split()) == (True, False)


class TestANewKey:
    async def test_is_shown_once_and_works(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        page = await site.sends(await filled_in(site, rate="7", expires="30"))
        assert (page.status, page.heading) == (200, "The key lea is made")
        secret = secret_on(page)
        assert secret is not None
        made = await gate.keyring.find(secret)
        assert made is not None
        assert (made.name, made.scopes, made.rate_limit) == ("lea", (Scope.REQUEST_READ,), 7)
        assert made.expires_at == gate.now() + timedelta(days=30)
        assert made.created_by == "web:keeper"
        created = await select("SELECT actor FROM events WHERE type = 'key.created' ORDER BY id DESC LIMIT 1")
        assert created == [{"actor": "web:keeper"}]
        again = await site.opens(f"/keys/{made.id}/secret")
        assert (secret_on(again), again.heading) == (None, "The key lea cannot be shown again")

    async def test_is_not_used_up_by_a_look_at_the_head(self, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        form = await filled_in(site)
        answer = await site.browser.post(form.action, data=form.fields, headers={"Origin": site.url})
        head = await site.browser.head(answer.headers["Location"])
        assert (head.status_code, head.headers.get("Set-Cookie")) == (200, None)
        assert secret_on(await site.opens(answer.headers["Location"])) is not None

    async def test_stands_in_no_address_no_log_and_no_cookie_that_can_be_read(
        self, gate: Gate, site: Site, keeper: NewKey
    ) -> None:
        await site.logs_in(keeper)
        form = await filled_in(site)
        answer = await site.browser.post(form.action, data=form.fields, headers={"Origin": site.url})
        assert answer.status_code == 303
        page = await site.opens(answer.headers["Location"])
        secret = secret_on(page)
        assert secret is not None
        assert secret not in str(answer.headers) + answer.text + str(page.headers)
        assert "agk_" not in str(answer.headers)
        (cookie,) = answer.headers.get_list("Set-Cookie")
        assert {"HttpOnly", "SameSite=Strict", "Max-Age=300"} <= set(cookie.split("; "))
        assert page.headers["Set-Cookie"].startswith('agentgate_once="";')
        assert page.headers["Cache-Control"] == "no-store"

    async def test_is_shown_to_the_session_that_made_it_alone(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        form = await filled_in(site)
        answer = await site.browser.post(form.action, data=form.fields, headers={"Origin": site.url})
        where, sealed = answer.headers["Location"], site.browser.cookies["agentgate_once"]
        site.browser.cookies.delete("agentgate_session")
        assert (await site.opens(where)).heading == "Log in"
        await site.logs_in(keeper)
        assert site.browser.cookies["agentgate_once"] == sealed
        assert secret_on(await site.opens(where)) is None

    async def test_is_shown_for_five_minutes_at_most(self, site: Site, keeper: NewKey, clock: Clock) -> None:
        await site.logs_in(keeper)
        form = await filled_in(site)
        answer = await site.browser.post(form.action, data=form.fields, headers={"Origin": site.url})
        clock.advance(minutes=5)
        assert secret_on(await site.opens(answer.headers["Location"])) is None

    async def test_that_is_sent_twice_is_made_once(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        form = await filled_in(site)
        await site.sends(form)
        again = await site.sends(form)
        assert (again.status, again.heading) == (409, "Create a key")
        assert "There is an active key “lea” already" in again.text


class TestWhatIsFilledInWrong:
    @pytest.mark.parametrize(
        ("fields", "status", "says"),
        [
            ({"name": ""}, 400, "name must be 1 to 100"),
            ({"name": "x" * 101}, 400, "name must be 1 to 100"),
            ({"name": "a\u202eb"}, 400, "name must be 1 to 100"),
            ({"name": "a\x00b"}, 400, "name must be 1 to 100"),
            ({"name": "keeper"}, 409, "There is an active key “keeper” already"),
            ({"scopes": ""}, 400, "There is no scope “”"),
            ({"scopes": HOSTILE}, 400, "There is no scope"),
            ({"scopes": "admin"}, 403, "lacks admin itself"),
            ({"scopes": "audit:read"}, 403, "lacks audit:read itself"),
            ({"rate": "many"}, 400, "Write how many calls a minute"),
            ({"rate": "-1"}, 400, "Write how many calls a minute"),
            ({"rate": "٣"}, 400, "Write how many calls a minute"),
            ({"rate": "9" * 400}, 400, "Write how many calls a minute"),
            ({"rate": "0"}, 400, "rateLimit must be from 1"),
            ({"expires": "2"}, 400, "Choose one of the offered times"),
            ({"expires": HOSTILE}, 400, "Choose one of the offered times"),
        ],
    )
    async def test_is_said_beside_it_and_makes_nothing(
        self, gate: Gate, site: Site, keeper: NewKey, fields: dict[str, str], status: int, says: str
    ) -> None:
        await site.logs_in(keeper)
        page = await site.sends(await filled_in(site, **fields))
        assert (page.status, page.heading) == (status, "Create a key")
        assert says in page.text
        assert await names(gate) == {"keeper"}
        assert sum(given.get("role") == "alert" for _, given in page.tags) == 1
        assert "Set-Cookie" not in page.headers

    async def test_so_is_a_key_that_may_do_nothing(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        form = await filled_in(site)
        del form.fields["scopes"]  # no box was ticked
        page = await site.sends(form)
        assert (page.status, "scopes must name at least one" in page.text) == (400, True)
        assert await names(gate) == {"keeper"}

    async def test_keeps_what_was_filled_in(self, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        page = await site.sends(await filled_in(site, name=HOSTILE, rate="x", expires="30"))
        assert page.form("/keys").fields["name"] == HOSTILE
        assert page.form("/keys").fields["rate"] == "x"
        boxes = {given["value"]: given for _, given in page.tags if given.get("type") == "checkbox"}
        assert "checked" in boxes["request:read"]
        assert "checked" not in boxes["key:manage"]
        assert [given["value"] for tag, given in page.tags if tag == "option" and "selected" in given] == ["30"]
        assert "script" not in [tag for tag, _ in page.tags]

    async def test_scopes_that_cannot_be_given_cannot_be_ticked(self, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        page = await site.opens("/keys/new")
        boxes = {given["value"]: given for _, given in page.tags if given.get("type") == "checkbox"}
        assert set(boxes) == {scope.value for scope in Scope}
        assert {scope for scope, given in boxes.items() if "disabled" not in given} == {"key:manage", "request:read"}


class TestRevoking:
    async def test_asks_first_and_changes_nothing_until_then(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        bot = await a_key(gate, "bot", Scope.REQUEST_CREATE)
        await site.logs_in(keeper)
        page = await site.opens(f"/keys/{bot.key.id}/revoke")
        assert (page.heading, page.button) == ("Revoke bot?", "Revoke the key")
        assert await gate.keyring.find(bot.secret)
        done = await site.sends(page.form(f"/keys/{bot.key.id}/revoke"))
        assert (done.status, done.heading) == (200, "API keys")
        assert "The key bot is revoked." in done.text
        assert await gate.keyring.find(bot.secret) is None

    async def test_a_second_time_is_as_good_as_once(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        bot = await a_key(gate, "bot", Scope.REQUEST_CREATE)
        await site.logs_in(keeper)
        form = (await site.opens(f"/keys/{bot.key.id}/revoke")).form(f"/keys/{bot.key.id}/revoke")
        await site.sends(form)
        assert "The key bot is revoked." in (await site.sends(form)).text
        assert "The key bot is revoked." in (await site.opens(f"/keys/{bot.key.id}/revoke")).text

    async def test_one_s_own_key_ends_the_session(self, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        page = await site.opens(f"/keys/{keeper.key.id}/revoke")
        assert "you will be logged out" in page.text
        out = await site.sends(page.form(f"/keys/{keeper.key.id}/revoke"))
        assert out.heading == "Log in"
        assert "Your session is over" in out.text

    @pytest.mark.parametrize("what", ["secret", "revoke"])
    @pytest.mark.parametrize("wrong", ["key_01j00000000000000000000000", "x", "%00", "lea", "..", HOSTILE])
    async def test_a_key_that_does_not_exist_is_not_there(
        self, site: Site, keeper: NewKey, what: str, wrong: str
    ) -> None:
        await site.logs_in(keeper)
        page = read(await site.browser.get(f"/keys/{wrong}/{what}", headers={"Accept": "text/html"}))
        assert page.status == 404
        assert "script" not in [tag for tag, _ in page.tags]


@pytest.mark.parametrize("path", ["/keys", "/keys/new", "/keys/{id}/secret", "/keys/{id}/revoke"])
async def test_only_who_may_keep_keys_sees_any_of_it(gate: Gate, site: Site, path: str) -> None:
    reader = await a_key(gate, "reader", *[scope for scope in Scope if scope not in {Scope.KEY_MANAGE, Scope.ADMIN}])
    await site.logs_in(reader, to="/keys")
    path = path.replace("{id}", reader.key.id)
    page = await site.opens(path)
    assert (page.status, "key:manage" in page.text) == (403, True)
    csrf = page.form("/logout").fields["csrf"]
    for target in ("/keys", f"/keys/{reader.key.id}/revoke"):
        sent = {"csrf": csrf, "name": "x", "scopes": "request:read"}
        answer = await site.browser.post(target, data=sent, headers={"Origin": site.url})
        assert answer.status_code == 403
    assert await names(gate) == {"reader"}
    assert await gate.keyring.find(reader.secret)
