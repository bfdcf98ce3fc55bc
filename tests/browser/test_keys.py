"""Keys in a real browser: made, copied, shown once, and revoked, with script and without."""

import pytest
from playwright.async_api import expect

from gateway.gate import Gate
from models.words import Scope
from tests.browser.looks import DESK, PHONE, Look
from tests.browser.visitor import Visitor, Visitors
from tests.conftest import a_key


async def makes_a_key(visitor: Visitor) -> str:
    """Fill in the form that makes a key; return the secret as it stands on the page after it."""
    await visitor.opens("/keys")
    await visitor.page.get_by_role("link", name="Create a key").click()
    await visitor.page.get_by_label("Name").fill("lea")
    await visitor.page.get_by_label("request:read").check()
    await visitor.page.get_by_label("Expires").select_option("In 30 days")
    await visitor.presses("Create the key")
    await visitor.sees("The key lea is made")
    return await visitor.page.locator(".secret").inner_text()


@pytest.mark.parametrize("look", [PHONE, PHONE.without_script, DESK], ids=str)
async def test_a_key_is_made_and_shown_once(gate: Gate, visitors: Visitors, look: Look) -> None:
    async with visitors.on(look, key=await a_key(gate, "root", Scope.ADMIN)) as root:
        made = await gate.keyring.find(await makes_a_key(root))
        assert made is not None
        assert (made.name, made.created_by) == ("lea", "web:root")
        assert "agk_" not in root.page.url
        await root.page.reload()
        await root.sees("The key lea cannot be shown again")


async def test_it_is_copied_by_a_button_where_scripts_run(gate: Gate, visitors: Visitors) -> None:
    key = await a_key(gate, "root", Scope.ADMIN)
    async with visitors.on(PHONE, key=key) as root:
        await root.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        secret = await makes_a_key(root)
        await root.page.get_by_role("button", name="Copy").click()
        await expect(root.page.get_by_role("button", name="Copied")).to_be_visible()
        assert await root.page.evaluate("navigator.clipboard.readText()") == secret


async def test_where_none_run_there_is_no_button_that_does_nothing(gate: Gate, visitors: Visitors) -> None:
    async with visitors.on(PHONE.without_script, key=await a_key(gate, "root", Scope.ADMIN)) as root:
        await makes_a_key(root)
        await expect(root.page.get_by_role("button", name="Copy")).to_have_count(0)


@pytest.mark.parametrize("look", [PHONE, PHONE.without_script, DESK], ids=str)
async def test_a_key_is_revoked_after_a_second_look(gate: Gate, visitors: Visitors, look: Look) -> None:
    bot = await a_key(gate, "deploy-bot", Scope.REQUEST_CREATE)
    async with visitors.on(look, key=await a_key(gate, "root", Scope.ADMIN)) as root:
        await root.opens("/keys")
        await root.page.get_by_role("link", name="Revoke deploy-bot").click()
        await root.sees("Revoke deploy-bot?")
        assert await gate.keyring.find(bot.secret)
        await root.presses("Revoke the key")
        await root.sees("API keys")
        await expect(root.page.get_by_role("status")).to_contain_text("The key deploy-bot is revoked.")
    assert await gate.keyring.find(bot.secret) is None
