"""What stands on a card between a press and its outcome, and the modal that asks why."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.discord.components import QUIET
from bot.discord.custom_ids import Pages
from bot.discord.modals import LONGEST_REASON, reason_in, reason_modal
from bot.discord.notifier import DiscordNotifier, said
from bot.discord.recording import as_it_was, recording
from bot.discord.render import message_view
from gateway.card import Button, Card, Entry, Verb
from tests.discord.cards import components, lines, wrong_with
from tests.discord.house import Server
from tests.discord.posting import REQUEST, WAITING
from tests.platforms.discord.limits.modals import wrong_with_modal


async def standing(notifier: DiscordNotifier, place: Server, card: Card) -> discord.Message:
    """Post a card and return it as discord.py has it."""
    channel = (await notifier.rest.client()).get_partial_messageable(int(place.ops.id))
    return await channel.send(view=message_view(card, Pages()), allowed_mentions=QUIET)


async def test_recording_stands_where_the_buttons_were(place: Server, notifier: DiscordNotifier) -> None:
    view = recording(await standing(notifier, place, WAITING))
    before = lines(components(message_view(WAITING, Pages())))
    assert lines(components(view)) == [*before[:-3], "Recording …", "k7qm-3vtx"]
    assert wrong_with(components(view)) == []
    assert view.is_finished()


async def test_every_button_of_a_list_gives_way(place: Server, notifier: DiscordNotifier) -> None:
    entries = tuple(Entry(f"code-{number}", ("deploy.prod",), WAITING.buttons) for number in range(4))
    card = Card("4 requests wait", sections=entries, buttons=(Button(Verb.RUN, "Older", "pending after:1"),))
    read = lines(components(recording(await standing(notifier, place, card))))
    assert [line for line in read if "[" in line] == []
    assert read[-1] == "Recording …"
    assert [line for line in read if "code" in line] == [f"code-{number}" for number in range(4)]


async def test_a_card_that_nothing_came_of_stands_as_it_stood(place: Server, notifier: DiscordNotifier) -> None:
    view = as_it_was(await standing(notifier, place, WAITING))
    assert said(components(view)) == said(components(message_view(WAITING, Pages())))
    assert components(view)[0]["accent_color"] == components(message_view(WAITING, Pages()))[0]["accent_color"]
    assert view.is_finished()


@pytest.mark.parametrize(("verb", "required"), [(Verb.APPROVE, True), (Verb.DENY, False)])
async def test_the_modal_asks_why_within_the_limits(verb: Verb, required: bool) -> None:
    modal = reason_modal(verb, REQUEST, required=required)
    sent: Any = modal.to_dict()
    assert wrong_with_modal(sent) == []
    assert sent["custom_id"] == f"agentgate:reason:{verb.value}:{REQUEST}"
    asked = sent["components"][0]["component"]
    assert (asked["required"], asked["max_length"]) == (required, LONGEST_REASON)
    assert modal.is_finished(), "discord.py keeps no modal that is finished before it is sent"


@pytest.mark.parametrize("kept_in", ["component", "components"])
async def test_a_reason_is_read_from_under_a_label_and_from_a_row(kept_in: str) -> None:
    box = {"type": 4, "custom_id": "reason", "value": "not on a Friday"}
    part = {kept_in: box if kept_in == "component" else [box]}
    submitted: Any = SimpleNamespace(data={"custom_id": "agentgate:reason:deny:r", "components": [part]})
    assert reason_in(submitted) == "not on a Friday"
