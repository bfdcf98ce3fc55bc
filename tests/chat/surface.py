"""What somebody can do and see on any chat: the words in which the stories of this folder are told."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from gateway.gate import Gate
from tests.platforms.weather import Weather


def one_line(text: str) -> str:
    """Return a text as it is compared: where lines break and how columns are aligned is each chat's own."""
    return " ".join(text.split())


class Shown(Protocol):
    """Something that somebody reads: a card, or an answer to one person. It stays live."""

    @property
    def text(self) -> str:
        """How it reads now, in one line; empty where nothing is shown."""

    @property
    def buttons(self) -> list[str]:
        """The labels of what can be pressed on it now, in their order; not what only opens a page."""

    @property
    def alive(self) -> list[str]:
        """Whom it mentions, what it links to and which emoji it draws; not the link to the full view."""

    async def says(self, words: str, *, within: float = 10) -> str:
        """Wait until it says something; return how it reads then."""


class Person(Protocol):
    """Somebody in a chat."""

    @property
    def actor(self) -> str:
        """Who they are to the gate, like `slack:U1`."""

    @property
    def target(self) -> str:
        """Where a card goes that only they are to see."""

    async def presses(
        self, label: str, on: Shown, *, nth: int = 0, because: str | None = None, stale: bool = False
    ) -> Shown:
        """Press a button, the first with this label unless `nth` says otherwise; return what they are answered.

        `because` is typed into what then asks for a reason; `stale` means that they see it as it was before a change.
        """

    async def types(self, line: str, *, where: str = "ops") -> Shown:
        """Type a command in a channel; return what they are answered."""

    async def card(self) -> Shown:
        """Return the next card that was sent to them alone."""

    def has_read(self, words: str) -> bool:
        """Tell whether these words ever stood before their eyes."""


class Place(Protocol):
    """A chat with Ada, Bob and #ops, before AgentGate comes and after it has gone."""

    @property
    def kind(self) -> str:
        """What its targets and actors begin with."""

    @property
    def ada(self) -> Person: ...

    @property
    def bob(self) -> Person: ...

    @property
    def target(self) -> str:
        """Where cards go when no rule says otherwise: #ops."""

    def enters(self, gate: Gate, *, is_up: bool, **options: Any) -> AbstractAsyncContextManager[None]:
        """Let a gate's people decide here until the block ends; with `is_up` from when it is connected."""

    async def card(self, *, within: float = 10) -> Shown:
        """Return the next card in #ops."""


class Hosted(Place, Protocol):
    """A chat on somebody else's servers: with groups, other channels, settings of its own, and bad days."""

    @property
    def setting(self) -> str:
        """What the names of its settings begin with."""

    def group(self, name: str, *people: Person) -> str:
        """Make a group of people; return how a rule names it as an approver."""

    @property
    def weather(self) -> Weather:
        """What goes wrong with calls."""

    @property
    def unheard(self) -> int:
        """How many calls were answered in bad weather."""

    async def until(self, is_so: Callable[[], Any]) -> None:
        """Wait until something is so; asked again at every change."""
