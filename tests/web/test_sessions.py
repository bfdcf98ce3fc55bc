"""Logging in with a key, and every way in which a session ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import NewKey, change_key, create_key, list_keys, revoke_key, rotate_key
from gateway.views import SYSTEM_START
from models import keys
from models.words import Scope
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE
from tests.loud import loud
from tests.web.site import Page, Site, read, site_of

OVER = "Your session is over"


@pytest.fixture
async def keeper(gate: Gate) -> NewKey:
    return await a_key(gate, "keeper", Scope.KEY_MANAGE)


def is_login(page: Page) -> bool:
    return page.heading == "Log in"


async def test_whoever_shows_a_key_is_in_and_led_to_where_they_wanted(site: Site, keeper: NewKey) -> None:
    asked = await site.browser.get("/keys?x=1&y=2")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/login?next=/keys%3Fx%3D1%26y%3D2")
    page = await site.sends((await site.opens("/keys?x=1&y=2")).form("/login"), key=f" {keeper.secret}\n")
    assert (page.status, page.heading) == (200, "API keys")
    assert "Logged in as keeper" in page.text
    assert (await site.opens("/")).heading == "API keys"
    assert (await site.opens("/login?next=/keys")).heading == "API keys"


async def test_the_cookie_holds_no_secret_and_is_kept_from_scripts_and_other_sites(site: Site, keeper: NewKey) -> None:
    form = (await site.opens("/login")).form("/login")
    answer = await site.browser.post("/login", data=form.fields | {"key": keeper.secret})
    (cookie,) = [line for line in answer.headers.get_list("Set-Cookie") if "session=" in line]
    assert cookie.startswith(f"agentgate_session={keeper.key.id}.")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert keeper.secret not in str(answer.headers) + answer.text
    assert answer.headers["Cache-Control"] == "no-store"


class TestASessionEnds:
    async def ended(self, site: Site) -> Page:
        page = await site.opens("/keys")
        assert is_login(page)
        assert OVER in page.text
        assert OVER not in (await site.opens("/keys")).text  # said once, and the cookie is gone
        return page

    async def test_when_the_key_is_revoked(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        await revoke_key(gate, keeper.key.id, by=ALICE)
        await self.ended(site)

    async def test_when_the_key_expires(self, gate: Gate, site: Site, clock: Clock) -> None:
        draft = KeyDraft("short", (Scope.KEY_MANAGE,), expires_at=clock() + timedelta(hours=1))
        await site.logs_in(await create_key(gate, draft, by=SYSTEM_START))
        clock.advance(minutes=59)
        assert not is_login(await site.opens("/keys"))
        clock.advance(minutes=2)
        await self.ended(site)

    @pytest.mark.parametrize("scopes", [(Scope.AUDIT_READ,), (Scope.KEY_MANAGE, Scope.AUDIT_READ), (Scope.ADMIN,)])
    async def test_when_the_key_s_scopes_change(
        self, gate: Gate, site: Site, keeper: NewKey, scopes: tuple[Scope, ...]
    ) -> None:
        await site.logs_in(keeper)
        await change_key(gate, keeper.key.id, {"scopes": scopes}, by=ALICE)
        await self.ended(site)

    async def test_when_the_key_gets_another_secret(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        await site.logs_in(keeper)
        await rotate_key(gate, "keeper", by=ALICE)
        await self.ended(site)

    async def test_after_twelve_hours(self, site: Site, keeper: NewKey, clock: Clock) -> None:
        await site.logs_in(keeper)
        clock.advance(hours=11, minutes=59)
        assert not is_login(await site.opens("/keys"))
        clock.advance(minutes=1)
        await self.ended(site)

    async def test_within_two_seconds_where_the_bell_was_lost(self, site: Site, keeper: NewKey, clock: Clock) -> None:
        await site.logs_in(keeper)
        assert await keys.revoke(keeper.key.id, at=clock())  # at another server
        clock.advance(seconds=2)
        await self.ended(site)

    async def test_by_logging_out(self, site: Site, keeper: NewKey) -> None:
        page = await site.logs_in(keeper)
        assert is_login(await site.sends(page.form("/logout")))
        again = await site.opens("/keys")
        assert is_login(again)
        assert OVER not in again.text

    async def test_but_not_when_only_its_name_or_its_limit_changes(
        self, gate: Gate, site: Site, keeper: NewKey
    ) -> None:
        await site.logs_in(keeper)
        await change_key(gate, keeper.key.id, {"name": "warden", "rate_limit": 7}, by=ALICE)
        assert "Logged in as warden" in (await site.opens("/keys")).text


class TestAForgedSession:
    async def looks(self, site: Site, text: str) -> Page:
        site.browser.cookies.clear()
        return read(
            await site.browser.get("/keys", headers={"Cookie": f"agentgate_session={text}"}, follow_redirects=True)
        )

    async def test_opens_nothing(self, gate: Gate, site: Site, keeper: NewKey, clock: Clock) -> None:
        await site.logs_in(keeper)
        right = site.browser.cookies["agentgate_session"]
        key_id, ends, mark, seal = right.split(".")
        other = await a_key(gate, "other", Scope.KEY_MANAGE)
        assert not is_login(await self.looks(site, right))
        for wrong in (
            "", ".", "...", "x" * 5000, keeper.secret, right[:-1], right + "x", f'"{right}', f"{right}%00",
            f"{other.key.id}.{ends}.{mark}.{seal}",
            f"{key_id}.{int(ends) + 1}.{mark}.{seal}",
            f"{key_id}.{ends}.{mark[::-1]}.{seal}",
            f"{key_id}.{ends}.{mark}.{gate.tokens.form(f'{key_id}.{ends}.{mark}')}",
            f"{key_id}.{ends}.{mark}.{gate.tokens.session(f'{key_id}.{ends}.{mark}')}",
        ):  # fmt: skip
            assert is_login(await self.looks(site, wrong)), wrong

    async def test_does_not_count_as_a_use_of_the_key(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        await self.looks(site, f"{keeper.key.id}.9999999999.{'x' * 22}.{'x' * 43}")
        assert [key.last_used_at for key in await list_keys(gate)] == [None]
        await site.logs_in(keeper)
        assert [key.last_used_at for key in await list_keys(gate)] == [gate.now()]


class TestAWrongKey:
    async def tries(self, site: Site, key: str, **headers: str) -> Page:
        page = await site.opens("/login?next=/keys")
        form = page.form("/login")
        return read(await site.browser.post("/login", data=form.fields | {"key": key}, headers=headers))

    @pytest.mark.parametrize("key", ["agk_wrong", "x", "agk_" + "ü" * 40, "' OR 1=1", "\x00", "agk_" + "x" * 9000])
    async def test_is_refused_with_the_form_again(self, site: Site, key: str) -> None:
        page = await self.tries(site, key)
        assert (page.status, page.heading) == (401, "Log in")
        assert "This API key is unknown, revoked or expired" in page.text
        assert page.form("/login").fields["next"] == "/keys"
        assert page.form("/login").fields["key"] == ""
        assert "agentgate_session" not in page.headers.get("Set-Cookie", "")

    async def test_is_asked_for_again_where_there_is_none(self, site: Site) -> None:
        page = await self.tries(site, " ")
        assert (page.status, "Paste your API key" in page.text) == (400, True)

    async def test_is_limited_by_address_and_a_right_one_gets_in(
        self, site: Site, keeper: NewKey, clock: Clock
    ) -> None:
        for _ in range(30):
            assert (await self.tries(site, "agk_wrong")).status == 401
        late = await self.tries(site, "agk_wrong")
        assert (late.status, late.heading) == (429, "Log in")
        assert 1 <= int(late.headers["Retry-After"]) <= 60
        assert "Too many wrong keys" in late.text
        api = await site.browser.get("/api/requests", headers={"Authorization": "Bearer agk_wrong"})
        assert api.status_code == 429  # one count, whichever door
        assert (await site.logs_in(keeper)).heading == "API keys"
        clock.advance(seconds=61)
        site.browser.cookies.clear()
        assert (await self.tries(site, "agk_wrong")).status == 401

    async def test_is_counted_for_whom_a_trusted_proxy_names(self, gate: Gate) -> None:
        async with site_of(gate, trusted_proxies=["127.0.0.0/8"]) as site:
            for _ in range(30):
                await self.tries(site, "agk_wrong", **{"X-Forwarded-For": "203.0.113.7"})
            assert (await self.tries(site, "agk_wrong", **{"X-Forwarded-For": "203.0.113.7"})).status == 429
            assert (await self.tries(site, "agk_wrong", **{"X-Forwarded-For": "203.0.113.8"})).status == 401


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example", "/\tx",
     "javascript:alert(1)", " //evil.example", "/%0d%0aSet-Cookie:x=1\r\nX: y", "http:evil.example", "/login",
     "/logout?x", "", "x", "/" + "x" * 3000, "/ü"],
)  # fmt: skip
async def test_nobody_is_led_to_another_place(site: Site, keeper: NewKey, wanted: str) -> None:
    form = (await site.opens("/login")).form("/login")
    sent = form.fields | {"key": keeper.secret, "next": wanted}
    answer = await site.browser.post("/login", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    led_on = await site.browser.get("/login", params={"next": wanted})
    assert (led_on.status_code, led_on.headers["Location"]) == (303, "/")


class TestAKeyWithoutTheScope:
    async def test_is_told_which_one_the_page_needs(self, gate: Gate, site: Site, agent: NewKey) -> None:
        page = await site.logs_in(agent, to="/keys")
        assert (page.status, page.heading) == (403, "This key does not open this page")
        assert "key:manage" in page.text
        assert "“agent” lacks it" in page.text
        assert page.form("/logout").button == "Log out"
        assert not [given for tag, given in page.tags if given.get("href") == "/keys"]

    async def test_is_told_so_where_it_opens_no_page(self, gate: Gate, site: Site) -> None:
        page = await site.logs_in(await a_key(gate, "ruler", Scope.POLICY_MANAGE))
        assert (page.status, page.heading) == (403, "This key opens none of the pages")
        assert "The key “ruler” would need request:read" in page.text


class TestBehindTls:
    @pytest.mark.parametrize(
        ("public_url", "proto", "trusted", "name"),
        [
            ("https://gate.example.com", None, (), "__Host-agentgate_session"),
            ("https://example.com/gate", None, (), "__Secure-agentgate_session"),
            ("http://localhost:3000", "https", ("127.0.0.1",), "__Host-agentgate_session"),
            ("http://localhost:3000", "https", (), "agentgate_session"),
            ("http://localhost:3000", "http", ("127.0.0.1",), "agentgate_session"),
        ],
    )
    async def test_the_cookie_is_sent_by_tls_alone(
        self, gate: Gate, keeper: NewKey, public_url: str, proto: str | None, trusted: tuple[str, ...], name: str
    ) -> None:
        gate.options = replace(gate.options, public_url=public_url)
        headers = {"X-Forwarded-Proto": proto} if proto else {}
        async with site_of(gate, trusted_proxies=trusted) as site:
            asked = await site.browser.get("/login", headers=headers)
            cookies = "; ".join(line.partition(";")[0] for line in asked.headers.get_list("Set-Cookie"))
            (form,) = read(asked).forms
            sent = form.fields | {"key": keeper.secret}
            answer = await site.browser.post("/login", data=sent, headers=headers | {"Cookie": cookies})
            assert answer.status_code == 303
            (cookie,) = [line for line in answer.headers.get_list("Set-Cookie") if "session=" in line]
            assert cookie.partition("=")[0] == name
            assert ("Secure" in cookie.split("; ")) is name.startswith("__")
            seen = await site.browser.get("/keys", headers=headers | {"Cookie": cookie.partition(";")[0]})
            assert seen.status_code == 200


class TestTheLoginForm:
    async def test_counts_only_with_the_cookie_of_its_page(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        theirs = (await site.opens("/login")).form("/login")
        site.browser.cookies.clear()
        for fields in (theirs.fields, {}, {"csrf": gate.tokens.form("login.")}, {"csrf": ""}):
            page = read(await site.browser.post("/login", data={**fields, "key": keeper.secret}))
            assert (page.status, page.heading) == (403, "Log in")
            assert "Allow cookies" in page.text
            assert "agentgate_session" not in page.headers.get("Set-Cookie", "")
            site.browser.cookies.clear()

    async def test_counts_only_when_it_comes_from_here(self, site: Site, keeper: NewKey) -> None:
        form = (await site.opens("/login")).form("/login")
        sent = form.fields | {"key": keeper.secret}
        page = read(await site.browser.post("/login", data=sent, headers={"Origin": "https://evil.example"}))
        assert page.status == 403

    async def test_counts_in_an_older_tab_too(self, site: Site, keeper: NewKey) -> None:
        first = await site.opens("/login?next=/keys")
        await site.opens("/login")
        assert (await site.sends(first.form("/login"), key=keeper.secret)).heading == "API keys"


class TestAFormOfAVisitor:
    async def test_counts_only_with_the_seal_of_this_session(self, gate: Gate, site: Site, keeper: NewKey) -> None:
        page = await site.logs_in(keeper)
        for seal in ("", "x" * 43, gate.tokens.form("login.x"), gate.tokens.form("")):
            answer = await site.browser.post("/logout", data={"csrf": seal}, headers={"Origin": site.url})
            assert (answer.status_code, read(answer).heading) == (403, "This was not counted")
        site.browser.cookies.clear()
        await site.logs_in(keeper)
        old = await site.sends(page.form("/logout"))  # of another session of the same key
        assert old.status == 403
        assert not is_login(await site.opens("/keys"))

    async def test_counts_only_when_it_comes_from_here(self, site: Site, keeper: NewKey) -> None:
        page = await site.logs_in(keeper)
        for origin in ("https://evil.example", "null"):
            answer = await site.browser.post("/logout", data=page.form("/logout").fields, headers={"Origin": origin})
            assert answer.status_code == 403
        assert not is_login(await site.opens("/keys"))

    async def test_that_comes_too_late_leads_back_to_its_page_by_the_login(self, site: Site, keeper: NewKey) -> None:
        headers = {"Referer": f"{site.url}/keys?x=1", "Origin": site.url}
        answer = await site.browser.post("/logout", headers=headers)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/keys%3Fx%3D1")


async def test_a_link_on_another_site_leads_a_visitor_to_the_page(site: Site, keeper: NewKey) -> None:
    """Their browser keeps the cookie to itself for the whole navigation; the page between begins another."""
    between = await site.opens("/keys?x=1", **{"Sec-Fetch-Site": "cross-site"})
    assert (between.status, between.heading) == (200, "One moment")
    refresh = next(given["content"] for tag, given in between.tags if given.get("http-equiv") == "refresh")
    assert refresh == "0; url=/login?next=/keys%3Fx%3D1"
    assert ("a", {"href": "/login?next=/keys%3Fx%3D1"}) in between.tags


async def test_no_secret_stands_in_the_log(
    gate: Gate, site: Site, keeper: NewKey, capsys: pytest.CaptureFixture[str]
) -> None:
    with loud():
        await site.sends((await site.opens("/login")).form("/login"), key="agk_wrong-but-private")
        page = await site.logs_in(keeper, to="/keys?hunter2")
        session = site.browser.cookies["agentgate_session"]
        form = (await site.opens("/keys/new")).form("/keys")
        made = await site.sends(form, name="lea", scopes="key:manage")
        await site.sends(page.form("/logout"))
    log = capsys.readouterr().err
    assert '"event": "session.begun"' in log
    assert '"route": "/keys/{id}/secret"' in log
    new_secret = next(word for word in made.text.split() if word.startswith("agk_"))
    for private in (keeper.secret, "agk_wrong-but-private", new_secret, session, form.fields["csrf"], "hunter2"):
        assert private not in log
