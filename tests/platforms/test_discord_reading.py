"""What a person sees of a message: what is alive in its markdown, and whom it pings."""

import pytest

from tests.platforms.discord import Channel, FakeDiscord, Message, Permission, User
from tests.platforms.discord.markdown import Seen
from tests.platforms.discord.messages import Flag
from tests.platforms.discord.reading import read_message


def seen_in(text: str) -> Seen:
    return read_message(text, [], [])


@pytest.mark.parametrize(
    ("text", "read", "outside"),
    [
        ("plain", "plain", "plain"),
        ("a `b` c", "a b c", "a  c"),
        ("a ``b`c`` d", "a b`c d", "a  d"),
        ("x ```\nb\n``` y", "x \nb\n y", "x  y"),
        ("x ```py\nb\n``` y", "x \nb\n y", "x  y"),
        ("x ```b``` y", "x \nb\n y", "x  y"),
        ("x ```\nb\n``c`", "x `\nb\nc`", "x c`"),
        ("x ```\nb", "x ```\nb", "x ```\nb"),
        ("```\na\n``` b ```", "\na\n b ```", " b ```"),
        (r"\`a\`", "`a`", "`a`"),
        ("```\n**b** @everyone <@1> https://a.example\n```", "\n**b** @everyone <@1> https://a.example\n", ""),
        ("**b** __u__ ~~s~~ ||h|| *i*", "b u s h i", "b u s h i"),
        ("2 * 3 * 4, a_b_c, 5 ** 2", "2  3  4, a_b_c, 5 ** 2", "2  3  4, a_b_c, 5 ** 2"),
        ("# Big\n> said\n-# small", "Big\nsaid\nsmall", "Big\nsaid\nsmall"),
        ("#no >no", "#no >no", "#no >no"),
        ("[a](https://a.example) <https://b.example>", "«a → https://a.example» «https://b.example»", None),
        ("<@1> <@!2> <@&3> <#4> </go:5> @here", "«@1» «@2» «@&3» «#4» «/go:5» «@here»", None),
        ("<:wave:123> <t:1700000000:R>", "«:wave:» «time 1700000000»", None),
    ],
)
def test_markdown(text: str, read: str, outside: str | None) -> None:
    seen = seen_in(text)
    assert (seen.text, seen.outside_code) == (read, read if outside is None else outside)


def test_nothing_is_alive_in_code() -> None:
    inert = seen_in("```\n# a **b** @everyone <@1> [c](https://a.example) <:dd:12>\n``` `||e|| @here`")
    assert (inert.mentions, inert.links, inert.emoji, inert.formatted) == ([], [], [], [])
    alive = seen_in("# a **b** @everyone <@1> [c](https://a.example) <:dd:12> ||e|| @here")
    assert alive.mentions == ["@everyone", "@1", "@here"]
    assert (alive.links, alive.emoji) == (["https://a.example"], ["dd"])
    assert set(alive.formatted) == {"#", "**", "||"}


def test_who_breaks_out_of_a_code_block_is_alive() -> None:
    seen = seen_in("```\nharmless ``` @everyone ```\n```")
    assert (seen.mentions, "@everyone" in seen.outside_code) == (["@everyone"], True)


def test_an_embed_is_read_in_its_order() -> None:
    embed = {
        "author": {"name": "**author**"},
        "title": "title <@1>",
        "url": "https://a.example",
        "description": "text <@2>",
        "fields": [{"name": "name", "value": "`value`"}],
        "footer": {"text": "foot @here"},
    }
    seen = read_message("above", [embed], [])
    assert seen.text == "above\n**author**\ntitle «@1»\ntext «@2»\nname\nvalue\nfoot @here"
    assert (seen.mentions, seen.links) == (["@2"], ["https://a.example"])
    assert "value" not in seen.outside_code


def test_components_are_read_in_their_order() -> None:
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "beside"}],
        "accessory": {"type": 2, "style": 5, "label": "Open", "url": "https://a.example"},
    }
    select = {"type": 1, "components": [{"type": 3, "custom_id": "s", "placeholder": "Pick", "options": []}]}
    separators = [{"type": 14}, {"type": 14, "divider": False}]
    seen = read_message("", [], [{"type": 17, "components": [section, *separators, select]}])
    assert seen.text == "beside\n[Open]\n———\n[Pick]"


@pytest.fixture
def ada(fake: FakeDiscord) -> User:
    return fake.user("ada")


@pytest.fixture
def ops(fake: FakeDiscord, ada: User) -> Channel:
    return fake.channel("ops", ada)


def pings(fake: FakeDiscord, channel: Channel, text: str, **more: object) -> list[str]:
    return Message(channel, "1", fake.app.bot_user, text, **more).mentions  # type: ignore[arg-type]  # what tests give


def test_everything_pings_unless_it_is_told(fake: FakeDiscord, ada: User, ops: Channel) -> None:
    role = fake.role("sre", permissions=Permission.NONE)
    text = f"<@{ada.id}> <@{ada.id}> <@&{role.id}> @everyone `@here` <@1>"
    assert pings(fake, ops, text) == ["@ada"]
    role.mentionable = True
    assert pings(fake, ops, text) == ["@ada", "@&sre"]
    ops.allow(fake.app.bot_user, Permission.MENTION_EVERYONE)
    assert pings(fake, ops, text) == ["@ada", "@&sre", "@everyone"]
    for allowed, expected in (
        ({"parse": []}, []),
        ({"parse": ["users"]}, ["@ada"]),
        ({"parse": ["everyone"]}, ["@everyone"]),
        ({"roles": [role.id]}, ["@&sre"]),
        ({"users": [ada.id], "parse": ["roles"]}, ["@ada", "@&sre"]),
    ):
        assert pings(fake, ops, text, allowed_mentions=allowed) == expected


def test_answers_to_interactions_ping_people_only(fake: FakeDiscord, ada: User, ops: Channel) -> None:
    ops.allow(fake.app.bot_user, Permission.MENTION_EVERYONE)
    text = f"<@{ada.id}> @everyone"
    assert pings(fake, ops, text, interaction_metadata={"type": 2}) == ["@ada"]


def test_texts_of_a_layout_ping_and_embeds_do_not(fake: FakeDiscord, ada: User, ops: Channel) -> None:
    parts = [{"type": 17, "components": [{"type": 10, "content": f"<@{ada.id}>"}]}]
    assert pings(fake, ops, "", components=parts, flags=Flag.COMPONENTS_V2) == ["@ada"]
    assert pings(fake, ops, "", embeds=[{"description": f"<@{ada.id}>"}]) == []


def test_nobody_is_pinged_from_afar(fake: FakeDiscord, ada: User, ops: Channel) -> None:
    stranger = fake.user("stranger", member=False)
    assert pings(fake, ops, f"<@{stranger.id}>") == []
    assert pings(fake, fake.direct(ada), f"<@{ada.id}> @everyone") == ["@ada"]
