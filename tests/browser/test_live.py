"""A page that keeps itself true never takes anything away from under somebody's hands."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest_asyncio
from playwright.async_api import Browser, expect

from gateway.decide import decide
from gateway.gate import Gate, Options
from gateway.keys import revoke_key
from gateway.limits import MemoryLimiter
from models.words import Decision
from tests.browser.looks import DESK, PHONE
from tests.browser.visitor import Visitor, Visitors
from tests.browser.watch import NOBODY_THERE
from tests.browser.world import World, furnished
from tests.clock import Clock
from tests.gateway.scenes import asked
from tests.web.site import site_of


@pytest_asyncio.fixture(loop_scope="session")
async def world(gate: Gate, clock: Clock) -> World:
    return await furnished(gate, clock)


@pytest_asyncio.fixture(loop_scope="session")
async def lea(world: World, visitors: Visitors) -> AsyncIterator[Visitor]:
    async with visitors.on(DESK, key=world.lea) as lea:
        yield lea


async def test_what_is_typed_stays_and_that_it_comes_too_late_is_said(gate: Gate, world: World, lea: Visitor) -> None:
    await lea.opens(f"/requests/{world.refund.id}")
    reason = lea.page.get_by_label("Reason")
    await reason.press_sequentially("Half a sen")
    await decide(gate, world.refund.id, Decision.DENIED, by=world.ida.key.visitor)
    await expect(lea.page.locator("[data-news]")).to_contain_text("Denied by web:ida")
    await expect(lea.page.locator(".history")).to_contain_text("web:ida")
    await reason.press_sequentially("tence")
    await expect(reason).to_have_value("Half a sentence")
    await lea.presses("Approve")
    await expect(lea.page.get_by_role("alert")).to_contain_text("was already denied by web:ida")
    await expect(lea.page).to_have_url(f"{lea.site.url}/requests/{world.refund.id}")  # and a reload sends nothing again


async def test_who_stands_on_a_row_stays_there(gate: Gate, world: World, lea: Visitor) -> None:
    await lea.opens("/requests")
    link = lea.page.get_by_role("link", name=world.refund.shown_code)
    await link.focus()
    await asked(gate, world.agent, "payments.payout")
    await expect(lea.page.get_by_text("payments.payout")).to_be_visible()
    await expect(link).to_be_focused()


async def test_what_is_typed_into_the_filter_stays(gate: Gate, world: World, lea: Visitor) -> None:
    await lea.opens("/requests")
    action = lea.page.get_by_label("Action")
    await action.press_sequentially("pay")
    await asked(gate, world.agent, "payments.payout")
    await expect(lea.page.get_by_role("table").first).to_contain_text("payments.payout")
    await expect(action).to_have_value("pay")
    await expect(action).to_be_focused()


async def test_while_somebody_chooses_text_nothing_moves_and_then_it_does(
    gate: Gate, world: World, lea: Visitor
) -> None:
    await lea.opens("/requests")
    await lea.page.evaluate("getSelection().selectAllChildren(document.querySelector('.what'))")
    chosen = await lea.page.evaluate("getSelection().toString()")
    await asked(gate, world.agent, "payments.payout")
    await expect(lea.page.locator(".whom")).to_contain_text("5 requests wait")
    await expect(lea.page.get_by_text("payments.payout")).to_have_count(0)
    assert await lea.page.evaluate("getSelection().toString()") == chosen
    await lea.page.evaluate("getSelection().removeAllRanges()")
    await expect(lea.page.get_by_text("payments.payout")).to_be_visible()


async def test_whoever_listens_is_told(gate: Gate, world: World, lea: Visitor) -> None:
    await lea.opens("/requests")
    await asked(gate, world.agent, "payments.payout")
    await expect(lea.page.get_by_role("status").first).to_have_text("5 requests wait for an answer.")
    await expect(lea.page).to_have_title("(5) Requests · AgentGate")


async def test_the_end_of_the_session_is_said_on_the_open_page(gate: Gate, world: World, lea: Visitor) -> None:
    await lea.opens(f"/requests/{world.refund.id}")
    await lea.page.get_by_label("Reason").fill("Half a sentence")
    await revoke_key(gate, world.lea.key.id, by=world.ida.key.actor)
    await expect(lea.page.get_by_text("Your session is over.")).to_be_visible()
    await expect(lea.page.get_by_label("Reason")).to_have_value("Half a sentence")
    await lea.page.get_by_role("link", name="Log in again").click()
    await lea.sees("Log in")


async def test_a_hidden_page_takes_no_place(gate: Gate, world: World, lea: Visitor) -> None:
    await lea.opens("/requests")
    await expect_count(lea, gate, 1)
    other = await lea.page.context.new_page()
    await other.goto("about:blank")
    await lea.page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    await lea.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect_count(lea, gate, 0)
    await asked(gate, world.agent, "payments.payout")
    await lea.page.evaluate("Object.defineProperty(document, 'hidden', {value: false})")
    await lea.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(lea.page.get_by_text("payments.payout")).to_be_visible()
    await other.close()


async def expect_count(lea: Visitor, gate: Gate, count: int) -> None:
    """Wait until so many look on."""
    while gate.onlookers.count != count:
        await lea.page.evaluate("1")


async def test_a_server_that_comes_back_is_listened_to_again(
    gate: Gate, options: Options, clock: Clock, world: World, chromium: Browser
) -> None:
    again = Gate(options=options, now=clock, secret=b"s" * 32, limiter=MemoryLimiter(clock), notifiers={})
    async with AsyncExitStack() as until_it_stops:
        site = await until_it_stops.enter_async_context(site_of(gate))
        async with Visitors(chromium, site).on(PHONE, key=world.lea) as lea:
            await lea.opens("/requests")
            await expect_count(lea, gate, 1)
            lea.tab.watch.expected = NOBODY_THERE
            await until_it_stops.aclose()
            await asked(again, world.agent, "payments.payout")
            async with site_of(again, port=site.port):
                await expect(lea.page.get_by_text("payments.payout")).to_be_visible(timeout=30_000)
