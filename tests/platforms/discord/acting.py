"""What people do in Discord's clients."""

import contextlib
import secrets
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.accounts import Json, User
from tests.platforms.discord.channels import Channel, Kind
from tests.platforms.discord.interactions import Did, Interaction
from tests.platforms.discord.messages import Message
from tests.platforms.discord.modals import Modal
from tests.platforms.discord.payloads import interaction_create
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.population import Populated
from tests.platforms.discord.reading import BUTTON, everything
from tests.platforms.discord.slash import check_may_use, filled_in, find, half_typed


@dataclass(frozen=True)
class Choice:
    """One suggestion of an autocomplete."""

    name: str
    value: str | int | float


class Acting(Populated):
    """A Discord on which people can do things."""

    async def click(self, user: User, message: Message, button: str, *, stale: bool = False) -> Interaction:
        """Press the button with this label or custom id; `stale`: as it stood before an edit that is not seen yet."""
        assert not message.deleted, "the message is gone"
        assert message.only_for in {None, user}, f"only {message.only_for} sees this message"
        component = find_button(message, button, stale=stale)
        data = {"component_type": BUTTON, "custom_id": component["custom_id"], "id": component["id"]}
        interaction = self._interaction(Did.COMPONENT, user, message.channel, message)
        return await self._send(interaction, data)

    async def command(self, user: User, channel: Channel, path: str, /, **options: Any) -> Interaction:
        """Type a slash command, `keys list` or `agentgate keys list`, with its options."""
        typed = find(self, channel, path)
        check_may_use(typed, user, channel)
        data = typed.data(*filled_in(typed, channel, options))
        return await self._send(self._interaction(Did.COMMAND, user, channel), data)

    async def autocomplete(self, user: User, channel: Channel, path: str, /, **options: Any) -> list[Choice]:
        """Type a slash command up to its last option, which is not finished; returns what is suggested."""
        typed = find(self, channel, path)
        check_may_use(typed, user, channel)
        given, focused = half_typed(typed, options)
        interaction = self._interaction(Did.AUTOCOMPLETE, user, channel)
        interaction.focused_kind = focused["type"]
        await self._send(interaction, typed.data(given, {}))
        assert interaction.choices is not None, f"no choices came: {interaction}\n{self.describe()}"
        return [Choice(choice["name"], choice["value"]) for choice in interaction.choices]

    async def submit(self, user: User, modal: Modal, values: dict[str, str] | None = None) -> Interaction:
        """Fill in a modal by custom id or label, and press Submit."""
        assert modal.is_open, "this modal is not open"
        assert modal.user is user, f"{modal.user} has this modal open"
        data = {"custom_id": modal.custom_id, "components": modal.filled_in(values or {})}
        opened_by = modal.opened_by
        interaction = self._interaction(Did.SUBMIT, user, opened_by.channel, opened_by.source)
        interaction.opened_by = opened_by
        modal.submitted.append(await self._send(interaction, data))
        modal.is_open = interaction.ack is None
        self.bell.ring()
        return interaction

    async def say(self, user: User, channel: Channel, text: str) -> Message:
        """Write a message as a person."""
        assert channel.is_seen_by(user), f"{user} does not see {channel}"
        may = channel.kind is Kind.DIRECT or Permission.SEND_MESSAGES in channel.permissions_of(user)
        assert may, f"{user} may not write in {channel}"
        return self.write(Message(channel, self.new_id(), user, text))

    def _interaction(self, did: Did, user: User, channel: Channel, source: Message | None = None) -> Interaction:
        assert not channel.deleted, f"{channel} is gone"
        assert channel.is_seen_by(user), f"{user} does not see {channel}"
        return Interaction(self, self.new_id(), f"aW50{secrets.token_urlsafe(40)}", did, user, channel, source)

    async def _send(self, interaction: Interaction, data: Json) -> Interaction:
        """Tell every session; returns with the first answer, or when none came in time."""
        interaction.payload = interaction_create(self, interaction, data)
        self.interactions[interaction.id] = interaction
        for session in self.sessions:
            if session.is_valid:
                interaction.sent_over.append(session)
                session.tell("INTERACTION_CREATE", interaction.payload)
        with contextlib.suppress(AssertionError):
            await self.until(lambda: interaction.ack or interaction.is_lost, within=self.patience)
        interaction.trouble = "" if interaction.ack else "timeout"
        return interaction


def find_button(message: Message, name: str, *, stale: bool) -> Json:
    """Return the button with that label or custom id; fails with what there is instead."""
    earlier = [edit.components for edit in reversed(message.edits)] if stale else []
    for component in (found for version in [message.components, *earlier] for found in everything(version)):
        if component["type"] == BUTTON and name in {component.get("label"), component.get("custom_id")}:
            assert not component.get("disabled"), f"{name!r} is greyed out"
            assert component.get("custom_id"), f"{name!r} only opens a page"
            return component
    there = [(button.text, button.custom_id) for button in message.buttons]
    raise AssertionError(f"nothing called {name!r} here; buttons: {there}; it reads:\n{message.visible_text()}")
