"""What a card says, the same on every surface, whatever an agent writes."""

from tests.chat.house import House
from tests.chat.surface import Place, Shown

WHOM = (
    "<!channel> <!here> @everyone @here <@U0000001> <@42> <@&7> <#9> </pay:1> <https://evil.example|click> "
    "[click](https://evil.example) https://evil.example/x"
)
HOW = "*bold* **bold** __u__ ~~s~~ ||spoiler|| `code` ```block``` ```` :tada: <:tada:123> <t:1:R> [red]no[/red] & < >"
"""Everything that means something to one chat or another."""
UNSEEN = "\u202egnp.exe\u202c \u200b \x07 \x1b[2J \x1b]0;title\x07 \u00ad \u2066"
SHOWN = "\\u202egnp.exe\\u202c \\u200b \\u0007 \\u001b[2J \\u001b]0;title\\u0007 \\u00ad \\u2066"


async def test_it_says_who_asks_for_what_why_and_what_it_is_in_this_order(house: House, place: Place) -> None:
    await house.rule("production", match={"action": "deploy.prod"}, approvers=[place.ada.actor, place.bob.actor])
    request = await house.asks(
        urgency="critical",
        params={"env": "prod", "apiToken": "s3cret"},
        context={"reason": "release 1.4", "summary": "all green"},
    )
    card = await place.card()
    text = await card.says("requests/")
    expected = [
        "Waiting for approval · expires in 60 min", "Action deploy.prod", "Urgency critical", "Asked by api:agent",
        "Agent says", "release 1.4", "all green", "Parameters", "apiToken: •••• (hidden)", "env: prod",
        f"Why here policy production, rule 1; {place.ada.actor} or {place.bob.actor} may decide",
        f"{request.code} · {request.digest.removeprefix('sha256:')[:12]} ·",
    ]  # fmt: skip
    places = [text.find(one) for one in expected]
    assert -1 not in places, [one for one in expected if one not in text]
    assert places == sorted(places)
    assert "s3cret" not in text
    assert card.buttons == ["Approve", "Deny…", "Details"]


async def test_details_show_one_person_everything(house: House, place: Place) -> None:
    params = {f"name-{number:03}": "x" * 150 for number in range(40)} | {"password": "s3cret"}
    request = await house.asks(params=params, context={"ticket": "OPS-7"})
    card = await place.card()
    assert "more lines, see the full view" in card.text
    details = await place.bob.presses("Details", card)
    text = await details.says(f"request.pending by {house.asker}")
    for expected in ("name-000", "name-039", "ticket: OPS-7", request.id, f"Digest {request.digest}", "History"):
        assert expected in text
    assert "s3cret" not in text
    assert place.bob.has_read("name-039")
    assert not place.ada.has_read("name-039")


async def test_what_an_agent_writes_is_text_whatever_it_says(house: House, place: Place) -> None:
    await house.asks(
        "mail.send <!channel> @everyone",
        params={"<!here>": WHOM, "nested": {"```": HOW}, "unseen": UNSEEN},
        context={
            "reason": f"{WHOM}\n# heading\n> {HOW}\n{UNSEEN}",
            "summary": "```\n```py\n@here <@42>",
            "run_url": "https://evil.example/x",
        },
    )
    card = await place.card()
    await is_inert(card)
    await is_inert(await place.ada.presses("Details", card), "History")
    await place.ada.presses("Deny…", card, because=f"because {WHOM}")
    assert "Denied by" in await card.says(f"because {WHOM}")
    for_an_auditor = await place.ada.types("audit event:denied")
    assert for_an_auditor.alive == []


async def is_inert(shown: Shown, last: str = "requests/") -> None:
    """See that all of it stands there to be read, and nothing of it does anything."""
    text = await shown.says(last)
    assert shown.alive == []
    for expected in (
        "mail.send <!channel> @everyone",
        f"<!here>: {WHOM}", f'nested: {{"```": "{HOW}"}}', f"unseen: {SHOWN}",
        f"{WHOM} # heading > {HOW} {SHOWN} ``` ```py @here <@42>",
    ):  # fmt: skip
        assert expected in text


async def test_a_list_of_what_waits_is_inert_too(house: House, place: Place) -> None:
    await house.asks(f"mail.send {HOW[:90]}", context={"reason": WHOM[:100]})
    await place.card()
    pending = await place.ada.types("pending")
    text = await pending.says("1 request waits for you.")
    assert pending.alive == []
    assert f"mail.send {HOW[:90]}" in text
    assert f"Agent says: {WHOM[:100]}" in text


async def test_a_hundred_kilobytes_are_clipped_with_a_count(house: House, place: Place) -> None:
    await house.asks(params={"text": "x " * 50_000}, context={"reason": "y " * 10_000})
    card = await place.card()
    text = await card.says("requests/")
    assert "…99706 more characters, see the full view" in text
    assert "…18499 more characters, see the full view" in text
    assert "more" in await (await place.ada.presses("Details", card)).says("History")
