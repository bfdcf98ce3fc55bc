"""The chat's commands, from the list that every platform reads."""

from bot.commands import COMMANDS
from tools.press.markdown import NOTHING, code, table


def commands() -> str:
    """Return the table of all commands."""
    rows = ([code(one.usage), one.role.value, one.description] for one in COMMANDS)
    return table(("command", "for", "what it does"), rows)


def words() -> str:
    """Return the table of what commands take: what is typed in order first, then what has a name and a colon."""
    taken: dict[tuple[bool, str, str], list[str]] = {}
    for command in COMMANDS:
        for one in command.options:
            name = f"{one.name}:" if one.only_named else one.usage
            taken.setdefault((one.only_named, name, one.description), []).append(command.name)
    ordered = sorted(taken.items(), key=lambda item: item[0][0])
    rows = ([code(name), code(*by), what or NOTHING] for (_, name, what), by in ordered)
    return table(("what", "of", "what it takes"), rows)
