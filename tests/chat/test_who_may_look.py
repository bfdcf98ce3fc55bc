"""Who may look at a request and at the audit trail: where nobody is named, everybody at what hangs where they are."""

from tests.chat.conftest import on_somebodys_servers
from tests.chat.house import a_house
from tests.chat.surface import Hosted

pytestmark = on_somebodys_servers

SECRET = "OPS-7"
"""Stands in a request, and in no refusal."""


async def test_without_approvers_a_request_is_shown_where_its_card_hangs_and_nowhere_else(
    database: None, place: Hosted
) -> None:
    async with a_house(place) as house:
        request = await house.asks(context={"ticket": SECRET})
        card = await place.card()
        told = await place.bob.types(f"show {request.code}", where="general")
        text = await told.says(f"{request.code} is shown only in {place.target}.")
        assert f"{place.setting}_APPROVERS" in text
        assert told.buttons == []
        assert not place.bob.has_read(SECRET)
        await (await place.bob.types(f"show {request.code}")).says(SECRET)
        await (await place.ada.presses("Details", card)).says(SECRET)


async def test_whom_a_rule_names_looks_from_anywhere_and_others_where_the_card_hangs(
    database: None, place: Hosted
) -> None:
    async with a_house(place) as house:
        await house.rule(approvers=[place.ada.actor])
        request = await house.asks(context={"ticket": SECRET})
        card = await place.card()
        told = await place.bob.types(f"show {request.code}", where="general")
        await told.says(f"{request.code} is shown only to {place.ada.actor} and in {place.target}.")
        assert not place.bob.has_read(SECRET)
        await (await place.ada.types(f"show {request.code}", where="general")).says(SECRET)
        await (await place.bob.presses("Details", card)).says(SECRET)


async def test_who_asked_looks_from_anywhere(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        await house.links("bob", house.asker, place.bob)
        request = await house.asks(context={"ticket": SECRET})
        await place.card()
        await (await place.bob.types(f"show {request.code}", where="general")).says(SECRET)


async def test_a_card_is_looked_into_in_a_direct_message_too(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        await house.rule(channels=[place.ada.target])
        request = await house.asks(context={"ticket": SECRET})
        card = await place.ada.card()
        await (await place.ada.presses("Details", card)).says(SECRET)
        told = await place.bob.types(f"show {request.code}")
        await told.says(f"{request.code} is shown only in {place.ada.target}.")
        assert not place.bob.has_read(SECRET)


async def test_who_comes_late_from_elsewhere_is_told_how_it_stands_and_no_more(database: None, place: Hosted) -> None:
    async with a_house(place) as house:
        request = await house.asks("deploy.hush")
        card = await place.card()
        await place.ada.presses("Deny…", card, because="too early for that")
        await card.says("Denied by")
        told = await place.bob.types(f"approve {request.code}", where="general")
        text = await told.says(f"{request.code} was already denied by {place.ada.actor}.")
        assert "hush" not in text
        assert "too early" not in text
        assert told.buttons == []
        assert "too early" in await (await place.bob.types(f"approve {request.code}")).says("was already denied by")


async def test_without_approvers_the_audit_trail_is_for_whom_a_setting_names(database: None, place: Hosted) -> None:
    async with a_house(place, auditors={"ada"}) as house:
        request = await house.asks("deploy.hush")
        await place.card()
        told = await place.bob.types("audit")
        assert f"{place.setting}_AUDITORS" in await told.says("audit is for auditors")
        assert not place.bob.has_read("entries in the audit trail")
        await (await place.ada.types("audit event:created")).says(request.code)


async def test_without_any_list_the_audit_trail_names_each_setting_that_opens_it(database: None, place: Hosted) -> None:
    async with a_house(place):
        text = await (await place.ada.types("audit")).says("audit is for auditors")
        for name in ("AUDITORS", "APPROVERS", "ADMINS"):
            assert f"{place.setting}_{name}" in text


async def test_without_auditors_the_named_approvers_search_the_audit_trail(database: None, place: Hosted) -> None:
    async with a_house(place, approvers={"ada"}) as house:
        request = await house.asks()
        await place.card()
        await (await place.ada.types("audit event:created")).says(request.code)
        await (await place.bob.types("audit")).says("audit is for auditors")


async def test_an_admin_looks_everywhere_also_where_no_approvers_are_named(database: None, place: Hosted) -> None:
    async with a_house(place, admins={"ada"}) as house:
        request = await house.asks(context={"ticket": SECRET})
        await place.card()
        await (await place.ada.types(f"show {request.code}", where="general")).says(SECRET)
        await (await place.ada.types("audit event:created", where="general")).says(request.code)


async def test_whoami_says_of_what_somebody_is_approver(database: None, place: Hosted) -> None:
    async with a_house(place, admins={"ada"}):
        text = await (await place.bob.types("whoami")).says("approver of what hangs where you are")
        assert f"{place.setting}_APPROVERS names nobody" in text
        assert "Not auditor" in text
        text = await (await place.ada.types("whoami")).says("approver, auditor, admin")
        assert "names nobody" not in text


async def test_where_nothing_waits_it_is_said_that_cards_are_decided_where_they_hang(
    database: None, place: Hosted
) -> None:
    async with a_house(place) as house:
        request = await house.asks()
        await place.card()
        told = await place.bob.types("pending", where="general")
        text = await told.says("Nothing waits for you here.")
        assert (
            f"{place.setting}_APPROVERS names nobody, so what no rule names approvers for is decided where it hangs"
            in text
        )
        await (await place.bob.types("pending")).says(request.code)


async def test_help_offers_what_somebody_may_do_where_nobody_is_named(database: None, place: Hosted) -> None:
    async with a_house(place):
        text = await (await place.bob.types("help")).says("show REQUEST")
        assert "Looking back" not in text
