"""What pages need beside AgentGate: a Slack, a Discord, a mail server – real ones of ours – and who answers there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.databases import postgres_server
from tests.discord.house import APPROVE as APPROVE_IN_DISCORD
from tests.discord.house import a_server
from tests.mail.house import address_in
from tests.platforms.smtp import a_mail_server
from tests.slack.house import APPROVE as APPROVE_IN_SLACK
from tests.slack.house import a_workspace
from tests.stories.discord import discord_settings
from tests.stories.mail import confirms, mail_settings, opens
from tests.stories.slack import slack_settings

PATIENCE = 30
PASSWORD = "a-password-of-the-page"
READER = "you@example.com"


@dataclass(frozen=True, slots=True)
class Service:
    """The settings that lead to it, and who answers the next card there; nobody, where the local chat does."""

    given: dict[str, str] = field(default_factory=dict)
    answers: Callable[[], Awaitable[None]] | None = None
    written: dict[str, str] = field(default_factory=dict)
    """What stands on the page in place of an address or a password."""
    sql: Callable[[str], None] | None = None


@asynccontextmanager
async def nothing() -> AsyncIterator[Service]:
    """Most pages need nothing."""
    yield Service()


@asynccontextmanager
async def slack() -> AsyncIterator[Service]:
    """A workspace with #approvals and Ada, who approves."""
    async with a_workspace() as place:
        channel = place.slack.channel("approvals", place.ada)

        async def answers() -> None:
            card = await place.slack.next_message(channel, within=PATIENCE)
            await place.slack.click(place.ada, card, APPROVE_IN_SLACK)

        yield Service({**slack_settings(place), "SLACK_DEFAULT_CHANNEL": "#approvals"}, answers)


@asynccontextmanager
async def discord() -> AsyncIterator[Service]:
    """A server with #ops and Ada, who approves."""
    async with a_server() as place:
        ids = {
            "DISCORD_ALLOWED_GUILDS": place.discord.guild.id,
            "DISCORD_APPROVERS": place.ada.id,
            "DISCORD_ADMINS": place.ada.id,
        }

        async def answers() -> None:
            card = await place.discord.next_message(place.ops, within=PATIENCE)
            await place.discord.click(place.ada, card, APPROVE_IN_DISCORD)

        yield Service({**discord_settings(place), **ids}, answers)


@asynccontextmanager
async def mail() -> AsyncIterator[Service]:
    """A mail server, and a reader who follows the link of each letter that asks."""
    async with a_mail_server() as post:

        async def answers() -> None:
            (letter,) = await post.arrived(within=PATIENCE)
            address = address_in(letter, "Approve")
            await confirms(address, await opens(address))

        yield Service(mail_settings(post, READER), answers)


@asynccontextmanager
async def postgres() -> AsyncIterator[Service]:
    """A PostgreSQL, and its administrator, who gives the role a password."""
    server = postgres_server()

    def sql(text: str) -> None:
        for statement in text.split(";\n"):
            if statement.strip():
                server.run(statement)

    place = f"127.0.0.1:{server.port}/agentgate'"
    written = {"…": PASSWORD, "db.example.com/agentgate?sslmode=verify-full&sslrootcert=system'": place}
    yield Service(written=written, sql=sql)


SERVICES = {
    "docs/howto/slack.md": slack,
    "docs/howto/discord.md": discord,
    "docs/howto/email.md": mail,
    "docs/howto/postgres.md": postgres,
}
