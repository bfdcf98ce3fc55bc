"""What people do in Slack's clients."""

import contextlib
import secrets
import time
from collections.abc import Iterator
from typing import Any

from tests.platforms.slack.accounts import App, User
from tests.platforms.slack.channels import Channel, Message
from tests.platforms.slack.interactions import Delivery, Interaction, find_element
from tests.platforms.slack.methods.refusals import Refusal
from tests.platforms.slack.payloads import block_actions, slash_command, view_closed, view_submission
from tests.platforms.slack.reading import Json
from tests.platforms.slack.records import ResponseUrl, Trigger
from tests.platforms.slack.responses import answer
from tests.platforms.slack.submissions import answer_submission
from tests.platforms.slack.telling import Telling
from tests.platforms.slack.views import View, filled_in


class Acting(Telling):
    """A workspace in which people can do things."""

    async def click(
        self,
        user: User,
        place: Message | View,
        action_id: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
        chosen: Any = None,
        stale: bool = False,
    ) -> Interaction:
        """Press a button, or pick `chosen` from a menu; `stale`: as it stood before an edit that is not seen yet."""
        block, element = find_element(place, action_id, value=value, block_id=block_id, stale=stale)
        payload = block_actions(self, user, place, block, element, chosen)
        assert place.app
        if isinstance(place, Message):
            assert not place.deleted, "the message is gone"
            return await self._act(place.app, user, "interactive", payload, channel=place.channel, source=place)
        return await self._act(place.app, user, "interactive", payload)

    async def command(
        self, user: User, channel: Channel, command: str, text: str = "", *, app: App | None = None
    ) -> Interaction:
        """Type a slash command; the ack may carry the answer."""
        app = app or self.app
        payload = slash_command(self, app, user, channel, command, text)
        done = await self._act(app, user, "slash_commands", payload, channel=channel)
        if done.ack and done.ack.payload and done.url:
            with self._complaining(done):
                answer(self, done.url, done.ack.payload)
        return done

    async def submit(self, user: User, view: View, values: dict[str, dict[str, Any]] | None = None) -> Interaction:
        """Fill in a modal (`{block_id: {action_id: value}}`) and press its submit button."""
        assert view in self.modals(user), "this modal is not open"
        assert "submit" in view.content, "this modal has no submit button"
        payload = view_submission(self, view, filled_in(view, values or {}))
        done = await self._act(view.app, user, "interactive", payload)
        if done.ack:
            with self._complaining(done):
                answer_submission(self, view, done.ack.payload)
        self.bell.ring()
        return done

    async def close_modal(self, user: User, view: View, *, all_of_them: bool = False) -> Interaction | None:
        """Close a modal, or the whole stack; the app hears of it when it asked to (`notify_on_close`)."""
        assert view in self.modals(user), "this modal is not open"
        cleared = all_of_them or bool(view.content.get("clear_on_close"))
        for each in self.modals(user) if cleared else [view]:
            each.is_open = False
        self.bell.ring()
        if not view.content.get("notify_on_close"):
            return None
        return await self._act(view.app, user, "interactive", view_closed(self, view, cleared=cleared))

    async def open_home(self, user: User, *, within: float = 5) -> View:
        """Open the app's home tab; returns what the app then publishes there."""
        before = self.home(user)
        stood = before.hash if before else ""
        shown = {"view": before.as_json()} if before else {}
        place = self.direct(user)
        await self.tell({"type": "app_home_opened", "user": user.id, "channel": place.id, "tab": "home", **shown})
        await self.until(lambda: (home := self.home(user)) and home.hash != stood, within=within)
        return self.homes[self.app, user]

    async def say(self, user: User, channel: Channel, text: str, *, thread: Message | None = None) -> Message:
        """Write a message as a person; the app hears of it where its bot is a member."""
        message = Message(channel, self.new_ts(), user, text, [], thread_ts=thread.ts if thread else None)
        self.write(message)
        if channel.has(self.app.bot_user):
            kind = {"channels": "channel", "groups": "group", "im": "im"}[channel.kind]
            await self.tell({**message.as_json(), "channel": channel.id, "channel_type": kind})
        return message

    async def uninstall(self, app: App | None = None) -> Delivery:
        """Remove an app: its tokens die, then it hears of it."""
        app = app or self.app
        app.revoke("account_inactive")
        await self.tell({"type": "tokens_revoked", "tokens": {"bot": [app.bot_user.id]}}, app=app)
        return await self.tell({"type": "app_uninstalled"}, app=app)

    async def _act(
        self,
        app: App,
        user: User,
        type_: str,
        payload: Json,
        *,
        channel: Channel | None = None,
        source: Message | None = None,
    ) -> Interaction:
        trigger_id = f"{self.new_ts()}.{secrets.token_hex(8)}"
        trigger = self.triggers[trigger_id] = Trigger(user, time.monotonic())
        url = ResponseUrl(app, user, channel, source) if channel else None
        more = {"trigger_id": trigger_id} | ({"response_url": self._address(url)} if url else {})
        private_before = len(self.private)
        envelope = await self.socket_mode.send(app, type_, payload | more)
        done = Interaction(self, user, envelope, trigger, url, private_before)
        if not await self.settled(envelope):
            done.trouble = "timeout"
        return done

    def _address(self, url: ResponseUrl) -> str:
        secret = secrets.token_hex(12)
        self.response_urls[secret] = url
        return f"{self.url}/response/{secret}"

    @contextlib.contextmanager
    def _complaining(self, done: Interaction) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            done.trouble = f"{refusal}: {refusal.answer}"
