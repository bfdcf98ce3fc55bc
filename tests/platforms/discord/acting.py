"""What people do in Discord's clients."""

import contextlib
import secrets

from tests.platforms.discord.accounts import Json, User
from tests.platforms.discord.channels import Channel, Message
from tests.platforms.discord.interactions import Did, Interaction
from tests.platforms.discord.modals import Modal
from tests.platforms.discord.payloads import interaction_create
from tests.platforms.discord.reading import everything
from tests.platforms.discord.world import World


class Acting(World):
    """A Discord on which people can do things."""

    async def click(self, user: User, message: Message, button: str, *, stale: bool = False) -> Interaction:
        """Press the button with this label or custom id; `stale`: as it stood before an edit that is not seen yet."""
        assert not message.deleted, "the message is gone"
        assert message.only_for in {None, user}, f"only {message.only_for} sees this message"
        component = find_button(message, button, stale=stale)
        data = {"component_type": 2, "custom_id": component["custom_id"], "id": component.get("id", 0)}
        return await self._act(Did.COMPONENT, user, message.channel, data, source=message)

    async def submit(self, user: User, modal: Modal, values: dict[str, str] | None = None) -> Interaction:
        """Fill in a modal by custom id or label, and press Submit."""
        assert modal.is_open, "this modal is not open"
        assert modal.user is user, f"{modal.user} has this modal open"
        opened_by = modal.opened_by
        data = {"custom_id": modal.custom_id, "components": modal.filled_in(values or {})}
        done = await self._act(Did.SUBMIT, user, opened_by.channel, data, source=opened_by.source)
        modal.submitted.append(done)
        modal.is_open = done.ack is None
        self.bell.ring()
        return done

    async def _act(
        self, did: Did, user: User, channel: Channel, data: Json, *, source: Message | None = None
    ) -> Interaction:
        assert channel.is_seen_by(user), f"{user} does not see {channel}"
        token = f"aW50ZXJhY3Rpb246{secrets.token_urlsafe(40)}"
        done = Interaction(self, self.new_id(), token, did, user, channel, source)
        done.payload = interaction_create(self, done, data)
        self.interactions[done.id] = done
        for session in self.sessions:
            if session.is_valid:
                done.sent_over.append(session)
                session.tell("INTERACTION_CREATE", done.payload)
        with contextlib.suppress(AssertionError):
            await self.until(lambda: done.ack or done.is_lost, within=self.patience)
        done.trouble = "" if done.ack else "timeout"
        return done


def find_button(message: Message, name: str, *, stale: bool) -> Json:
    """Return the button with that label or custom id; fails with what there is instead."""
    earlier = [edit.components for edit in reversed(message.edits)] if stale else []
    for component in (found for version in [message.components, *earlier] for found in everything(version)):
        if component["type"] == 2 and name in {component.get("label"), component.get("custom_id")}:
            assert not component.get("disabled"), f"{name!r} is greyed out"
            assert component.get("custom_id"), f"{name!r} only opens a page"
            return component
    there = [(button.text, button.custom_id) for button in message.buttons]
    raise AssertionError(f"nothing called {name!r} here; buttons: {there}; it reads:\n{message.visible_text()}")
