"""What Discord refuses of answers to interactions: too late, twice, of the wrong kind, with an old token."""

from typing import Any

import discord
import pytest
from discord.http import Route

from tests.platforms.discord import Channel, FakeDiscord, Interaction, User
from tests.platforms.discord.interactions import Did
from tests.platforms.discord.routes import CALLBACK
from tests.platforms.discord_py import EchoClient, buttons

ANSWER = {"type": 4, "data": {"content": "hello"}}
TEXT: dict[str, Any] = {"type": 4, "custom_id": "t", "style": 1, "label": "Why?"}
MODAL = {"title": "Why?", "custom_id": "m", "components": [{"type": 1, "components": [TEXT]}]}


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.user("ada")


@pytest.fixture
def ops(fake: FakeDiscord, ada: User) -> Channel:
    return fake.channel("ops", ada)


@pytest.fixture
async def clicked(fake: FakeDiscord, online: EchoClient, ada: User, ops: Channel) -> Interaction:
    """A click that nobody has answered, and that may still be."""
    await online.send(ops, view=buttons("crash"))
    fake.patience = 0
    clicked = await fake.click(ada, await fake.next_message(ops), "Crash")
    fake.patience = 60
    assert (clicked.ack, clicked.trouble) == (None, "timeout")
    return clicked


async def call(client: EchoClient, method: str, path: str, **body: Any) -> int:
    """Return the number that Discord refuses a call with, 0 when it takes it."""
    try:
        await client.http.request(Route(method, path), **body)
    except discord.HTTPException as trouble:
        return trouble.code
    return 0


async def answer(client: EchoClient, interaction: Interaction, body: Any) -> int:
    """Answer for the first time."""
    return await call(client, "POST", f"/interactions/{interaction.id}/{interaction.token}/callback", json=body)


async def later(client: EchoClient, interaction: Interaction, method: str = "POST", message: str = "") -> int:
    """Answer again, or do something to an answer."""
    path = f"/webhooks/{interaction.discord.application_id}/{interaction.token}"
    body = {"json": {"content": "more"}} if method in {"POST", "PATCH"} else {}
    return await call(client, method, f"{path}/messages/{message}" if message else path, **body)


async def test_the_first_answer_counts(online: EchoClient, clicked: Interaction) -> None:
    assert [await answer(online, clicked, ANSWER) for _ in range(2)] == [0, 40060]
    assert [call.status for call in clicked.attempts] == [204, 400]
    assert [message.content for message in clicked.answers] == ["hello"]


async def test_an_answer_after_three_seconds_is_refused(
    fake: FakeDiscord, online: EchoClient, clicked: Interaction
) -> None:
    fake.patience = 3
    clicked.age(seconds=3)
    assert await answer(online, clicked, ANSWER) == 10062
    assert fake.calls_of(CALLBACK)[-1].status == 404
    assert await later(online, clicked) == 10015


@pytest.mark.parametrize(("minutes", "code"), [(14, 0), (16, 50027)])
async def test_a_token_is_good_for_fifteen_minutes(
    online: EchoClient, clicked: Interaction, minutes: float, code: int
) -> None:
    await answer(online, clicked, ANSWER)
    clicked.age(minutes=minutes)
    assert await later(online, clicked) == code
    assert await later(online, clicked, "PATCH", "@original") == code
    assert await later(online, clicked, "DELETE", "@original") == code
    assert len(clicked.answers) == 1


async def test_what_is_not_there(fake: FakeDiscord, online: EchoClient, clicked: Interaction) -> None:
    stranger = Interaction(fake, "1", "nothing", clicked.did, clicked.user, clicked.channel)
    assert [await answer(online, stranger, ANSWER), await later(online, stranger)] == [10062, 50027]
    assert await later(online, clicked) == 10015
    await answer(online, clicked, ANSWER)
    assert await later(online, clicked, "GET", "123") == 10008
    assert await later(online, clicked, "DELETE", "@original") == 0
    assert await later(online, clicked, "GET", "@original") == 10008


async def test_an_answer_is_read_edited_and_deleted(online: EchoClient, clicked: Interaction) -> None:
    await answer(online, clicked, ANSWER)
    [message] = clicked.answers
    assert await later(online, clicked, "PATCH", message.id) == await later(online, clicked, "GET", message.id) == 0
    assert (message.content, message.edits[0].content) == ("more", "hello")
    assert await later(online, clicked, "DELETE", message.id) == 0
    assert clicked.answers == []


@pytest.mark.parametrize(
    ("did", "has_message", "taken"),
    [
        (Did.COMPONENT, True, {4, 5, 6, 7, 9}),
        (Did.COMMAND, False, {4, 5, 9}),
        (Did.SUBMIT, True, {4, 5, 6, 7}),
        (Did.SUBMIT, False, {4, 5}),
        (Did.AUTOCOMPLETE, False, {8}),
    ],
)
async def test_an_answer_must_fit_what_was_done(
    fake: FakeDiscord, online: EchoClient, clicked: Interaction, did: Did, has_message: bool, taken: set[int]
) -> None:
    bodies = {4: {"content": "x"}, 7: {"content": "x"}, 8: {"choices": []}, 9: MODAL}
    source = clicked.source if has_message else None
    codes = {}
    for kind in (1, 4, 5, 6, 7, 8, 9, 10, 99):
        one = Interaction(fake, fake.new_id(), f"t{kind}", did, clicked.user, clicked.channel, source, focused_kind=3)
        fake.interactions[one.id] = one
        codes[kind] = await answer(online, one, {"type": kind, "data": bodies.get(kind)})
    assert {kind for kind, code in codes.items() if code == 0} == taken
    assert {code for code in codes.values() if code} == {50035}


async def test_a_refused_answer_leaves_room_for_a_better_one(online: EchoClient, clicked: Interaction) -> None:
    assert await answer(online, clicked, {"type": 4, "data": {"content": "x" * 2001}}) == 50035
    assert await answer(online, clicked, {"type": 4, "data": {"content": " "}}) == 50006
    assert await answer(online, clicked, {"type": 9, "data": {**MODAL, "title": "x" * 46}}) == 50035
    assert await answer(online, clicked, ANSWER) == 0
    assert [call.status for call in clicked.attempts] == [400, 400, 400, 204]


async def test_with_nobody_connected_a_click_fails_at_once(fake: FakeDiscord, ada: User, ops: Channel) -> None:
    async with EchoClient() as offline:
        await offline.login(fake.token)
        await offline.send(ops, view=buttons("approve"))
    assert (await fake.click(ada, await fake.next_message(ops), "Approve")).trouble == "timeout"
