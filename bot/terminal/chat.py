"""The chat in the server's terminal: lines in, cards out, until somebody leaves."""

import re
from collections.abc import Callable
from typing import TypeVar

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from bot.callers import Caller, Role
from bot.dispatch import press, run_line, why_not
from bot.terminal.buttons import Buttons
from bot.terminal.completion import CommandCompleter
from bot.terminal.notifier import TerminalNotifier
from bot.terminal.render import card_view, greeting_view
from bot.terminal.screen import Screen
from gateway.card import Button, Card, Tone, Verb, note_card, problem_card
from gateway.gate import Gate
from gateway.redact import visible
from gateway.views import Actor

TARGET = "terminal:local"
NOTHING_TYPED = note_card("Type help to see what you can say here.", tone=Tone.QUIET)
"""What an empty line is answered: Enter is pressed for many reasons, and the whole help would push cards away."""
LEAVE = {"quit", "exit", "bye", "q"}
NUMBER = re.compile(r"\[?([0-9]{1,9})\]?(?:\s+(.*))?", re.DOTALL)
STYLE = Style.from_dict({"name": "ansibrightblack", "mark": "ansicyan bold", "hint": "ansibrightblack"})

Typed = TypeVar("Typed", str, str | None)


class Left(Exception):
    """Ctrl-C or Ctrl-D: the person leaves."""


class TerminalChat:
    """A chat for one person, who sits at the server and is its admin.

    `notifier` posts cards here also while nobody types; `run` reads lines until the person leaves.
    """

    def __init__(
        self, name: str, *, keyboard: Input | None = None, output: Output | None = None, colour: bool | None = None
    ) -> None:
        self.caller = Caller(Actor("terminal", name, place=TARGET), frozenset({Role.ADMIN}))
        self.notifier: TerminalNotifier
        self._keyboard = keyboard
        self._buttons = Buttons()
        self._screen = Screen(output=output, colour=colour)
        self.notifier = TerminalNotifier(self._screen, self._buttons)

    async def run(self, gate: Gate) -> None:
        """Greet, then answer line by line until Ctrl-D, Ctrl-C, `quit` or `exit`."""
        async with self._screen.open(self._keyboard):
            await self._greet(gate)
            lines = self._line_session(gate)
            try:
                while (line := await _next(lines)).strip().lower() not in LEAVE:
                    await self._answer(gate, line.strip())
            except Left:
                return

    async def _greet(self, gate: Gate) -> None:
        waiting = await run_line(gate, "pending", by=self.caller)
        await self._screen.show(greeting_view(str(self.caller.actor), waiting.headline))

    async def _answer(self, gate: Gate, line: str) -> None:
        number = NUMBER.fullmatch(line)
        if not line:
            card = NOTHING_TYPED
        elif number is None:
            card = await run_line(gate, line, by=self.caller)
        else:
            card = await self._press(gate, int(number[1]), reason=number[2] or "")
        await self._show(card)

    async def _show(self, card: Card) -> None:
        await self._screen.show(card_view(card, number=self._buttons.number))

    async def _press(self, gate: Gate, number: int, *, reason: str) -> Card:
        button = self._buttons.find(number)
        if button is None:
            return problem_card(f"There is no button [{number}].", hint="pending lists what waits, with its buttons.")
        if button.asks_reason and not reason:
            refusal = await why_not(gate, button.value, by=self.caller)
            if refusal is not None:
                return refusal
            asked = await _next(self._reason_session(button))
            if asked is None:
                return note_card("Nothing was done.")
            reason = asked
        return await press(gate, button.verb, button.value, by=self.caller, reason=reason)

    def _line_session(self, gate: Gate) -> PromptSession[str]:
        return PromptSession(
            FormattedText([("class:name", visible(self.caller.actor.id)), ("class:mark", " ❯ ")]),
            completer=CommandCompleter(gate, by=self.caller),
            complete_while_typing=False,
            placeholder=_hint("a number presses a button, help lists commands"),
            style=STYLE,
            interrupt_exception=Left,
            eof_exception=Left,
        )

    def _reason_session(self, button: Button) -> PromptSession[str | None]:
        needed = button.verb is Verb.APPROVE
        hint = "why – Esc goes back" if needed else "why not – Enter for no reason, Esc goes back"
        session: PromptSession[str | None] = PromptSession(
            FormattedText([("class:name", button.label.rstrip("….").lower()), ("class:mark", " because ❯ ")]),
            placeholder=_hint(hint),
            style=STYLE,
            key_bindings=_going_back(),
            interrupt_exception=Left,
        )
        session.app.ttimeoutlen = 0.1
        return session


def _hint(text: str) -> Callable[[], FormattedText]:
    """Return what stands on the line until something is typed there; it does not stay when the line is left."""
    return lambda: FormattedText([] if get_app().is_done else [("class:hint", text)])


def _going_back() -> KeyBindings:
    """Return the keys that leave a question unanswered: Esc and Ctrl-D."""
    keys = KeyBindings()

    @keys.add("escape", eager=True)
    @keys.add("c-d", eager=True)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(result=None)

    return keys


async def _next(session: PromptSession[Typed]) -> Typed:
    """Return the next line. Signals and faults stay with the server, which is what this terminal belongs to."""
    return await session.prompt_async(handle_sigint=False, set_exception_handler=False)
