"""Lists that are looked through by buttons: what waits, one request, the audit trail – each told to the asker alone."""

import pytest

from tests.chat.house import House
from tests.chat.surface import Place


async def test_nothing_waits(house: House, place: Place) -> None:
    told = await place.bob.types("pending")
    await told.says("Nothing waits for you.")
    assert told.buttons == []


async def test_what_waits_is_paged_by_buttons_and_decided_by_buttons(house: House, place: Place) -> None:
    codes = []
    for number in range(7):
        codes.append((await house.asks(f"deploy.{number}", context={"reason": f"because {number}"})).code)
        await place.card()
    first = await place.ada.types("pending")
    text = await first.says("5 requests wait for you, and there are older ones.")
    assert [code for code in reversed(codes) if code in text] == codes[:1:-1]
    assert "Agent says: because 6" in text
    assert first.buttons == [*["Approve", "Deny…", "Details"] * 5, "Older"]
    second = await place.ada.presses("Older", first)
    text = await second.says("2 requests wait for you")
    assert [code for code in reversed(codes) if code in text] == codes[1::-1]
    assert second.buttons[-1] == "Newest"
    told = await place.ada.presses("Approve", second, nth=1)
    await told.says(f"{codes[0]} is approved.")
    told = await place.ada.presses("Deny…", second, because="not this one")
    await told.says(f"{codes[1]} is denied.")
    again = await place.ada.presses("Newest", second)
    await again.says(codes[6])
    assert (await house.agent.get(codes[0])).status == "approved"
    assert (await house.agent.get(codes[1])).decision_reason == "not this one"


async def test_a_list_holds_only_what_waits_for_whoever_asks(house: House, place: Place) -> None:
    await house.rule(approvers=[place.bob.actor])
    request = await house.asks()
    await place.card()
    await (await place.ada.types("pending")).says("Nothing waits for you.")
    await (await place.bob.types("pending")).says(request.code)
    assert not place.ada.has_read("1 request waits")


async def test_show_has_everything_and_the_history(house: House, place: Place) -> None:
    request = await house.asks(params={"env": "prod"}, context={"reason": "release 1.4", "ticket": "OPS-7"})
    await place.card()
    told = await place.ada.types(f"show {request.code}")
    text = await told.says(f"request.pending by {house.asker}")
    for expected in ("Waiting for approval", "env: prod", "release 1.4", "OPS-7", request.digest, request.id):
        assert expected in text
    assert told.buttons == ["Approve", "Deny…"]
    decided = await place.ada.presses("Approve", told)
    await decided.says(f"{request.code} is approved.")
    assert not place.bob.has_read("OPS-7")


@pytest.mark.parametrize("line", ["show", "approve", "deny"])
@pytest.mark.parametrize("typed", ["aaaa-aaaa", "nonsense", "req_01m84vatejp2z293je4shagw1j"])
async def test_a_request_that_is_not_there_is_said(house: House, place: Place, line: str, typed: str) -> None:
    told = await place.ada.types(f"{line} {typed}")
    await told.says(f"There is no request “{typed}”")


async def test_the_audit_trail_is_searched_and_paged_by_buttons(house: House, place: Place) -> None:
    for number in range(12):
        await house.asks(f"deploy.{number}")
        await place.card()
    first = await place.ada.types("audit event:created")
    text = await first.says("12 entries in the audit trail, 10 shown.")
    assert "deploy.11" in text
    assert "deploy.1 " not in f"{text} "
    second = await place.ada.presses("Older", first)
    assert "deploy.0" in await second.says("deploy.1")
    newest = await place.ada.presses("Newest", second)
    await newest.says("deploy.11")
    assert not place.bob.has_read("audit trail")


async def test_filters_narrow_the_audit_trail(house: House, place: Place) -> None:
    one, first = await house.asks("deploy.one"), await place.card()
    other, second = await house.asks("deploy.other"), await place.card()
    await place.ada.types(f"approve {one.code}")
    await first.says("Approved by")
    await place.bob.types(f"deny {other.code} too risky")
    await second.says("Denied by")
    for filters, count in {
        "event:approved": "1 entry", f"actor:{place.bob.actor}": "2 entries", "action:deploy.one": "4 entries",
        f"request:{other.code} event:request.denied": "1 entry", f"request:{one.id} actor:{place.bob.actor}": "Nothing",
        "from:1h event:created": "2 entries", "to:1h": "Nothing", "from:2026-01-31 event:created": "2 entries",
    }.items():  # fmt: skip
        await (await place.ada.types(f"audit {filters}")).says(f"{count} in the audit trail")
    assert "too risky" in await (await place.ada.types("audit event:denied")).says("deploy.other")
    await (await place.ada.types("audit from:soon")).says("“soon” is not a date")
    await (await place.ada.types("audit event:exploded")).says("“exploded” is not an event")
