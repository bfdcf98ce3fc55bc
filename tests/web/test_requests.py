"""The list of requests: what waits first, filters that stand in the address, and what a key may see."""

from datetime import timedelta

import pytest

from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey
from models.words import Decision, Scope, Urgency
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, asked, ruled
from tests.web.site import Page, Site
from web.requests import AT_ONCE


@pytest.fixture
async def lea(gate: Gate) -> NewKey:
    return await a_key(gate, "lea", Scope.REQUEST_READ, Scope.REQUEST_DECIDE)


def rows(page: Page) -> list[str]:
    """Return where the rows of a page lead, in order."""
    links = [str(given.get("href")) for tag, given in page.tags if tag == "a"]
    return [link.removeprefix("/requests/") for link in links if link.startswith("/requests/req_")]


def link(page: Page, label: str) -> str:
    """Return where a link with these words leads."""
    before, _, _ = page.source.partition(f">{label}</a>")
    return before.rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")


async def test_whoever_reads_requests_begins_here(gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
    await asked(gate, agent)
    page = await site.logs_in(lea)
    assert (page.status, page.heading) == (200, "Requests")
    assert page.title.startswith("(1) Requests")
    assert "1 request waits for an answer." in page.text


async def test_what_waits_comes_first_then_the_newest(gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
    ids = [(await asked(gate, agent, f"a{number}")).id for number in range(4)]
    await decide(gate, ids[3], Decision.DENIED, by=ALICE)
    await decide(gate, ids[1], Decision.APPROVED, by=ALICE)
    page = await site.logs_in(lea, to="/requests")
    assert rows(page) == [ids[2], ids[0], ids[3], ids[1]]
    assert page.text.index("Waiting for an answer") < page.text.index("Ended")


async def test_a_row_says_what_there_is_to_know(
    gate: Gate, site: Site, agent: NewKey, lea: NewKey, clock: Clock
) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2})
    request = await asked(
        gate, agent, "deploy.prod", urgency=Urgency.CRITICAL, context={"reason": "Hotfix"},
        expires_in=timedelta(minutes=25),
    )  # fmt: skip
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    clock.advance(minutes=5)
    page = await site.logs_in(lea, to="/requests")
    text = " ".join(page.text.split())
    told = [
        request.shown_code,
        "Waiting · 1 of 2",
        "expires in 20 min",
        "“Hotfix”",
        "critical",
        "api:agent",
        "5 min ago",
    ]
    assert [words for words in (*told, "deploy.prod") if words not in text] == []
    exact = [given for tag, given in page.tags if tag == "time"]
    assert {f"{request.created_at:%Y-%m-%d %H:%M:%S} UTC", f"{request.expires_at:%Y-%m-%d %H:%M:%S} UTC"} == {
        given["title"] for given in exact
    }


async def test_what_has_ended_says_how_and_by_whom(gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
    await decide(gate, (await asked(gate, agent)).id, Decision.DENIED, by=ALICE)
    page = await site.logs_in(lea, to="/requests")
    assert "Denied by terminal:alice" in " ".join(page.text.split())
    assert ("mark", "bad") in [(given.get("class"), given.get("data-tone")) for _, given in page.tags]


async def test_time_that_has_run_out_is_said_before_anybody_has_swept(
    gate: Gate, site: Site, agent: NewKey, lea: NewKey, clock: Clock
) -> None:
    await asked(gate, agent)
    clock.advance(hours=2)
    assert "Expired" in (await site.logs_in(lea, to="/requests?status=pending")).text


async def test_a_long_reason_is_clipped_with_a_count(gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
    await asked(gate, agent, context={"reason": "x" * 300})
    assert "…140 more characters" in (await site.logs_in(lea, to="/requests")).text


class TestFilters:
    async def test_stand_in_the_address_and_in_the_form(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        wanted = await asked(gate, agent, "deploy.prod", urgency=Urgency.HIGH)
        for action, urgency in (("deploy.prod", Urgency.LOW), ("mail.send", Urgency.HIGH)):
            await asked(gate, agent, action, urgency=urgency)
        page = await site.logs_in(lea, to="/requests?status=pending&action=deploy.prod&urgency=high")
        assert rows(page) == [wanted.id]
        assert page.form("/requests").fields["action"] == "deploy.prod"
        chosen = [given["value"] for tag, given in page.tags if tag == "option" and "selected" in given]
        assert chosen == ["pending", "high"]

    async def test_are_sent_by_a_form_that_changes_nothing(self, site: Site, lea: NewKey) -> None:
        form = (await site.logs_in(lea, to="/requests")).form("/requests")
        assert form.method == "get"

    async def test_left_empty_leave_nothing_out(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent)
        page = await site.logs_in(lea, to="/requests?status=&action=&urgency=&cursor=")
        assert rows(page) == [request.id]

    @pytest.mark.parametrize(
        "query", ["status=asleep", "urgency=very", "cursor=nonsense", "status=%00", "status=<b>", "action=%00"]
    )
    async def test_that_are_none_are_refused_with_a_sentence(self, site: Site, lea: NewKey, query: str) -> None:
        page = await site.logs_in(lea, to="/")
        page = await site.opens(f"/requests?{query}")
        assert (page.status, page.heading) == (400, "This cannot be used")

    async def test_complete_what_is_typed_for_who_sees_everything(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        await asked(gate, agent, "deploy.prod")
        assert '<option value="deploy.prod">' in (await site.logs_in(lea, to="/requests")).source
        site.browser.cookies.clear()
        other = await a_key(gate, "other", Scope.REQUEST_CREATE)
        assert "deploy.prod" not in (await site.logs_in(other, to="/requests")).source.partition("datalist")[2]

    async def test_that_find_nothing_lead_back_to_everything(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        await asked(gate, agent)
        page = await site.logs_in(lea, to="/requests?action=no.such")
        assert "No request matches this filter." in page.text
        assert link(page, "Show all requests") == "/requests"


class TestPages:
    async def test_go_on_where_the_last_ended_with_the_same_filter(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        ids = [(await asked(gate, agent, "a")).id for _ in range(AT_ONCE + 3)]
        first = await site.logs_in(lea, to="/requests?action=a")
        second = await site.opens(link(first, "Older"))
        assert rows(first) + rows(second) == ids[::-1]
        assert len(rows(first)) == AT_ONCE
        assert "rel=" not in second.source.partition('<nav class="pages"')[2]
        assert link(second, "Newest") == "/requests?action=a"

    async def test_that_have_run_empty_say_so(self, site: Site, lea: NewKey) -> None:
        page = await site.logs_in(lea, to="/requests?cursor=cmVxXzAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw")
        assert "There is nothing older." in page.text


async def test_an_empty_list_says_what_to_do(site: Site, lea: NewKey) -> None:
    page = await site.logs_in(lea, to="/requests")
    assert "Nothing has been asked yet." in page.text
    assert "agentgate request deploy.prod" in page.text
    assert page.title.startswith("Requests")


async def test_a_key_that_only_asks_sees_its_own(gate: Gate, site: Site, agent: NewKey) -> None:
    mine = await asked(gate, agent)
    theirs = await asked(gate, await a_key(gate, "other", Scope.REQUEST_CREATE))
    page = await site.logs_in(agent, to="/requests")
    assert rows(page) == [mine.id]
    assert "You see what your key has asked." in page.text
    hidden = await site.opens(f"/requests/{theirs.id}")
    assert (hidden.status, hidden.heading) == (403, "This key does not open this page")
    assert "lacks the scope request:read" in hidden.text


@pytest.mark.parametrize("scope", [Scope.REQUEST_DECIDE, Scope.AUDIT_READ, Scope.KEY_MANAGE])
async def test_a_key_for_something_else_is_told_which_scope_it_needs(gate: Gate, site: Site, scope: Scope) -> None:
    page = await site.logs_in(await a_key(gate, "other", scope), to="/requests")
    assert (page.status, "request:read or request:create" in page.text) == (403, True)


async def test_without_a_script_a_link_asks_again_and_nobody_is_interrupted(site: Site, lea: NewKey) -> None:
    page = await site.logs_in(lea, to="/requests")
    assert "Look again for what is new" in page.text
    assert "http-equiv" not in page.source


async def test_whoever_is_not_logged_in_gets_to_the_login_and_back(
    gate: Gate, site: Site, agent: NewKey, lea: NewKey
) -> None:
    request = await asked(gate, agent)
    for path in (f"/requests/{request.id}", "/requests?status=pending"):
        site.browser.cookies.clear()
        page = await site.opens(path)
        assert page.heading == "Log in"
        assert (await site.sends(page.form("/login"), key=lea.secret)).status == 200
        assert rows(await site.opens("/requests")) == [request.id]
