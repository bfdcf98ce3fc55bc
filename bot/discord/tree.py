"""The slash commands, generated from the list of commands: none is written twice."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.commands import COMMANDS
from bot.registry import Command, Kind, Parameter
from bot.suggest import SUGGESTED, Suggestion
from gateway.permission import listed
from models.words import Urgency

ROOT = "agentgate"
LONGEST = 100
"""How long a choice's name and its value may be."""
Run = Callable[[discord.Interaction, Command, Mapping[str, str]], Awaitable[None]]
"""Runs a command with the texts of its options, and answers."""
Failure = Callable[[discord.Interaction[Any], app_commands.AppCommandError], Awaitable[None]]
"""Answers for what went wrong before a command ran."""
Complete = Callable[[discord.Interaction, Kind, str], Awaitable[Sequence[Suggestion]]]
"""Finds what could complete an option; it never raises."""


class SlashCommands(app_commands.CommandTree[Any]):
    """The tree of slash commands; commands answer for their own faults, `failure` for what cannot be run at all."""

    def __init__(self, client: discord.Client, failure: Failure) -> None:
        super().__init__(client)
        self._failure = failure

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Hand on what went wrong."""
        await self._failure(interaction, error)


def slash_command(run: Run, complete: Complete, commands: Sequence[Command] = COMMANDS) -> app_commands.Group:
    """Return `/agentgate` with every command below it; a command of two words stands in the group of its first."""
    root = app_commands.Group(
        name=ROOT,
        description="Approve, deny and look after what agents ask for",
        guild_only=True,
        default_permissions=discord.Permissions(use_application_commands=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )
    groups = {name: _group(name, commands, root) for name in _names_of_groups(commands)}
    for command in commands:
        parent = groups[command.path[0]] if len(command.path) == 2 else root
        parent.add_command(_leaf(command, run, complete))
    return root


def _names_of_groups(commands: Sequence[Command]) -> list[str]:
    return list(dict.fromkeys(command.path[0] for command in commands if len(command.path) == 2))


def _group(name: str, commands: Sequence[Command], root: app_commands.Group) -> app_commands.Group:
    words = [command.path[1] for command in commands if command.path[0] == name and len(command.path) == 2]
    return app_commands.Group(name=name, description=f"{name.capitalize()}: {listed(words)}", parent=root)


def _leaf(command: Command, run: Run, complete: Complete) -> app_commands.Command[Any, ..., None]:
    leaf: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=command.path[-1], description=command.description, callback=_callback(command, run), parent=None
    )
    for option in command.options:
        if option.kind in SUGGESTED and option.kind is not Kind.URGENCY:
            leaf.autocomplete(option.keyword)(_autocomplete(option.kind, complete))
    return leaf


def _callback(command: Command, run: Run) -> Callable[..., Any]:
    """Return a function that discord.py reads the command's options from, by signature and decorators."""
    options = sorted(command.options, key=lambda option: not option.required)

    async def callback(interaction: discord.Interaction, **given: Any) -> None:
        texts = {one.name: str(given[one.keyword]) for one in options if given.get(one.keyword) is not None}
        await run(interaction, command, texts)

    signature = [inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    signature += [_parameter(option) for option in options]
    callback.__signature__ = inspect.Signature(signature)  # type: ignore[attr-defined]  # what inspect documents
    app_commands.describe(**{one.keyword: one.description for one in options})(callback)
    app_commands.rename(**{one.keyword: one.name for one in options if one.keyword != one.name})(callback)
    app_commands.choices(**{one.keyword: _urgencies() for one in options if one.kind is Kind.URGENCY})(callback)
    return callback


def _parameter(option: Parameter) -> inspect.Parameter:
    kept: Any = int if option.kind is Kind.NUMBER else str
    if option.required:
        return inspect.Parameter(option.keyword, inspect.Parameter.KEYWORD_ONLY, annotation=kept)
    return inspect.Parameter(option.keyword, inspect.Parameter.KEYWORD_ONLY, annotation=kept | None, default=None)


def _urgencies() -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=one.value, value=one.value) for one in Urgency]


def _autocomplete(kind: Kind, complete: Complete) -> Callable[..., Any]:
    async def autocomplete(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices(await complete(interaction, kind, typed))

    return autocomplete


def choices(suggestions: Sequence[Suggestion]) -> list[app_commands.Choice[str]]:
    """Return suggestions as Discord takes them; one whose value would not fit cannot be chosen, so it is left out."""
    fitting = [one for one in suggestions if 0 < len(one.value) <= LONGEST]
    return [app_commands.Choice(name=_clipped(one.shown), value=one.value) for one in fitting[:25]]


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
