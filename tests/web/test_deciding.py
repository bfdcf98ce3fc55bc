"""A page that asks, a button that answers, and pages for whoever comes later."""

import asyncio
from datetime import timedelta

import pytest

from gateway import browse
from gateway.cancel import cancel
from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey, rotate_key
from gateway.links import issue_pair
from gateway.people import link_person
from gateway.views import RequestView
from models.words import Decision, Status
from tests.clock import Clock
from tests.gateway.linked import BEN, LEA, OPS, token
from tests.gateway.scenes import ALICE, asked, ruled
from tests.web.site import Site


@pytest.mark.parametrize(("purpose", "verb", "word"), [("approve", "Approve", "approved"), ("deny", "Deny", "denied")])
async def test_a_link_asks_and_its_button_answers(
    gate: Gate, site: Site, request_: RequestView, purpose: str, verb: str, word: str
) -> None:
    page = await site.looks(await token(gate, request_, LEA, purpose))
    assert (page.status, page.heading, page.button) == (200, f"{verb} this request?", verb)
    assert "You decide as lea@example.com." in page.text
    for fact in ("deploy.prod", "env: prod", "Hotfix", "api:agent", request_.shown_code, request_.digest[7:19]):
        assert fact in page.text, fact
    done = await site.presses(page, reason="I looked.\r\nTwice.")
    assert (done.status, done.heading) == (200, f"You {word} this request")
    ended = await browse.load(request_.id)
    assert (ended.status.value, ended.decided_by, ended.decision_reason) == (word, LEA, "I looked.\nTwice.")
    assert "I looked. / Twice." in done.text


async def test_a_link_from_a_channel_says_whom_it_decides_for(gate: Gate, site: Site, request_: RequestView) -> None:
    page = await site.looks(await token(gate, request_, OPS))
    assert "You decide by a link from slack:#ops: whoever opens it decides for all who are there." in page.text
    await site.presses(page)
    assert (await browse.load(request_.id)).decided_by == "link:slack:#ops"


async def test_a_link_to_look_shows_everything_and_has_no_button(gate: Gate, site: Site, request_: RequestView) -> None:
    page = await site.looks(await token(gate, request_, LEA, "view"))
    assert (page.status, page.action, page.button) == (200, None, "")
    assert "env: prod" in page.text
    link = await token(gate, request_, LEA, "view")
    sent = {"csrf": gate.tokens.form(link)}
    answer = await site.browser.post(f"/l/{link}/decide", data=sent, headers={"Origin": site.url})
    assert (answer.status_code, (await browse.load(request_.id)).status) == (403, Status.PENDING)


async def test_a_link_of_a_key_that_was_rotated_says_so(
    gate: Gate, site: Site, request_: RequestView, admin: NewKey
) -> None:
    pair = await issue_pair(gate, request_.id, by=admin.key.actor)
    page = await site.looks(pair.approve.token)
    await rotate_key(gate, "admin", by=ALICE)
    for late in (await site.presses(page), await site.looks(pair.deny.token)):
        assert (late.status, late.heading) == (410, "This link is void")
        assert (
            "The key admin that made this link was revoked, rotated or renamed since; ask for another link."
            in late.text
        )
        assert request_.shown_code in late.text
    assert (await browse.load(request_.id)).status is Status.PENDING


async def test_of_two_tabs_the_first_that_is_sent_counts(gate: Gate, site: Site, request_: RequestView) -> None:
    link = await token(gate, request_, LEA)
    first, second = await site.looks(link), await site.looks(link)
    assert (await site.presses(second)).status == 200
    late = await site.presses(first)
    assert (late.status, late.heading) == (410, "You approved this request")


class TestWhoeverIsLate:
    async def test_is_told_who_decided_when_and_why(self, gate: Gate, site: Site, request_: RequestView) -> None:
        mine, view = await token(gate, request_, LEA), await token(gate, request_, LEA, "view")
        await site.answers(await token(gate, request_, BEN, "deny"), reason="Not on a Friday")
        for page in (await site.looks(mine), await site.looks(view)):
            assert page.status == 410
            assert "denied by email:ben@example.com" in page.text
            assert "Not on a Friday" in page.text
            assert "There is nothing left to do." in page.text
            assert page.action is None
        assert (await site.looks(mine)).heading == "Already denied"

    async def test_is_told_of_a_decision_in_the_chat(self, gate: Gate, site: Site, request_: RequestView) -> None:
        link = await token(gate, request_, LEA)
        page = await site.looks(link)
        await decide(gate, request_.id, Decision.DENIED, by=ALICE, reason="Freeze")
        for late in (await site.presses(page), await site.looks(link)):
            assert (late.status, late.heading) == (409, "Already denied")
            assert "denied by terminal:alice" in late.text
            assert "Freeze" in late.text

    async def test_is_told_that_it_was_cancelled(
        self, gate: Gate, agent: NewKey, site: Site, request_: RequestView
    ) -> None:
        link = await token(gate, request_, LEA)
        page = await site.looks(link)
        await cancel(gate, request_.id, by=agent.key.actor)
        for late in (await site.presses(page), await site.looks(link)):
            assert (late.status, late.heading) == (409, "This request was cancelled")
            assert "cancelled by api:agent" in late.text

    async def test_is_told_that_it_has_expired(
        self, gate: Gate, clock: Clock, site: Site, request_: RequestView
    ) -> None:
        link = await token(gate, request_, LEA)
        page = await site.looks(link)
        clock.advance(hours=2)
        for late in (await site.presses(page), await site.looks(link)):
            assert (late.status, late.heading) == (410, "This request has expired")
            assert "the agent has to ask again" in late.text

    async def test_is_told_that_the_link_is_too_old(self, gate: Gate, agent: NewKey, clock: Clock, site: Site) -> None:
        request = await asked(gate, agent, params={"env": "prod"}, expires_in=timedelta(days=3))
        link = await token(gate, request, LEA)
        page = await site.looks(link)
        clock.advance(hours=25)
        for late in (await site.presses(page), await site.looks(link)):
            assert (late.status, late.heading) == (410, "This link is too old")
            assert "The request still waits" in late.text
            assert "env: prod" not in late.text
        assert (await browse.load(request.id)).status is Status.PENDING

    async def test_of_many_at_once_one_wins_and_the_others_learn_who(
        self, gate: Gate, agent: NewKey, site: Site
    ) -> None:
        for _ in range(5):
            request = await asked(gate, agent)
            pages = [await site.looks(await token(gate, request, LEA)) for _ in range(2)]
            pages += [await site.looks(await token(gate, request, BEN, "deny")) for _ in range(2)]
            ends = await asyncio.gather(*(site.presses(page) for page in pages))
            ended = await browse.load(request.id)
            assert sorted(end.status == 200 for end in ends) == [False, False, False, True]
            assert {end.status for end in ends} <= {200, 409, 410}
            assert len(ended.approvals) == 1
            outcome = f"{ended.status} by {ended.decided_by}"
            assert [outcome in end.text for end in ends] == [True] * 4


class TestSeveralPersons:
    @pytest.fixture
    async def pair(self, gate: Gate, agent: NewKey) -> RequestView:
        await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2, "channels": [LEA, BEN]})
        return await asked(gate, agent)

    async def test_two_mails_make_two_persons(self, gate: Gate, site: Site, pair: RequestView) -> None:
        mine = await token(gate, pair, LEA)
        page = await site.looks(mine)
        assert "2 persons have to approve; you would be one of them." in page.text
        first = await site.presses(page)
        assert (first.status, first.heading) == (200, "Your answer counts")
        assert "1 of 2 persons have approved so far." in first.text
        again = await site.looks(mine)
        assert (again.status, again.heading) == (410, "You have answered")
        last = await site.answers(await token(gate, pair, BEN))
        assert (last.status, last.heading) == (200, "You approved this request")
        assert (await browse.load(pair.id)).status is Status.APPROVED

    async def test_one_person_with_two_addresses_is_one(self, gate: Gate, site: Site, pair: RequestView) -> None:
        for address in (LEA, BEN):
            await link_person(gate, "lea", address, by=ALICE)
        await site.answers(await token(gate, pair, LEA))
        second = await site.answers(await token(gate, pair, BEN))
        assert (second.status, second.heading) == (409, "You have answered already")
        assert (await browse.load(pair.id)).status is Status.PENDING


async def test_who_may_not_decide_is_told_so_and_sees_no_button(gate: Gate, site: Site, request_: RequestView) -> None:
    link = await token(gate, request_, LEA)
    page = await site.looks(link)
    await link_person(gate, "lea", LEA, by=ALICE)
    await link_person(gate, "lea", "api:agent", by=ALICE)
    for refused in (await site.looks(link), await site.presses(page)):
        assert (refused.status, refused.heading, refused.action) == (403, "This link cannot decide", None)
        assert "somebody else has to decide it" in refused.text


async def test_a_mail_to_somebody_else_than_the_approvers_says_who_may(gate: Gate, agent: NewKey, site: Site) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvers": [LEA], "channels": [LEA, BEN]})
    request = await asked(gate, agent)
    page = await site.looks(await token(gate, request, BEN, "view"))
    assert "It shows the request and decides nothing; email:lea@example.com may decide it." in page.text
    assert (await site.looks(await token(gate, request, LEA))).button == "Approve"


class TestAReason:
    @pytest.fixture
    async def strict(self, gate: Gate, agent: NewKey) -> RequestView:
        await ruled(gate, {"decision": "route_to_human", "requireReason": True, "channels": [LEA]})
        return await asked(gate, agent)

    async def test_that_is_needed_is_asked_for(self, gate: Gate, site: Site, strict: RequestView) -> None:
        link = await token(gate, strict, LEA)
        page = await site.looks(link)
        assert ("required", None) in [item for tag, given in page.tags if tag == "textarea" for item in given.items()]
        for nothing in ("", "  \r\n", "\u200b"):
            asked_again = await site.presses(page, reason=nothing)
            assert (asked_again.status, asked_again.button) == (400, "Approve")
            assert "needs a reason: say why." in asked_again.text
        assert (await site.presses(asked_again, reason="Checked")).status == 200
        assert (await browse.load(strict.id)).decision_reason == "Checked"

    async def test_that_cannot_be_kept_stands_there_again(self, gate: Gate, site: Site, request_: RequestView) -> None:
        page = await site.looks(await token(gate, request_, LEA))
        long = "<b>& " + "x" * 10_000
        refused = await site.presses(page, reason=long)
        assert (refused.status, refused.fields["reason"]) == (400, long)
        assert "reason is longer than 10000 characters" in refused.text
        assert (await site.presses(page, reason="a\x00b")).status == 400
