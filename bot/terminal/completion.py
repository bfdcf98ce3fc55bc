"""Tab: commands, and what their options can be."""

from collections.abc import AsyncGenerator, Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot import words
from bot.callers import Caller
from bot.commands import COMMANDS
from bot.dispatch import suggest
from bot.registry import Command, Parameter
from gateway.gate import Gate


class CommandCompleter(Completer):
    """Completes what stands before the cursor."""

    def __init__(self, gate: Gate, *, by: Caller) -> None:
        self._gate = gate
        self._by = by

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Return nothing: names are read from the database, and that is asked asynchronously."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """Yield what could stand at the cursor."""
        line = document.text_before_cursor
        for command in COMMANDS:
            if command.name.startswith(line.lower().lstrip()) and self._by.has(command.role):
                yield Completion(f"{command.name} ", start_position=-len(line.lstrip()), display=command.usage)
        parameter, typed = option_at(line)
        if parameter is not None:
            for one in await suggest(self._gate, parameter.kind, typed, by=self._by):
                yield Completion(one.value, start_position=-len(typed), display=one.shown)


def option_at(line: str) -> tuple[Parameter | None, str]:
    """Return the parameter that is being typed at the end of a line, and its text so far."""
    typed = words.split(line)
    command = _command_of([word.text.lower() for word in typed])
    if command is None:
        return None, ""
    last = "" if line[-1:].isspace() else typed[-1].text
    if len(typed) == len(command.path) and last:
        return None, ""
    for option in command.options:
        if last.lower().startswith(f"{option.name}:"):
            return option, last[len(option.name) + 1 :]
    place = len(typed) - len(command.path) - (1 if last else 0)
    positional = [one for one in command.options if not one.only_named]
    return (positional[place], last) if place < len(positional) else (None, "")


def _command_of(said: list[str]) -> Command | None:
    for command in COMMANDS:
        if tuple(said[: len(command.path)]) == command.path:
            return command
    return None
