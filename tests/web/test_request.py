"""The page of one request: everything about it, and an answer that counts for what was shown."""

import asyncio
from datetime import timedelta

import pytest

from gateway import browse
from gateway.cancel import cancel
from gateway.confirm import confirm
from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.views import RequestView
from models.words import Decision, Scope, Status
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, BOB, asked, ruled, story_of
from tests.web.site import Page, Site

NEEDED = {"decision": "route_to_human", "requireReason": True}
TWO = {"decision": "route_to_human", "approvalsNeeded": 2}


@pytest.fixture
async def lea(gate: Gate) -> NewKey:
    return await a_key(gate, "lea", Scope.REQUEST_READ, Scope.REQUEST_DECIDE)


async def opened(site: Site, key: NewKey, request: RequestView) -> Page:
    """Log in, and be led to a request."""
    site.browser.cookies.clear()
    return await site.logs_in(key, to=f"/requests/{request.id}")


async def answers(site: Site, page: Page, request: RequestView, decision: str, reason: str = "") -> Page:
    """Press a button of the page."""
    return await site.sends(page.form(f"/requests/{request.id}/decide"), decision=decision, reason=reason)


def has_form(page: Page) -> bool:
    """Whether the page offers to answer."""
    return any(form.action.endswith("/decide") for form in page.forms)


def words(page: Page) -> str:
    """Return the text of a page, as it is read."""
    return " ".join(page.text.split())


async def now(request: RequestView) -> RequestView:
    """Return a request as it stands now."""
    return await browse.load(request.id)


class TestWhatItShows:
    async def test_everything_about_a_request(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        await ruled(gate, TWO | {"expiresInSec": 1500}, name="prod")
        request = await asked(
            gate, agent, params={"env": "prod", "api_key": "agk_s3cret"},
            context={"reason": "Hotfix", "commit": "b7e23ec"},
        )  # fmt: skip
        await decide(gate, request.id, Decision.APPROVED, by=ALICE, reason="Looks good")
        page = await opened(site, lea, request)
        assert (page.status, page.heading) == (200, f"Request {request.shown_code}")
        told = [
            "Waiting for approval · 1 of 2 · expires in 25 min", "deploy.prod", "normal", "api:agent", "Hotfix",
            '"env": "prod"', '"api_key": "•••• (hidden)"', '"commit": "b7e23ec"', "terminal:alice – Looks good",
            "policy prod, rule 1", request.id, request.digest, "Approved, and others are needed by terminal:alice",
        ]  # fmt: skip
        assert [fact for fact in told if fact not in words(page)] == []
        assert "agk_s3cret" not in page.source

    @pytest.mark.parametrize("written", ["code", "shown_code", "id"])
    async def test_by_id_or_short_code(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey, written: str) -> None:
        request = await asked(gate, agent)
        page = await site.logs_in(lea, to=f"/requests/{getattr(request, written)}")
        assert page.heading == f"Request {request.shown_code}"

    @pytest.mark.parametrize("ref", ["zzzz-zzzz", "req_" + "z" * 26, "nonsense", "%00", "%2e%2e", "x" * 300])
    async def test_what_is_none_is_said_in_a_sentence(self, site: Site, lea: NewKey, ref: str) -> None:
        await site.logs_in(lea, to="/")
        page = await site.opens(f"/requests/{ref}")
        assert (page.status, page.heading) == (404, "There is nothing here")

    async def test_its_history_with_who_when_and_why(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent)
        await decide(gate, request.id, Decision.APPROVED, by=ALICE, reason="Fine\nby me")
        await confirm(gate, request.id, by=agent.key.actor, result={"deployed": "1.4"})
        text = (await opened(site, lea, request)).text
        steps = ["Asked", "Approved", "Fine\nby me", "The agent reported what came of it"]
        places = [text.index(step, text.index("History")) for step in steps]
        assert places == sorted(places)
        assert '"deployed": "1.4"' in text

    async def test_whom_it_was_told_to(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent)
        text = words(await opened(site, lea, request))
        assert "Told to" in text
        assert [target for target in request.targets if f"{target} on its way" not in text] == []

    async def test_all_of_a_megabyte(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        params = {"rows": [f"row {number}" for number in range(60_000)], "last": "the end"}
        request = await asked(gate, agent, params=params)
        page = await opened(site, lea, request)
        assert [row for row in params["rows"] if f'"{row}"' not in page.text] == []
        assert len(page.source) < 2_000_000


class TestAnswering:
    @pytest.mark.parametrize(
        ("decision", "title", "status"),
        [("approved", "You approved this", Status.APPROVED), ("denied", "You denied this", Status.DENIED)],
    )
    async def test_counts_and_leads_back_to_the_outcome(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey, decision: str, title: str, status: Status
    ) -> None:
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        form = page.form(f"/requests/{request.id}/decide")
        sent = {"Origin": site.url, "Sec-Fetch-Site": "same-origin"}
        answer = await site.browser.post(
            form.action, data=form.fields | {"decision": decision, "reason": " Because\r\nI said so "}, headers=sent
        )
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/requests/{request.id}")
        after = await site.opens(answer.headers["Location"])
        assert title in after.text
        assert not has_form(after)
        stored = await now(request)
        assert (stored.status, stored.decided_by, stored.decision_reason) == (status, "web:lea", "Because\nI said so")
        assert f"request.{decision} by web:lea" in await story_of(request)

    async def test_carries_the_digest_that_was_shown(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent, params={"env": "prod"})
        page = await opened(site, lea, request)
        assert page.form(f"/requests/{request.id}/decide").fields["digest"] == request.digest
        for digest, status in (("sha256:" + "0" * 64, 409), ("", 400)):
            form = page.form(f"/requests/{request.id}/decide")
            refused = await site.sends(form, decision="approved", digest=digest)
            assert (refused.status, "was not counted" in refused.text) == (status, True)
        assert (await now(request)).status is Status.PENDING

    @pytest.mark.parametrize("decision", ["", "maybe", "pending", "APPROVED", "approved\x00"])
    async def test_is_one_of_two_words(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey, decision: str) -> None:
        request = await asked(gate, agent)
        refused = await answers(site, await opened(site, lea, request), request, decision)
        assert (refused.status, has_form(refused)) == (400, True)
        assert (await now(request)).status is Status.PENDING

    async def test_needs_a_reason_where_the_rule_says_so(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        await ruled(gate, NEEDED)
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        (field,) = [given for tag, given in page.tags if tag == "textarea"]
        assert "required" in field
        refused = await answers(site, page, request, "denied", " \n ")
        assert (refused.status, "needs a reason" in refused.text) == (400, True)
        assert "You denied this" in (await answers(site, refused, request, "denied", "Not today")).text

    async def test_keeps_what_was_typed_when_it_was_not_counted(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        refused = await answers(site, page, request, "denied", "x" * 10_001)
        assert refused.status == 400
        assert refused.form(f"/requests/{request.id}/decide").fields["reason"] == "x" * 10_001

    async def test_needs_the_seal_of_the_session(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent)
        form = (await opened(site, lea, request)).form(f"/requests/{request.id}/decide")
        for seal in ("", "x" * 43):
            assert (await site.sends(form, decision="approved", csrf=seal)).status == 403
        foreign = await site.browser.post(
            form.action, data=form.fields | {"decision": "approved"}, headers={"Origin": "https://evil.example"}
        )
        assert foreign.status_code == 403
        assert (await now(request)).status is Status.PENDING

    async def test_needs_a_session_that_is_not_over(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        site.browser.cookies.clear()
        assert (await answers(site, page, request, "approved")).heading == "Log in"
        assert (await now(request)).status is Status.PENDING

    async def test_is_no_get(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent)
        await opened(site, lea, request)
        answer = await site.browser.get(f"/requests/{request.id}/decide?decision=approved")
        assert answer.status_code == 405
        assert (await now(request)).status is Status.PENDING


class TestSecondAndLate:
    async def test_a_second_answer_is_told_who_decided(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        await decide(gate, request.id, Decision.DENIED, by=BOB, reason="No")
        late = await answers(site, page, request, "approved", "Yes")
        assert (late.status, has_form(late)) == (409, False)
        assert "Your answer was not counted: " in words(late)
        assert f"{request.shown_code} was already denied by terminal:bob." in words(late)
        assert (await now(request)).decided_by == "terminal:bob"

    async def test_a_doubled_press_counts_once_and_leads_to_the_outcome(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        pages = await asyncio.gather(*(answers(site, page, request, "approved") for _ in range(3)))
        assert {(one.status, "You approved this" in one.text) for one in pages} == {(200, True)}
        assert (await story_of(request)).count("request.approved by web:lea") == 1

    async def test_two_who_answer_at_once_make_one_decision(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        ben = await a_key(gate, "ben", Scope.REQUEST_READ, Scope.REQUEST_DECIDE)
        request = await asked(gate, agent)
        forms = []
        for key in (lea, ben):
            page = await opened(site, key, request)
            forms.append((page.form(f"/requests/{request.id}/decide"), dict(site.browser.cookies)))
        sent = [
            site.browser.post(
                form.action, data=form.fields | {"decision": decision},
                headers={"Origin": site.url, "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())},
            )
            for (form, jar), decision in zip(forms, ("approved", "denied"), strict=True)
        ]  # fmt: skip
        site.browser.cookies.clear()
        codes = sorted(answer.status_code for answer in await asyncio.gather(*sent))
        assert codes == [303, 409]
        ended = [line for line in await story_of(request) if line.startswith("request.decided")]
        assert len(ended) == 1

    async def test_an_expired_request_is_said_to_be_over(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey, clock: Clock
    ) -> None:
        request = await asked(gate, agent, expires_in=timedelta(minutes=1))
        page = await opened(site, lea, request)
        clock.advance(minutes=2)
        late = await answers(site, page, request, "approved")
        assert (late.status, "has expired" in late.text, has_form(late)) == (409, True, False)
        assert "the agent has to ask again" in late.text
        assert (await now(request)).status is Status.EXPIRED

    async def test_before_the_sweep_there_is_no_form_either(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey, clock: Clock
    ) -> None:
        request = await asked(gate, agent, expires_in=timedelta(minutes=1))
        clock.advance(minutes=2)
        page = await opened(site, lea, request)
        assert (has_form(page), "Nobody answered in time" in page.text) == (False, True)

    async def test_a_cancelled_request_says_by_whom(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        await cancel(gate, request.id, by=agent.key.actor)
        late = await answers(site, page, request, "approved")
        assert (late.status, "was cancelled by api:agent" in late.text) == (409, True)

    async def test_what_somebody_else_decided_is_shown_as_theirs(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        request = await asked(gate, agent)
        await decide(gate, request.id, Decision.DENIED, by=BOB)
        page = await opened(site, lea, request)
        assert "Already denied" in page.text
        assert not has_form(page)


class TestWhoMayNot:
    async def test_the_asker_is_told_that_others_have_to(self, gate: Gate, site: Site) -> None:
        both = await a_key(gate, "both", Scope.REQUEST_CREATE, Scope.REQUEST_READ, Scope.REQUEST_DECIDE)
        request = await asked(gate, both)
        page = await opened(site, both, request)
        assert not has_form(page)
        assert "You asked for" in page.text
        assert "It can be decided by whoever has a key with the scope request:decide" in page.text

    async def test_nor_does_a_form_of_their_own_help_them(self, gate: Gate, site: Site, lea: NewKey) -> None:
        both = await a_key(gate, "both", Scope.REQUEST_CREATE, Scope.REQUEST_READ, Scope.REQUEST_DECIDE)
        request = await asked(gate, both)
        other = await asked(gate, lea)
        form = (await opened(site, both, other)).form(f"/requests/{other.id}/decide")
        form.action = f"/requests/{request.id}/decide"
        refused = await site.sends(form, decision="approved", digest=request.digest)
        assert (refused.status, "You asked for" in refused.text) == (403, True)
        assert (await now(request)).status is Status.PENDING

    async def test_a_key_without_the_scope_is_told_what_it_lacks(self, gate: Gate, site: Site, agent: NewKey) -> None:
        viewer = await a_key(gate, "viewer", Scope.REQUEST_READ)
        page = await opened(site, viewer, await asked(gate, agent))
        assert "lacks the scope request:decide" in page.text
        assert not has_form(page)

    async def test_where_a_rule_names_others_they_are_named(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvers": ["slack:U1", "person:maria"]})
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        assert "Only slack:U1 or person:maria may decide" in page.text
        assert "It can be decided by" not in page.text, "once is enough"
        assert not has_form(page)

    async def test_a_key_that_a_rule_names_may(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvers": ["api:lea"]})
        request = await asked(gate, agent)
        assert "You denied this" in (await answers(site, await opened(site, lea, request), request, "denied")).text


class TestAQuorumOfTwo:
    async def test_is_reached_by_one_here_and_one_over_the_api(
        self, gate: Gate, site: Site, agent: NewKey, lea: NewKey
    ) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        assert "2 more persons have to approve" in page.text
        first = await answers(site, page, request, "approved", "One")
        assert "You have approved this" in first.text
        assert "1 of 2 persons have approved so far." in first.text
        assert not has_form(first)
        ben = await a_key(gate, "ben", Scope.REQUEST_DECIDE)
        answer = await site.browser.post(
            f"/api/requests/{request.id}/decide",
            json={"decision": "approved"},
            headers={"Authorization": f"Bearer {ben.secret}"},
        )
        assert answer.json()["status"] == "approved"
        assert "Approved by api:ben" in (await site.opens(f"/requests/{request.id}")).text

    async def test_is_not_reached_by_one_person_twice(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        page = await opened(site, lea, request)
        for _ in range(2):
            again = await answers(site, page, request, "approved")
            assert (again.status, "You have approved this" in again.text) == (200, True)
        api = await site.browser.post(
            f"/api/requests/{request.id}/decide",
            json={"decision": "approved"},
            headers={"Authorization": f"Bearer {lea.secret}"},
        )
        assert (api.status_code, api.json()["status"]) == (200, "pending")
        assert len((await now(request)).approvals) == 1
