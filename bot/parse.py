"""Typed words → the arguments that a command declares. PURE and total: the only error is UsageError.

Options stand anywhere as `name:value`; other words fill the positional parameters in order; a parameter that takes
the rest of the line (a reason) takes it as it was typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot import values, words
from bot.lookup import command_words
from bot.registry import Command, Kind, Parameter
from bot.values import UsageError
from bot.words import Word

SPACED = frozenset({Kind.KEY, Kind.POLICY})
"""What has a name that somebody has chosen, perhaps with spaces."""


def arguments(command: Command, line: str, *, now: datetime) -> dict[str, Any]:
    """Return a command's arguments by keyword, from a line that begins with its name. Raises UsageError."""
    typed = command_words(line)[len(command.path) :]
    try:
        texts = _Filling(command, line, typed).texts()
        return read_all(command, texts, now=now)
    except UsageError as mistake:
        raise UsageError(mistake.sentence, usage=mistake.usage or command.usage) from mistake


def read_all(command: Command, texts: Mapping[str, str], *, now: datetime) -> dict[str, Any]:
    """Return arguments from texts by parameter name, as a platform with typed options has them. Raises UsageError."""
    given = {name: text for name, text in texts.items() if text.strip()}
    for parameter in command.parameters:
        if parameter.required and parameter.name not in given:
            raise UsageError(
                f"{command.name} needs {parameter.name.upper()}: {_lowered(parameter.description)}.",
                usage=command.usage,
            )
    return {
        parameter.keyword: values.read(parameter, given[parameter.name], now=now)
        for parameter in command.parameters
        if parameter.name in given
    }


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


@dataclass
class _Filling:
    """Words on their way into parameters."""

    command: Command
    line: str
    typed: Sequence[Word]
    given: dict[str, str] = field(default_factory=dict)
    rest: Parameter | None = None
    pieces: list[tuple[int, int]] = field(default_factory=list)
    place: int = 0

    def texts(self) -> dict[str, str]:
        """Return the text of each parameter that was given."""
        while self.place < len(self.typed):
            word = self.typed[self.place]
            self.place += 1
            named = self._named(word)
            if named is not None:
                self._take_option(named, word)
            elif self.rest is not None:
                self._extend(word.start, word.end)
            else:
                self._take_position(word)
        if self.rest is not None:
            self.given[self.rest.name] = self._rest_text()
        return self.given

    def _named(self, word: Word) -> Parameter | None:
        """Return the parameter that a word names, unless it is given already and the word can be text."""
        for parameter in self.command.parameters:
            if parameter.name == word.option:
                if parameter.name not in self.given and parameter is not self.rest:
                    return parameter
                if not self._may_be_text():
                    raise UsageError(f"{parameter.name} is given twice.")
        return None

    def _may_be_text(self) -> bool:
        return self.rest is not None or any(one.kind.takes_rest for one in self._free())

    def _free(self) -> list[Parameter]:
        """Return the parameters that the next plain word may fill, in order."""
        free = [one for one in self.command.parameters if not one.only_named and one.name not in self.given]
        if any(one.kind.takes_rest for one in free):
            return free
        named_later = {word.option for word in self.typed[self.place :]}
        return [one for one in free if one.name not in named_later]

    def _take_option(self, parameter: Parameter, word: Word) -> None:
        if word.is_unclosed and not parameter.kind.takes_rest:
            raise UsageError(f"{parameter.name}: a quote is opened and never closed.")
        if word.is_quoted:
            self.given[parameter.name] = word.value
        elif parameter.kind.takes_rest:
            self.rest = parameter
            if word.value:
                self._extend(word.value_start, word.end)
        elif word.value:
            self._give(parameter, word.value)
        elif self.place < len(self.typed) and self._named(self.typed[self.place]) is None:
            self.place += 1
            self._give(parameter, self.typed[self.place - 1].text)
        else:
            raise UsageError(f"{parameter.name}: needs a value, as in {parameter.name}:…")

    def _take_position(self, word: Word) -> None:
        free = self._free()
        if not free:
            raise UsageError(self._too_many(word))
        if free[0].kind.takes_rest:
            self.rest = free[0]
            self._extend(word.start, word.end)
        elif word.is_unclosed:
            raise UsageError(f"{free[0].name}: a quote is opened and never closed.")
        else:
            self._give(free[0], word.text)

    def _give(self, parameter: Parameter, text: str) -> None:
        """Give a parameter its text; a list goes on behind a comma."""
        while parameter.kind is Kind.SCOPES and text.endswith(",") and self.place < len(self.typed):
            text += self.typed[self.place].text
            self.place += 1
        self.given[parameter.name] = text

    def _too_many(self, word: Word) -> str:
        options = [one.name for one in self.command.options]
        if word.option and options:
            return f"{self.command.name}: {values.unknown('an option', word.option, options)}"
        return f"{self.command.name} does not know what to do with “{word.text[:60]}”.{self._quoting()}"

    def _quoting(self) -> str:
        """Return what to do when the last value was a name with spaces, such as a policy's."""
        last = next((one for one in reversed(self.command.parameters) if not one.only_named), None)
        return f" If {last.name.upper()} has spaces, put it in quotes." if last and last.kind in SPACED else ""

    def _extend(self, start: int, end: int) -> None:
        last = self.pieces[-1][1] if self.pieces else None
        if last is not None and not self.line[last:start].strip():
            self.pieces[-1] = (self.pieces[-1][0], end)
        else:
            self.pieces.append((start, end))

    def _rest_text(self) -> str:
        """Return the rest as it was typed; when all of it is one quote, what stands in it."""
        text = " ".join(self.line[start:end] for start, end in self.pieces)
        inside = words.split(text)
        return inside[0].text if len(inside) == 1 and inside[0].is_quoted and inside[0].option is None else text
