"""A look at Slack from outside the running server: tokens, scopes, channels, user groups, cards that never arrived.

Everything is asked of Slack by the calls that the server makes too; nothing is posted or changed.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.manifest import SCOPES
from bot.slack.notifier import heard
from bot.slack.options import SlackOptions
from bot.slack.remedies import remedy_for
from gateway.errors import DeliveryError
from gateway.findings import Finding, fine, trouble
from gateway.redact import visible
from gateway.undelivered import Undelivered

CALL_SECONDS = 5
PATIENCE_SECONDS = 8.0
"""How long one part is looked at: first the tokens, then all others at once."""
MOST_PAGES = 15
PAGE = 999
REINSTALL = "paste `agentgate-server manifest slack` under App Manifest, save, and install the app again"


async def examine(options: SlackOptions) -> list[Finding]:
    """Look at every part that the settings name; takes 16 seconds at most."""
    return await Examination(options).findings()


def about_undelivered(one: Undelivered) -> Finding:
    """Say why cards never arrived, with Slack's own word."""
    cards = "1 card" if one.times == 1 else f"{one.times} cards"
    meaning = f"{cards} to {visible(one.target)} given up in the last day: {visible(one.word)}"
    return trouble("Slack deliveries", meaning, remedy=remedy_for(one.word))


class Examination:
    """One look; `bot` is how the bot is called, once Slack has said it."""

    def __init__(self, options: SlackOptions) -> None:
        self.options = options
        self.client = AsyncWebClient(
            options.bot_token, base_url=options.api_url, timeout=CALL_SECONDS, retry_handlers=[]
        )
        self.bot = "agentgate"

    async def findings(self) -> list[Finding]:
        """Look at the tokens first: without the bot's, Slack says nothing about the rest."""
        bot, app = await asyncio.gather(
            self._guarded("SLACK_BOT_TOKEN", self._bot_token()), self._guarded("SLACK_APP_TOKEN", self._app_token())
        )
        if not bot[0].ok:
            return [*bot, *app]
        groups = [self._guarded(f"user group {name}", self._group(name)) for name in self._groups()]
        looks = await asyncio.gather(*self._channels(), *groups)
        return [*bot, *app, *(finding for found in looks for finding in found)]

    async def _guarded(self, part: str, look: Awaitable[list[Finding]]) -> list[Finding]:
        """Turn refusals and silence into findings."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await look
        except DeliveryError as error:
            return [self._refused(part, error)]
        except TimeoutError:
            word = f"no answer within {PATIENCE_SECONDS:.0f} s"
            return [trouble(part, word, remedy=remedy_for(word))]

    def _refused(self, part: str, error: DeliveryError) -> Finding:
        answer: Any = error.__cause__.response if isinstance(error.__cause__, SlackApiError) else {}
        needed = str(answer.get("needed") or "") if hasattr(answer, "get") else ""
        meaning = f"{error} ({needed})" if needed else str(error)
        return trouble(part, visible(meaning), remedy=remedy_for(str(error), bot=self.bot, needed=needed))

    async def _bot_token(self) -> list[Finding]:
        answer = await heard(self.client.auth_test)
        self.bot = visible(str(answer.get("user") or self.bot))
        who = fine("SLACK_BOT_TOKEN", f"@{self.bot} in {visible(str(answer.get('team') or 'the workspace'))}")
        return [who, _scopes(answer)]

    async def _app_token(self) -> list[Finding]:
        await heard(lambda: self.client.apps_connections_open(app_token=self.options.app_token))
        return [fine("SLACK_APP_TOKEN", "opens a socket")]

    def _channels(self) -> Iterable[Awaitable[list[Finding]]]:
        default = self.options.default_channel
        if default is None:
            yield _nowhere()
        else:
            yield self._guarded("SLACK_DEFAULT_CHANNEL", self._default(default))
        for channel in sorted(self.options.allowed_channels):
            yield self._guarded("SLACK_ALLOWED_CHANNELS", self._channel("SLACK_ALLOWED_CHANNELS", channel))

    async def _default(self, channel: str) -> list[Finding]:
        part = "SLACK_DEFAULT_CHANNEL"
        if channel.startswith(("U", "W")):
            await heard(lambda: self.client.conversations_open(users=channel))
            return [fine(part, f"direct messages to {channel}")]
        return await self._channel(part, channel)

    async def _channel(self, part: str, channel: str) -> list[Finding]:
        if channel.startswith("D"):
            return [fine(part, f"{channel}: a direct message, not looked at")]
        if channel.startswith("#"):
            found = await self._named(channel.removeprefix("#"))
        else:
            found = (await heard(lambda: self.client.conversations_info(channel=channel)))["channel"]
        return [self._about_channel(part, channel, found)]

    def _about_channel(self, part: str, channel: str, found: Any) -> Finding:
        if found is None:
            word = "channel_not_found"
        elif found.get("is_archived"):
            word = "is_archived"
        elif not found.get("is_member"):
            word = "not_in_channel"
        else:
            return fine(part, f"{channel}: @{self.bot} is a member")
        return trouble(part, f"{channel}: {word}", remedy=remedy_for(word, bot=self.bot))

    async def _named(self, name: str) -> Any:
        """Return the channel of this name, or None; among the first 15 000 that the bot can see."""
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self._page(cursor)
            found = next((channel for channel in page["channels"] if channel.get("name") == name), None)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if found is not None or not cursor:
                return found
        return None

    async def _page(self, cursor: str) -> Any:
        kinds = "public_channel,private_channel"
        return await heard(lambda: self.client.conversations_list(types=kinds, limit=PAGE, cursor=cursor))

    def _groups(self) -> list[str]:
        named = self.options.approvers | self.options.auditors | self.options.admins
        return sorted(name for name in named if name.startswith("S"))

    async def _group(self, name: str) -> list[Finding]:
        members = len((await heard(lambda: self.client.usergroups_users_list(usergroup=name)))["users"])
        part = f"user group {name}"
        if members == 0:
            return [trouble(part, "nobody is in it", remedy="add people to the user group, or name another")]
        return [fine(part, "1 member" if members == 1 else f"{members} members")]


def _scopes(answer: Any) -> Finding:
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    granted = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        return trouble("Slack scopes", f"missing: {', '.join(missing)}", remedy=REINSTALL)
    return fine("Slack scopes", f"all {len(SCOPES)} granted")


async def _nowhere() -> list[Finding]:
    meaning = "not set: a request whose rule names no channel is shown to nobody in Slack"
    return [fine("SLACK_DEFAULT_CHANNEL", meaning)]
