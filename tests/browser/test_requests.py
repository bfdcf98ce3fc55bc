"""A request in a real browser: read, denied with a reason, by keyboard alone; and pages that keep themselves true."""

import re

import pytest
from playwright.async_api import expect

from gateway import browse
from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import revoke_key
from gateway.views import RequestView
from models.words import Decision, Status
from tests.browser.looks import DESK, PHONE, Look
from tests.browser.visitor import Visitor, Visitors
from tests.browser.world import furnished
from tests.clock import Clock
from tests.gateway.scenes import asked

WHY = "Refund the second charge only, and by hand."
both = pytest.mark.parametrize("look", [PHONE, PHONE.without_script], ids=str)


async def finds(visitor: Visitor, request: RequestView) -> None:
    """Open a waiting request from the list."""
    await visitor.page.get_by_role("link", name=request.shown_code).click()
    await visitor.sees(f"Request {request.shown_code}")


@both
async def test_somebody_with_a_phone_and_a_key_denies_with_a_reason(
    gate: Gate, clock: Clock, visitors: Visitors, look: Look
) -> None:
    world = await furnished(gate, clock)
    async with visitors.on(look) as lea:
        await lea.opens("/requests")
        await lea.page.get_by_label("API key").fill(world.lea.secret)
        await lea.presses("Log in")
        await finds(lea, world.refund)
        for words in ("payments.refund", "critical", "api:billing-agent", "charged twice", "Northwind Traders"):
            await expect(lea.page.get_by_role("article")).to_contain_text(words)
        await expect(lea.page.locator("body")).not_to_contain_text("sk_live_51H8x")
        await lea.page.get_by_label("Reason").fill(WHY)
        await lea.presses("Deny")
        await expect(lea.page.get_by_role("article")).to_contain_text("Denied by web:lea")
        await expect(lea.page.locator(".history")).to_contain_text(WHY)
        await lea.opens("/audit?event=request.denied")
        row = lea.page.get_by_role("row").filter(has_text=world.refund.shown_code)
        await expect(row).to_contain_text("web:lea")
        await row.locator("summary").click()
        await expect(row).to_contain_text(WHY)
    request = await browse.load(world.refund.id)
    assert (request.status, request.decided_by, request.decision_reason) == (Status.DENIED, "web:lea", WHY)


@pytest.mark.parametrize("look", [PHONE.without_script, DESK], ids=str)
async def test_the_keyboard_is_enough(gate: Gate, clock: Clock, visitors: Visitors, look: Look) -> None:
    world = await furnished(gate, clock)
    async with visitors.on(look, key=world.lea) as lea:
        await lea.opens("/requests")
        assert await lea.tabs_to(f"[href$='{world.refund.id}']") == []
        await lea.page.keyboard.press("Enter")
        await lea.sees(f"Request {world.refund.shown_code}")
        assert await lea.tabs_to("textarea") == []
        await lea.page.keyboard.type("Checked with the bank")
        assert await lea.tabs_to("[value=approved]") == []
        await lea.page.keyboard.press("Enter")
        await expect(lea.page.get_by_role("article")).to_contain_text("Approved by web:lea")
    assert (await browse.load(world.refund.id)).status is Status.APPROVED


async def test_a_new_request_and_a_decision_appear_without_a_reload(
    gate: Gate, clock: Clock, visitors: Visitors
) -> None:
    world = await furnished(gate, clock)
    async with visitors.on(PHONE, key=world.lea) as lea:
        await lea.opens("/requests")
        await expect(lea.page.locator(".whom")).to_contain_text("4 requests wait")
        await asked(gate, world.agent, "payments.payout")
        await expect(lea.page.get_by_role("table", name=re.compile("Waiting"))).to_contain_text("payments.payout")
        await expect(lea.page.locator(".whom")).to_contain_text("5 requests wait")
        await decide(gate, world.refund.id, Decision.APPROVED, by=world.ida.key.visitor)
        row = lea.page.get_by_role("row").filter(has_text="payments.refund")
        await expect(row).to_contain_text("Approved")


async def test_an_open_request_tells_that_somebody_was_faster(gate: Gate, clock: Clock, visitors: Visitors) -> None:
    world = await furnished(gate, clock)
    async with visitors.on(PHONE, key=world.lea) as lea:
        await lea.opens(f"/requests/{world.refund.id}")
        await expect(lea.page.get_by_role("button", name="Approve")).to_be_visible()
        await decide(gate, world.refund.id, Decision.DENIED, by=world.ida.key.visitor)
        await expect(lea.page.get_by_role("article")).to_contain_text("Denied by web:ida")
        await expect(lea.page.get_by_role("button", name="Approve")).to_have_count(0)


@both
async def test_after_its_key_is_revoked_a_browser_sees_the_login(
    gate: Gate, clock: Clock, visitors: Visitors, look: Look
) -> None:
    world = await furnished(gate, clock)
    async with visitors.on(look, key=world.lea) as lea:
        await lea.opens("/requests")
        await lea.sees("Requests")
        await revoke_key(gate, world.lea.key.id, by=world.ida.key.actor)
        await lea.opens(f"/requests/{world.refund.id}")
        await lea.sees("Log in")
