"""Who people are on Slack: their user groups, asked of Slack and kept for a minute, and the roles that follow."""

from collections.abc import Callable, Collection
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.callers import Caller, caller_of
from bot.slack.notifier import heard
from bot.slack.options import SlackOptions
from gateway.errors import DeliveryError, Unavailable
from gateway.views import Actor

KEEP_SECONDS = 60.0
log = structlog.get_logger()


class SlackPeople:
    """Knows groups and roles; also the gate's roster for `slack:S…`."""

    def __init__(self, client: AsyncWebClient, options: SlackOptions, clock: Callable[[], float]) -> None:
        self._client = client
        self._options = options
        self._clock = clock
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def groups_of(self, actor: Actor, *, among: Collection[str]) -> frozenset[str]:
        """Return those user groups (`slack:S…`) that the actor is in. Raises Unavailable when Slack does not say."""
        groups = [name for name in among if name.startswith("slack:S")]
        return frozenset([name for name in groups if actor.id in await self._members_of(name.removeprefix("slack:"))])

    async def _members_of(self, group: str) -> frozenset[str]:
        until, members = self._members.get(group, (0.0, frozenset[str]()))
        if until > self._clock():
            return members
        try:
            answer: Any = await heard(lambda: self._client.usergroups_users_list(usergroup=group))
        except DeliveryError as error:
            if isinstance(error.__cause__, SlackApiError) and str(error) in {"no_such_subteam", "subteam_not_found"}:
                log.warning("slack.no_such_group", group=group)
                return frozenset()
            raise Unavailable(f"Slack does not say who is in the user group {group} ({error}); try again.") from error
        members = frozenset(answer["users"])
        self._members[group] = (self._clock() + KEEP_SECONDS, members)
        return members

    async def caller(self, user: str, *, channel: str | None) -> Caller:
        """Return who acts, from which channel, in which roles. Raises Unavailable when Slack does not say."""
        actor = Actor("slack", user, place=f"slack:{channel}" if channel else None)
        return await caller_of(
            actor, self._options, is_among=lambda names: self._is_among(actor, names), setting="SLACK"
        )

    async def _is_among(self, actor: Actor, names: Collection[str]) -> bool:
        return actor.id in names or bool(await self.groups_of(actor, among=[f"slack:{name}" for name in names]))

    def may_act_in(self, channel: str | None) -> bool:
        """Whether people may act in this channel; a direct message with the bot counts as allowed."""
        allowed = self._options.allowed_channels
        return not allowed or channel is None or channel in allowed or channel.startswith("D")
