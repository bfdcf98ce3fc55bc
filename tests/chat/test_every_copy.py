"""However a request ends, its card says so, and whoever comes late is told."""

import pytest

from gateway.overdue import expire_overdue
from models.tables import Request
from models.words import Scope
from tests.chat.house import House
from tests.chat.surface import Place
from tests.gates import now


async def test_a_request_that_expires_says_so_and_loses_its_buttons(house: House, place: Place) -> None:
    request = await house.asks()
    card = await place.card()
    await Request.filter(id=request.id).update(expires_at=now())
    await expire_overdue(house.gate)
    await card.says("Expired · nobody answered in time")
    assert card.buttons == []
    late = await place.ada.presses("Approve", card, stale=True)
    await late.says(f"{request.code} has expired: nobody answered in time.")


async def test_a_press_on_what_has_just_expired_decides_nothing(house: House, place: Place) -> None:
    request = await house.asks()
    card = await place.card()
    await Request.filter(id=request.id).update(expires_at=now())
    late = await place.ada.presses("Approve", card)
    await late.says(f"{request.code} has expired: nobody answered in time.")
    await expire_overdue(house.gate)
    await card.says("Expired")
    assert (await house.agent.get(request)).status == "expired"


async def test_a_cancelled_request_says_so_and_loses_its_buttons(house: House, place: Place) -> None:
    request = await house.asks()
    card = await place.card()
    await house.agent.cancel(request)
    await card.says(f"Cancelled by {house.asker}")
    assert card.buttons == []
    late = await place.bob.presses("Deny…", card, because="no", stale=True)
    await late.says(f"{request.code} was cancelled by {house.asker}.")


@pytest.mark.parametrize("decision", ["approved", "denied"])
async def test_a_decision_by_the_api_is_shown(house: House, place: Place, decision: str) -> None:
    request = await house.asks()
    card = await place.card()
    console = await house.api.with_scopes(Scope.REQUEST_DECIDE)
    await console.post(f"/api/requests/{request.id}/decide", json={"decision": decision, "reason": "by hand"})
    assert "by hand" in await card.says(f"{decision.capitalize()} by api:key-1")
    late = await place.ada.presses("Approve", card, stale=True)
    await late.says(f"{request.code} was already {decision} by api:key-1.")
