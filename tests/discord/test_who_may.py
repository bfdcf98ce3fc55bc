"""Who may decide from Discord: roles as they are at the click, servers, threads and direct messages."""

from tests.discord.house import APPROVE, DENY, DETAILS, House, Server, a_house
from tests.platforms.discord.routes import GUILDS, MEMBER
from tests.platforms.discord.weather import slow, status
from tests.platforms.weather import Cut, Fault


async def test_a_role_counts_as_it_is_at_the_click(database: None, place: Server) -> None:
    role = place.discord.role("oncall", place.bob)
    async with a_house(place, approvers=frozenset({f"role:{role.id}"})) as house:
        await house.asks()
        card = await house.card()
        refused = await house.discord.click(house.ada, card, APPROVE)
        assert f"discord:role:{role.id}" in (await refused.next_answer()).visible_text()
        place.discord.take(role, house.bob)
        refused = await house.discord.click(house.bob, card, APPROVE)
        assert f"discord:role:{role.id}" in (await refused.next_answer()).visible_text()
        place.discord.give(role, house.ada)
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, f"Approved by discord:{house.ada.id}")
        assert not place.discord.calls_of(MEMBER), "the press itself says which roles they have"


async def test_a_role_of_another_server_is_asked_for_there(house: House) -> None:
    other = house.discord.new_guild("other")
    house.discord.join(house.bob, other)
    role = house.discord.role("sre", house.bob, guild=other)
    await house.rule(approvers=[f"discord:role:{role.id}"])
    await house.asks()
    card = await house.card()
    refused = await house.discord.click(house.ada, card, APPROVE)
    assert "may decide" in (await refused.next_answer()).visible_text()
    house.discord.weather.on(MEMBER, status(503))
    unsaid = await house.discord.click(house.bob, card, APPROVE)
    assert "Discord does not say which roles you have" in (await unsaid.next_answer()).visible_text()
    await house.shows(card, "Waiting for approval")
    await house.discord.click(house.bob, card, APPROVE)
    await house.shows(card, "Approved by")


async def test_a_role_that_the_press_names_counts_though_another_server_is_silent(house: House) -> None:
    house.discord.new_guild("other")
    roles = [house.discord.role("oncall", house.ada), house.discord.role("sre")]
    await house.rule(approvers=[f"discord:role:{role.id}" for role in roles])
    await house.asks()
    card = await house.card()
    house.discord.weather.keep(MEMBER, status(503))
    unsaid = await house.discord.click(house.bob, card, APPROVE)
    assert "Discord does not say which roles you have" in (await unsaid.next_answer()).visible_text()
    await house.discord.click(house.ada, card, APPROVE)
    await house.shows(card, "Approved by")


async def test_what_the_press_says_is_enough_where_discord_says_nothing_else(database: None, place: Server) -> None:
    place.discord.says_little = True
    role = place.discord.role("oncall", place.bob)
    for route in (MEMBER, GUILDS):
        place.discord.weather.keep(route, status(404))
    async with a_house(place, approvers=frozenset({f"role:{role.id}"})) as house:
        await house.asks()
        card = await house.card()
        refused = await house.discord.click(house.ada, card, APPROVE)
        assert f"discord:role:{role.id}" in (await refused.next_answer()).visible_text()
        await house.discord.click(house.bob, card, APPROVE)
        await house.shows(card, f"Approved by discord:{house.bob.id}")
        assert not place.discord.calls_of(MEMBER) + place.discord.calls_of(GUILDS), "the gateway named the server"


async def test_a_press_that_says_little_still_says_from_which_channel(database: None, place: Server) -> None:
    place.discord.says_little = True
    async with a_house(place) as house:
        request = await house.asks()
        card = await house.card()
        elsewhere = house.discord.channel("general", house.ada)
        typed = await house.discord.command(house.ada, elsewhere, "approve", request=request.code)
        assert "can be decided in" in (await typed.next_answer()).visible_text()
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")


class TestAllowed:
    async def test_only_allowed_channels_are_listened_to(self, database: None, place: Server) -> None:
        async with a_house(place, allowed_channels=frozenset({"1"})) as house:
            await house.asks()
            card = await house.card()
            for button in (APPROVE, DENY):
                refused = await house.discord.click(house.ada, card, button)
                assert "not used from this channel" in (await refused.next_answer()).visible_text()
            typed = await house.discord.command(house.ada, house.ops, "pending")
            assert "DISCORD_ALLOWED_CHANNELS" in (await typed.next_answer()).visible_text()
            await house.shows(card, "Waiting for approval")

    async def test_only_allowed_servers_are_listened_to(self, database: None, place: Server) -> None:
        async with a_house(place, allowed_guilds=frozenset({"1"})) as house:
            await house.asks()
            card = await house.card()
            refused = await house.discord.click(house.ada, card, APPROVE)
            assert "DISCORD_ALLOWED_GUILDS" in (await refused.next_answer()).visible_text()

    async def test_a_thread_counts_as_its_channel(self, database: None, place: Server) -> None:
        async with a_house(place, allowed_channels=frozenset({place.ops.id})) as house:
            thread = house.discord.thread(house.ops, "release")
            typed = await house.discord.command(house.ada, thread, "whoami")
            assert "This is who you are" in (await typed.next_answer()).visible_text()
            await house.rule(channels=[f"discord:{thread.id}"])
            await house.asks()
            card = await house.discord.next_message(thread)
            await house.discord.click(house.ada, card, APPROVE)
            await house.shows(card, "Approved by")


class TestDirectMessages:
    async def test_who_is_named_decides_there_though_no_server_knows_them(self, house: House) -> None:
        house.discord.weather.keep(MEMBER, status(404))
        await house.rule(channels=[f"discord:user:{house.ada.id}"], approvers=[f"discord:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")

    async def test_a_press_that_says_little_is_heard_there_too(self, house: House) -> None:
        house.discord.says_little = True
        await house.rule(channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")

    async def test_whoever_writes_there_has_the_roles_of_the_server(self, house: House) -> None:
        role = house.discord.role("sre")
        await house.rule(approvers=[f"discord:role:{role.id}"], channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        refused = await house.discord.click(house.ada, card, APPROVE)
        assert "may decide" in (await refused.next_answer()).visible_text()
        house.discord.give(role, house.ada)
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")

    async def test_who_has_left_the_server_has_no_roles(self, house: House) -> None:
        role = house.discord.role("sre", house.ada)
        await house.rule(approvers=[f"discord:role:{role.id}"], channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        house.discord.leave(house.ada)
        refused = await house.discord.click(house.ada, card, APPROVE)
        assert "may decide" in (await refused.next_answer()).visible_text()

    async def test_who_has_left_has_nothing_to_say_about_the_cards_they_still_see(self, house: House) -> None:
        await house.rule(channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        house.discord.leave(house.ada)
        pressed = await house.discord.click(house.ada, card, DETAILS)
        assert "you (discord:" in (await pressed.next_answer()).visible_text()
        refused = await house.discord.click(house.ada, card, APPROVE)
        assert "can be decided in" in (await refused.next_answer()).visible_text()
        house.discord.join(house.ada)
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")

    async def test_when_discord_does_not_say_who_somebody_is_nobody_is_let_in(self, house: House) -> None:
        await house.rule(channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        house.discord.weather.keep(MEMBER, status(503))
        refused = await house.discord.click(house.ada, card, APPROVE)
        assert "Discord does not say" in (await refused.next_answer()).visible_text()
        await house.shows(card, "Waiting for approval")
        house.discord.weather.clear()
        await house.discord.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved by")

    async def test_a_slow_discord_keeps_no_press_waiting(self, house: House) -> None:
        await house.rule(channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        house.discord.weather.on(MEMBER, slow(2.9))
        clicked = await house.discord.click(house.ada, card, APPROVE)
        assert clicked.latency < 2.9
        await house.shows(card, "Approved by")

    async def test_a_fault_of_ours_is_told_and_leaves_the_card_its_buttons(self, house: House) -> None:
        await house.rule(channels=[f"discord:user:{house.ada.id}"])
        await house.asks()
        card = await house.discord.next_message(house.discord.direct(house.ada))
        house.discord.weather.on(MEMBER, Fault(Cut.ANSWER, 200, "{}"))
        clicked = await house.discord.click(house.ada, card, APPROVE)
        assert "finds it in the log under err_" in (await clicked.next_answer()).visible_text()
        await house.shows(card, "Waiting for approval")
        assert APPROVE in {button.text for button in card.buttons}


async def test_a_role_makes_somebody_admin(database: None, place: Server) -> None:
    role = place.discord.role("keepers", place.ada)
    async with a_house(place, admins=frozenset({f"role:{role.id}"})) as house:
        typed = await house.discord.command(house.ada, house.ops, "status")
        assert "discord" in (await typed.next_answer()).visible_text()
