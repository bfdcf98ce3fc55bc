"""Cards that reach the terminal by the outbox."""

from bot.terminal.buttons import Buttons
from bot.terminal.render import card_view, outcome_view
from bot.terminal.screen import Screen
from gateway.card import Card
from gateway.notifiers import Receipt


class TerminalNotifier:
    """Shows cards as they are posted. What was printed stays; an edit prints what became of it."""

    def __init__(self, screen: Screen, buttons: Buttons) -> None:
        self._screen = screen
        self._buttons = buttons

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        """Print a card with numbered buttons."""
        await self._screen.show(card_view(card, number=self._buttons.number))
        return {"printed": target, "event": event}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        """Print in short what has changed: the outcome, a vote, that it still waits."""
        await self._screen.show(outcome_view(card))
        return {**receipt, "printed": target, "event": event}
