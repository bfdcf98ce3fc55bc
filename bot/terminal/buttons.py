"""Buttons of a terminal: numbers that go on counting from card to card."""

from gateway.card import Button

KEPT = 1000
"""How many of the latest buttons can still be pressed."""


class Buttons:
    """Which number stands for which button."""

    def __init__(self) -> None:
        self._last = 0
        self._known: dict[int, Button] = {}

    def number(self, button: Button) -> int:
        """Give a button the next number."""
        self._last += 1
        self._known[self._last] = button
        self._known.pop(self._last - KEPT, None)
        return self._last

    def find(self, number: int) -> Button | None:
        """Return the button with this number, if it is still known."""
        return self._known.get(number)
