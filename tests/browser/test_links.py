"""A link in a real browser: read on a phone, answered by finger or by keyboard, with and without script."""

import pytest

from gateway import browse
from gateway.gate import Gate
from gateway.views import RequestView
from models.words import Scope, Status
from tests.browser.looks import DESK, PHONE, Look
from tests.browser.visitor import Visitors
from tests.conftest import a_key
from tests.gateway.linked import LEA, token
from tests.gateway.scenes import asked


async def waiting(gate: Gate) -> RequestView:
    agent = await a_key(gate, "deploy-bot", Scope.REQUEST_CREATE)
    return await asked(gate, agent, params={"env": "prod"}, context={"reason": "Hotfix"})


@pytest.mark.parametrize("look", [PHONE, PHONE.without_script, DESK.without_script], ids=str)
async def test_one_press_approves(gate: Gate, visitors: Visitors, look: Look) -> None:
    request = await waiting(gate)
    async with visitors.on(look) as lea:
        await lea.opens(f"/l/{await token(gate, request, LEA)}")
        await lea.presses("Approve")
        await lea.sees("You approved this request")
    assert (await browse.load(request.id)).status is Status.APPROVED


@pytest.mark.parametrize("look", [PHONE, PHONE.without_script, DESK], ids=str)
async def test_the_keyboard_is_enough(gate: Gate, visitors: Visitors, look: Look) -> None:
    request = await waiting(gate)
    async with visitors.on(look) as lea:
        await lea.opens(f"/l/{await token(gate, request, LEA, 'deny')}")
        assert await lea.tabs_to("textarea") == []
        await lea.page.keyboard.type("Not on a Friday")
        assert await lea.tabs_to("button") == []
        await lea.page.keyboard.press("Enter")
        await lea.sees("You denied this request")
    assert (await browse.load(request.id)).decision_reason == "Not on a Friday"
