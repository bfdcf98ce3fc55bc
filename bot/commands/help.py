"""What can be said."""

from collections.abc import Callable, Sequence

from bot.callers import Caller, Role
from bot.lookup import command_words, find
from bot.registry import Command, CommandName, command
from gateway.card import Card, Facts, Note, Section, note_card
from gateway.gate import Gate

TITLES = {
    Role.APPROVER: "Deciding",
    Role.AUDITOR: "Looking back",
    Role.ADMIN: "Keeping the gate",
    Role.ANYONE: "And",
}


def help_over(commands: Callable[[], Sequence[Command]]) -> Command:
    """Return the command that explains the others."""

    @command("help", Role.ANYONE)
    async def help_(gate: Gate, command: CommandName = "", *, by: Caller) -> Card:
        """List the commands, or explain one.

        Args:
            command: One command, like deny or keys create
        """
        if not command:
            return list_card(commands(), by=by)
        group = [one for one in commands() if one.path[0] == command.strip().lower() and len(one.path) == 2]
        if group:
            return _group_card(group)
        return explain_card(find(command_words(command), commands()))

    return help_


def list_card(commands: Sequence[Command], *, by: Caller) -> Card:
    """Return every command that this caller may use."""
    sections: list[Section] = []
    for role, title in TITLES.items():
        mine = [one for one in commands if one.role is role and by.has(role)]
        if mine:
            sections += [Note(title), _usages(mine)]
    hidden = sum(not by.has(one.role) for one in commands)
    if hidden:
        sections.append(Note(f"{hidden} more commands are for other roles; whoami says how to get them."))
    return note_card("What you can say here.", *sections, Note("help COMMAND explains one."))


def _group_card(group: Sequence[Command]) -> Card:
    return note_card(f"{group[0].path[0]}: say what to do.", _usages(group))


def _usages(commands: Sequence[Command]) -> Facts:
    return Facts(tuple((one.short_usage, one.description) for one in commands))


def explain_card(one: Command) -> Card:
    """Return everything about a command: its usage, its options, who may use it."""
    options = tuple(
        (f"{option.name}:" if option.only_named else option.name, option.description) for option in one.options
    )
    sections: list[Section] = [Note(f"{one.description}.")]
    if one.explanation:
        sections.append(Note(" ".join(one.explanation.split())))
    if options:
        sections.append(Facts(options))
    sections.append(Note("For anyone." if one.role is Role.ANYONE else f"For {one.role.value}s."))
    return note_card(one.usage, *sections)
