"""Cards that reach Discord by the outbox: posted once, edited after every change, followed by a reminder.

No gateway is needed for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import discord

from bot.discord.components import QUIET
from bot.discord.custom_ids import Pages
from bot.discord.markdown import escaped
from bot.discord.render import message_view
from bot.discord.rest import DiscordRest, heard
from gateway.card import Card
from gateway.cards import reminder_line
from gateway.events import RequestReminded
from gateway.notifiers import Receipt, without_links_if_refused

PERSON = "user:"
INVALID_FORM = "50035"
"""Discord's number for a message that it does not take as it is: perhaps it knows no such address as ours."""


class DiscordNotifier:
    """Posts to `discord:CHANNEL` and to `discord:user:ID` (a direct message)."""

    def __init__(self, rest: DiscordRest, pages: Pages) -> None:
        self.rest = rest
        self._pages = pages

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        """Post a card; the receipt knows the channel, the message and, as `place`, how the channel is named.

        Posted again because its receipt was lost, it is the same message: Discord gives back what has this nonce. That
        one may show an older card, so it is edited then.
        """
        return await without_links_if_refused(card, lambda shown: self._post(target, shown), word=INVALID_FORM)

    async def _post(self, target: str, card: Card) -> Receipt:
        channel = await self._channel(target.removeprefix("discord:"))
        view = message_view(card, self._pages)
        nonce = nonce_of(card.request_id or uuid4().hex, target)
        posted = await heard(lambda: channel.send(view=view, nonce=nonce, allowed_mentions=QUIET))
        meant: list[Any] = view.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it untyped
        stands = said([part.to_dict() for part in posted.components])
        if stands and stands != said(meant):
            await heard(lambda: posted.edit(view=view, allowed_mentions=QUIET))
        return {"channel": str(channel.id), "message": str(posted.id), "place": f"discord:{channel.id}"}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        """Replace a posted card; that is the bot's own edit, so it works as long as the message stands."""
        client = await self.rest.client()
        channel = client.get_partial_messageable(int(receipt["channel"]))
        message = channel.get_partial_message(int(receipt["message"]))

        async def show(shown: Card) -> None:
            view = message_view(shown, self._pages)
            await heard(lambda: message.edit(view=view, allowed_mentions=QUIET))

        await without_links_if_refused(card, show, word=INVALID_FORM)
        if event == RequestReminded.type:
            line = escaped(reminder_line(card))  # no reply: that would need the right to read what others wrote
            nonce = nonce_of(f"{event} {card.request_id}", target)
            await heard(lambda: channel.send(line, nonce=nonce, allowed_mentions=QUIET))
        return receipt

    async def _channel(self, place: str) -> discord.PartialMessageable | discord.DMChannel:
        client = await self.rest.client()
        if not place.startswith(PERSON):
            return client.get_partial_messageable(int(place))
        person = discord.Object(int(place.removeprefix(PERSON)))
        return await heard(lambda: client.create_dm(person))


def nonce_of(request_id: str, target: str) -> str:
    """Return what makes a second post of the same card the same message, for some minutes: 24 of 25 characters."""
    return blake2b(f"{request_id} {target}".encode(), digest_size=12).hexdigest()


def said(components: Sequence[Any]) -> list[tuple[str, str]]:
    """Return what components say and do, without the numbers that Discord gives them."""
    return list(_said(components))


def _said(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for component in components:
        yield component.get("content", ""), component.get("custom_id", "")
        yield from _said(component.get("components", ()))
