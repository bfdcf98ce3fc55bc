"""The limits of messages: the most that is taken, and one more refused with its place."""

from typing import Any

import discord
import pytest
from discord.http import Route

from tests.platforms.discord import Call, Channel, FakeDiscord, Flag
from tests.platforms.discord.limits.messages import wrong_with_message
from tests.platforms.discord.refusals import Refusal
from tests.platforms.discord.routes.messages import create
from tests.platforms.discord_py import EchoClient

Json = dict[str, Any]
LAYOUT = int(Flag.COMPONENTS_V2)


def embed(**parts: Any) -> Json:
    return {"embeds": [{"title": "t", **parts}]}


def fields(count: int, name: int = 1, value: int = 1) -> Json:
    return embed(fields=[{"name": "n" * name, "value": "v" * value}] * count)


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def rows(*rows: Json) -> Json:
    return {"components": list(rows)}


def button(name: str = "b", **parts: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Press", "custom_id": name, **parts}


def buttons(count: int, in_rows: int = 1) -> Json:
    return rows(*(row(*(button(f"{at}.{number}") for number in range(count))) for at in range(in_rows)))


def link(**parts: Any) -> Json:
    return rows(row({"type": 2, "style": 5, "label": "Go", "url": "https://a.example", **parts}))


def select(count: int = 1, label: int = 1, value: int = 1, **parts: Any) -> Json:
    options = [{"label": "l" * label, "value": f"{number}".rjust(value, "v")} for number in range(count)]
    return {"type": 3, "custom_id": "s", "options": options, **parts}


def text(content: str = "t") -> Json:
    return {"type": 10, "content": content}


def section(*texts: Json, **parts: Any) -> Json:
    return {"type": 9, "components": list(texts), "accessory": button(), **parts}


def container(*parts: Json, **more: Any) -> Json:
    return {"type": 17, "components": list(parts), **more}


def layout(*parts: Json, **more: Any) -> Json:
    return {"flags": LAYOUT, "components": list(parts), **more}


TAKEN: dict[str, Json] = {
    "content 2000": {"content": "x" * 2_000},
    "10 embeds": {"embeds": [{"title": "t" * 256, "footer": {"text": "f" * 344}}] * 10},
    "description 4096": embed(description="d" * 4_096),
    "25 fields": fields(25),
    "field 256 and 1024": fields(1, 256, 1_024),
    "footer 2048": embed(footer={"text": "f" * 2_048}),
    "author 256": embed(author={"name": "a" * 256, "url": "https://a.example"}),
    "embed 6000": embed(title="t" * 256, description="d" * 4_096, footer={"text": "f" * 1_648}),
    "5 rows of 5": buttons(5, 5),
    "label 80, custom id 100": rows(row(button("c" * 100, label="l" * 80))),
    "emoji for a label": rows(row(button(label=None, emoji={"name": "👍"}))),
    "link 512": link(url="https://a.example/" + "u" * 494),
    "25 options": rows(row(select(25, 100, 100, placeholder="p" * 150))),
    "40 components": layout(container(*[text()] * 39)),
    "4000 characters": layout(text("t" * 2_000), container(text("t" * 2_000))),
    "a section of 3 texts": layout(section(text(), text(), text())),
    "a thumbnail beside": layout(section(text(), accessory={"type": 11, "media": {"url": "https://a.example/i.png"}})),
    "all together": layout(
        text(),
        {"type": 14, "spacing": 2, "divider": False},
        container(section(text()), {"type": 14}, row(button("c")), accent_color=0xFF0000, spoiler=True),
        {"type": 12, "items": [{"media": {"url": "https://a.example/i.png"}, "description": "d"}] * 10},
    ),
    "rows in a layout": layout(*(row(button(str(number))) for number in range(20))),
}
REFUSED: dict[str, tuple[Json, str]] = {
    "content 2001": ({"content": "x" * 2_001}, "content: BASE_TYPE_MAX_LENGTH"),
    "11 embeds": ({"embeds": [{"title": "t"}] * 11}, "embeds: BASE_TYPE_MAX_LENGTH"),
    "title 257": (embed(title="t" * 257), "embeds.0.title: BASE_TYPE_MAX_LENGTH"),
    "description 4097": (embed(description="d" * 4_097), "embeds.0.description: BASE_TYPE_MAX_LENGTH"),
    "26 fields": (fields(26), "embeds.0.fields: BASE_TYPE_MAX_LENGTH"),
    "field name 257": (fields(1, 257), "embeds.0.fields.0.name: BASE_TYPE_BAD_LENGTH"),
    "field value 1025": (fields(1, 1, 1_025), "embeds.0.fields.0.value: BASE_TYPE_BAD_LENGTH"),
    "a field without a value": (fields(1, 1, 0), "embeds.0.fields.0.value: BASE_TYPE_REQUIRED"),
    "footer 2049": (embed(footer={"text": "f" * 2_049}), "embeds.0.footer.text: BASE_TYPE_BAD_LENGTH"),
    "author 257": (embed(author={"name": "a" * 257}), "embeds.0.author.name: BASE_TYPE_BAD_LENGTH"),
    "embed 6001": (
        {"embeds": [{"description": "d" * 4_096}, {"description": "d" * 1_905}]},
        "embeds: MAX_EMBED_SIZE_EXCEEDED",
    ),
    "colour": (embed(color=0x1000000), "embeds.0.color: NUMBER_TYPE_MAX"),
    "an address of no web page": (embed(url="ftp://a.example"), "embeds.0.url: URL_TYPE_INVALID_SCHEME"),
    "6 rows": (buttons(1, 6), "components: BASE_TYPE_MAX_LENGTH"),
    "6 buttons": (buttons(6), "components.0.components: BASE_TYPE_BAD_LENGTH"),
    "an empty row": (rows(row()), "components.0.components: BASE_TYPE_BAD_LENGTH"),
    "label 81": (rows(row(button(label="l" * 81))), "components.0.components.0.label: BASE_TYPE_MAX_LENGTH"),
    "custom id 101": (rows(row(button("c" * 101))), "components.0.components.0.custom_id: BASE_TYPE_BAD_LENGTH"),
    "custom id twice": (
        rows(row(button()), row(button())),
        "components.1.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "id twice": (
        rows(row(button("a", id=7), button("b", id=7))),
        "components.0.components.1.id: COMPONENT_ID_DUPLICATED",
    ),
    "no custom id": (rows(row(button(""))), "components.0.components.0.custom_id: BASE_TYPE_REQUIRED"),
    "style 7": (rows(row(button(style=7))), "components.0.components.0.style: BASE_TYPE_CHOICES"),
    "nothing on it": (
        rows(row(button(label=None))),
        "components.0.components.0: BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED",
    ),
    "a link with a custom id": (
        link(custom_id="c"),
        "components.0.components.0.custom_id: BUTTON_COMPONENT_FIELD_INVALID",
    ),
    "a link to nowhere": (link(url=None), "components.0.components.0.url: BASE_TYPE_REQUIRED"),
    "link 513": (
        link(url="https://a.example/" + "u" * 495),
        "components.0.components.0.url: BASE_TYPE_BAD_LENGTH",
    ),
    "a link to a script": (link(url="javascript:1"), "components.0.components.0.url: URL_TYPE_INVALID_SCHEME"),
    "26 options": (rows(row(select(26))), "components.0.components.0.options: BASE_TYPE_BAD_LENGTH"),
    "option label 101": (
        rows(row(select(1, 101))),
        "components.0.components.0.options.0.label: BASE_TYPE_BAD_LENGTH",
    ),
    "placeholder 151": (
        rows(row(select(placeholder="p" * 151))),
        "components.0.components.0.placeholder: BASE_TYPE_MAX_LENGTH",
    ),
    "a select beside a button": (
        rows(row(select(), button())),
        "components.0.components.1: COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    "a bare button": (rows(button()), "components.0.type: UNION_TYPE_CHOICES"),
    "a text without the flag": (rows(text()), "components.0.type: UNION_TYPE_CHOICES"),
    "a text input": (rows(row({"type": 4})), "components.0.components.0.type: UNION_TYPE_CHOICES"),
    "no one to parse": (
        {"content": "x", "allowed_mentions": {"parse": ["all"]}},
        "allowed_mentions.parse.0: BASE_TYPE_CHOICES",
    ),
    "41 components": (
        layout(container(*[text()] * 40)),
        "components: COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
    ),
    "4001 characters": (
        layout(text("t" * 2_000), container(text("t" * 2_001))),
        "components: COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
    ),
    "an empty text": (layout(text("")), "components.0.content: BASE_TYPE_REQUIRED"),
    "a blank text": (layout(text(" \n")), "components.0.content: BASE_TYPE_REQUIRED"),
    "content beside": (
        layout(text(), content="x"),
        "content: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    "embeds beside": (
        layout(text(), **embed()),
        "embeds: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
    ),
    "a section of 4 texts": (layout(section(*[text()] * 4)), "components.0.components: BASE_TYPE_BAD_LENGTH"),
    "a section of none": (layout(section()), "components.0.components: BASE_TYPE_BAD_LENGTH"),
    "nothing beside a section": (layout(section(text(), accessory=None)), "components.0.accessory: BASE_TYPE_REQUIRED"),
    "a button in a section": (layout(section(button("c"))), "components.0.components.0.type: UNION_TYPE_CHOICES"),
    "a container in another": (
        layout(container(container(text()))),
        "components.0.components.0.type: UNION_TYPE_CHOICES",
    ),
    "an empty container": (layout(container()), "components.0.components: BASE_TYPE_BAD_LENGTH"),
    "spacing 3": (layout({"type": 14, "spacing": 3}), "components.0.spacing: BASE_TYPE_CHOICES"),
    "custom id twice in a layout": (
        layout(section(text()), row(button())),
        "components.1.components.0.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
}
EMPTY: list[Json] = [{}, {"content": " \n"}, {"embeds": [{}]}, {"embeds": [{"color": 1}]}, {"components": []}, layout()]


@pytest.fixture
def ops(fake: FakeDiscord) -> Channel:
    return fake.channel("ops")


def said_of(body: Json) -> list[str]:
    return [str(note) for note in wrong_with_message(body, layout=bool(body.get("flags", 0) & LAYOUT))]


@pytest.mark.parametrize("name", TAKEN)
def test_the_most_is_taken(name: str) -> None:
    assert said_of(TAKEN[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_one_more_is_refused_with_its_place(name: str) -> None:
    body, complaint = REFUSED[name]
    assert said_of(body) == [complaint]


async def test_all_of_it_on_the_wire(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=ops.id)
    for body in TAKEN.values():
        await rest.http.request(route, json=body)
    codes = set()
    for body in [*(body for body, _ in REFUSED.values()), *EMPTY]:
        with pytest.raises(discord.HTTPException) as refusal:
            await rest.http.request(route, json=body)
        codes.add((refusal.value.status, refusal.value.code))
    assert (codes, len(fake.messages(ops))) == ({(400, 50035), (400, 50006)}, len(TAKEN))


async def test_the_client_hears_which_place_is_wrong(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    with pytest.raises(discord.HTTPException, match=r"In embeds\.0\.title: Must be 256 or fewer in length\."):
        await rest.send(ops, embed=discord.Embed(title="t" * 257))
    [error] = fake.calls[-1].answer["errors"]["embeds"]["0"]["title"]["_errors"]
    assert error == {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}


async def test_an_edit_is_held_to_the_same(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    sent = await rest.send(ops, "x", embed=discord.Embed(description="d" * 4_000))
    with pytest.raises(discord.HTTPException, match="Embed size exceeds"):
        await sent.edit(embeds=[discord.Embed(description="d" * 3_001)] * 2)
    assert fake.messages(ops)[0].edits == []


async def test_a_layout_of_many_bytes_breaks_discord(fake: FakeDiscord, rest: EchoClient, ops: Channel) -> None:
    """10 170 bytes: three a character, twelve a text. discord-api-docs issue 8554."""
    fitting, breaking = (layout(text("字" * count)) for count in (3_386, 3_387))
    await rest.http.request(Route("POST", "/channels/{channel_id}/messages", channel_id=ops.id), json=fitting)
    call = Call("POST", "", 0, body=breaking, named={"channel": ops.id})
    with pytest.raises(Refusal) as refusal:
        create(fake, call)
    assert (refusal.value.status, len(fake.messages(ops))) == (500, 1)
