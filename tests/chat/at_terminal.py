"""The terminal, in the words of `surface`: two people sit at the server, each before a screen of their own.

What was printed stays, so a card is what was printed last about its request; its numbers stay good for ever.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.terminal.chat import TARGET
from gateway.card import Card
from gateway.gate import Gate
from gateway.notifiers import Receipt
from tests.bot.terminal import ENTER, Glass, at_the_terminal
from tests.bot.terminal import Person as Sitting
from tests.chat.surface import Shown, one_line

COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
BLOCK = re.compile(r"(?:▌ [^\n]*\n)+")
CARD = re.compile(r"▌ ● Waiting for approval.*?([0-9a-z]{4}-[0-9a-z]{4}) · [0-9a-f]{12} · ", re.DOTALL)
STANDS = "Waiting for approval|Approved|Denied|Expired|Cancelled"
NEWS = re.compile(rf"▌ \S ([0-9a-z]{{4}}-[0-9a-z]{{4}}) .*?(?:{STANDS})", re.DOTALL)
"""What is printed of a card that was posted before: its code, the action, how the request stands."""
ASKED = re.compile(r"(?:approve|deny) because ❯")
BUTTON = re.compile(r"\[(\d+)\] (\S+)")


def blocks(glass: Glass) -> list[str]:
    """Return everything with a bar beside it that was ever printed, in its order."""
    return BLOCK.findall(COLOUR.sub("", glass.raw).replace("\r\n", "\n"))


def code_of(block: str, kind: re.Pattern[str] = CARD) -> str | None:
    """Return whose card this is, or whose news, if it is either."""
    found = kind.match(block)
    return found[1] if found else None


async def until(glass: Glass, is_so: Callable[[], Any], *, within: float = 10) -> None:
    """Wait until something is so; asked again whenever something is printed."""
    try:
        async with asyncio.timeout(within):
            while not is_so():
                glass.changed.clear()
                await glass.changed.wait()
    except TimeoutError:
        raise AssertionError(f"this did not come up on the screen:\n{glass.text}") from None


@dataclass
class Printed:
    """Something on one screen."""

    glass: Glass
    find: Callable[[], str]
    """Returns how it was printed, empty while it is not there."""

    @property
    def text(self) -> str:
        return one_line(re.sub(r"^▌ (?:│ )?", "", self.find(), flags=re.MULTILINE))

    @property
    def buttons(self) -> list[str]:
        return [label for _, label in BUTTON.findall(self.find())]

    @property
    def alive(self) -> list[str]:
        """On a terminal, what steers it: every escape sequence but those for colours, and what no line shows."""
        return re.findall(r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\u200b\u202a-\u202e]", self.find())

    async def says(self, words: str, *, within: float = 10) -> str:
        await until(self.glass, lambda: words in self.text, within=within)
        return self.text


@dataclass
class PrintedCard(Printed):
    """A card; it was printed on every screen, each with numbers of its own."""

    code: str


class Sitter:
    """Somebody at a terminal."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.seat: Sitting
        self.cards_taken = 0

    @property
    def actor(self) -> str:
        return f"terminal:{self.name}"

    @property
    def target(self) -> str:
        return TARGET

    async def presses(
        self, label: str, on: Shown, *, nth: int = 0, because: str | None = None, stale: bool = False
    ) -> Printed:
        assert isinstance(on, Printed)
        if not stale:
            assert label in on.buttons, f"no button {label!r} among {on.buttons}; it reads:\n{on.text}"
        if isinstance(on, PrintedCard):
            await until(self.seat.glass, lambda: self._about(on.code))
        number = self._number(label, on, nth)
        asked = self._questions
        answer = self._answer()
        self.seat.press(number + ENTER)
        await until(self.seat.glass, lambda: answer.text or (because is not None and self._questions > asked))
        if because is not None and not answer.text:  # what cannot be answered is said without asking
            self.seat.press(because + ENTER)
            await until(self.seat.glass, lambda: answer.text)
        return answer

    @property
    def _questions(self) -> int:
        return len(ASKED.findall(COLOUR.sub("", self.seat.glass.raw)))

    def _number(self, label: str, on: Printed, nth: int) -> str:
        where = self._about(on.code) if isinstance(on, PrintedCard) else [on.find()]
        found: list[str] = [number for one in where for number, name in BUTTON.findall(one) if name == label]
        assert len(found) > nth, f"no button {label!r}, number {nth + 1}, among:\n{''.join(where)}"
        return found[nth]

    def _about(self, code: str) -> list[str]:
        return [one for one in blocks(self.seat.glass) if code in one]

    async def types(self, line: str, *, where: str = "ops") -> Printed:
        answer = self._answer()
        self.seat.press(line + ENTER)
        await until(self.seat.glass, lambda: answer.text)
        return answer

    def _answer(self) -> Printed:
        """Return what is printed next, cards that come and news of older ones aside."""
        glass, before = self.seat.glass, len(blocks(self.seat.glass))

        def find() -> str:
            printed = blocks(glass)
            codes = [code_of(one) for one in printed]
            later = [place for place in range(before, len(printed)) if not NEWS.match(printed[place])]
            return next((printed[at] for at in later if not codes[at] or codes[at] in codes[:at]), "")

        return Printed(glass, find)

    async def card(self, *, within: float = 10) -> PrintedCard:
        glass = self.seat.glass

        def cards() -> list[str]:
            return [found[1] for one in blocks(glass) if (found := CARD.match(one))]

        await until(glass, lambda: len(cards()) > self.cards_taken, within=within)
        code = cards()[self.cards_taken]
        self.cards_taken += 1
        return PrintedCard(glass, lambda: self._last_word(code), code)

    def _last_word(self, code: str) -> str:
        about = [one for one in blocks(self.seat.glass) if code in {code_of(one), code_of(one, NEWS)}]
        return about[-1]

    def has_read(self, words: str) -> bool:
        return words in COLOUR.sub("", self.seat.glass.raw)


@dataclass
class EveryScreen:
    """Shows cards on several screens: a server has one, these people share it."""

    people: tuple[Sitter, ...]

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        return [await one.seat.chat.notifier.post(target, card, event=event) for one in self.people][-1]

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        return [await one.seat.chat.notifier.edit(target, receipt, card, event=event) for one in self.people][-1]


class TerminalPlace:
    """A server's own terminal; who sits there is its admin, whatever the settings say."""

    kind = "terminal"
    target = TARGET

    def __init__(self) -> None:
        self.ada = Sitter("ada")
        self.bob = Sitter("bob")

    @asynccontextmanager
    async def enters(self, gate: Gate, *, is_up: bool, **options: Any) -> AsyncIterator[None]:
        async with at_the_terminal(gate, name="ada") as ada, at_the_terminal(gate, name="bob") as bob:
            self.ada.seat, self.bob.seat = ada, bob
            gate.notifiers[self.kind] = EveryScreen((self.ada, self.bob))
            yield

    async def card(self, *, within: float = 10) -> PrintedCard:
        return await self.ada.card(within=within)


@asynccontextmanager
async def a_terminal() -> AsyncIterator[TerminalPlace]:
    """Sit down."""
    yield TerminalPlace()
