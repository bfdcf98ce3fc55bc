"""Cards on their way to Discord, and what carries them there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.discord.custom_ids import Pages
from bot.discord.notifier import DiscordNotifier
from bot.discord.options import DiscordOptions
from bot.discord.rest import DiscordRest
from gateway.card import Button, Card, Facts, Tone, Verb
from tests.platforms.discord import FakeDiscord

REQUEST = "req_" + "0" * 26
WAITING = Card(
    "Waiting for approval",
    Tone.WAITING,
    (Facts((("Action", "deploy.prod"), ("Urgency", "high"))),),
    (Button(Verb.APPROVE, "Approve", REQUEST), Button(Verb.DENY, "Deny…", REQUEST, asks_reason=True)),
    "k7qm-3vtx",
    REQUEST,
)
APPROVED = Card(
    "Approved by discord:42",
    Tone.GOOD,
    (Facts((("Outcome", "approved by discord:42"),)),),
    footer="k7qm-3vtx",
    request_id=REQUEST,
)


def requests(count: int) -> Sequence[Card]:
    """Return the cards of as many requests."""
    return [Card("Waiting for approval", Tone.WAITING, request_id=f"req_{number:026}") for number in range(count)]


@asynccontextmanager
async def a_notifier(discord: FakeDiscord, *, token: str | None = None) -> AsyncIterator[DiscordNotifier]:
    """Post to this Discord until the block ends."""
    rest = DiscordRest(DiscordOptions(token or discord.token, api_url=discord.base_url))
    try:
        yield DiscordNotifier(rest, Pages())
    finally:
        await rest.close()
