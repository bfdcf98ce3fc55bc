"""Slash commands as somebody types them: found among the synced ones, checked as Discord's client checks them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.accounts import Json, Role, User
from tests.platforms.discord.channels import Channel
from tests.platforms.discord.limits.commands import (
    BOOLEAN,
    CHANNEL,
    GROUP,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUB_COMMAND,
    USER,
    WHOLE,
)
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.world import World

TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    WHOLE: (int,),
    BOOLEAN: (bool,),
    USER: (User,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Role),
    NUMBER: (int, float),
}
RESOLVED: dict[type, str] = {User: "users", Role: "roles", Channel: "channels"}


@dataclass(frozen=True)
class Typed:
    """A command with its way through the groups."""

    command: Json
    way: tuple[Json, ...]
    """The group and the sub-command, if there are any."""

    @property
    def path(self) -> str:
        """The words that somebody types."""
        return " ".join([self.command["name"], *(step["name"] for step in self.way)])

    @property
    def options(self) -> list[Json]:
        """What may be filled in."""
        return list((self.way[-1] if self.way else self.command).get("options") or [])

    def data(self, given: list[Json], resolved: Json) -> Json:
        """Return what the interaction says, the filled-in options under their groups."""
        for step in reversed(self.way):
            given = [{"type": step["type"], "name": step["name"], "options": given}]
        where = {"guild_id": self.command["guild_id"]} if "guild_id" in self.command else {}
        named = {name: self.command[name] for name in ("id", "name", "type")}
        return {**named, "options": given, **where, **({"resolved": resolved} if resolved else {})}


def find(discord: World, channel: Channel, path: str) -> Typed:
    """Return the command that a path means, with or without its first word; fails with what there is instead."""
    scopes = ["", *([channel.guild.id] if channel.guild else [])]
    there = [typed for scope in scopes for command in discord.commands.get(scope, []) for typed in _leaves(command)]
    found = [typed for typed in there if path in {typed.path, typed.path.partition(" ")[2]}]
    assert len(found) == 1, f"/{path} is {len(found)} commands; there are: {sorted(typed.path for typed in there)}"
    return found[0]


def _leaves(command: Json) -> Iterator[Typed]:
    steps = [option for option in command["options"] if option["type"] in {SUB_COMMAND, GROUP}]
    if not steps:
        yield Typed(command, ())
    for step in steps:
        if step["type"] == SUB_COMMAND:
            yield Typed(command, (step,))
        else:
            yield from (Typed(command, (step, inner)) for inner in step.get("options") or [])


def check_may_use(typed: Typed, user: User, channel: Channel) -> None:
    """Fail where Discord's client does not offer the command at all."""
    if channel.guild is None:
        contexts = typed.command.get("contexts")
        offered = typed.command.get("dm_permission", False) if contexts is None else 1 in contexts
        assert offered, f"/{typed.path} is not offered in direct messages"
        return
    contexts = typed.command.get("contexts")
    assert contexts is None or 0 in contexts, f"/{typed.path} is not offered in servers"
    has = channel.permissions_of(user)
    assert Permission.USE_APPLICATION_COMMANDS in has, f"{user} may use no commands in {channel}"
    needed = typed.command["default_member_permissions"]
    if needed is not None and Permission.ADMINISTRATOR not in has:
        enough = int(needed) and int(needed) & int(has) == int(needed)
        assert enough, f"/{typed.path} is not offered to {user}: it needs the permissions {needed}"


def filled_in(typed: Typed, channel: Channel, given: Mapping[str, Any]) -> tuple[list[Json], Json]:
    """Return the options as the interaction carries them, and what they refer to; fails as the client would."""
    known = {option["name"]: option for option in typed.options}
    assert not given.keys() - known.keys(), f"/{typed.path} has no {sorted(given.keys() - known.keys())}: {[*known]}"
    missing = [name for name, option in known.items() if option.get("required") and name not in given]
    assert not missing, f"Discord's client asks for {missing} before it sends /{typed.path}"
    for name, value in given.items():
        _check_value(known[name], value)
    resolved: Json = {}
    options = [_option(known[name], value, resolved) for name, value in given.items()]
    return options, resolved | _members(channel, resolved)


def _members(channel: Channel, resolved: Json) -> Json:
    """Return the members among the people that options name: all of them but what their users say."""
    there = channel.guild.members if channel.guild else {}
    found = {id_: there[id_].as_json() for id_ in resolved.get("users", {}) if id_ in there}
    for member in found.values():
        del member["user"], member["deaf"], member["mute"]
    return {"members": found} if found else {}


def half_typed(typed: Typed, given: Mapping[str, Any]) -> tuple[list[Json], Json]:
    """Return the options while the last one is still being typed, and that option."""
    known = {option["name"]: option for option in typed.options}
    assert given, "nothing is being typed"
    assert not given.keys() - known.keys(), f"/{typed.path} has no {sorted(given.keys() - known.keys())}: {[*known]}"
    *_, focused = given
    assert known[focused].get("autocomplete"), f"{focused} of /{typed.path} asks for no choices"
    options = [_option(known[name], value, {}) for name, value in given.items()]
    options[-1] |= {"focused": True, "value": str(given[focused])}
    return options, known[focused]


def _option(option: Json, value: Any, resolved: Json) -> Json:
    kind = RESOLVED.get(type(value))
    if kind:
        resolved.setdefault(kind, {})[value.id] = value.as_json()
        value = value.id
    return {"type": option["type"], "name": option["name"], "value": value}


def _check_value(option: Json, value: Any) -> None:
    name, kind = option["name"], option["type"]
    fits = isinstance(value, TYPES[kind]) and (kind == BOOLEAN or not isinstance(value, bool))
    assert fits, f"Discord's client does not take {value!r} for {name}: it is of type {kind}"
    choices = [choice["value"] for choice in option.get("choices") or []]
    assert not choices or value in choices, f"Discord's client offers {choices} for {name}, not {value!r}"
    size = len(value) if kind == STRING else value
    names = ("min_length", "max_length") if kind == STRING else ("min_value", "max_value")
    least, most = (option.get(each) for each in names)
    assert least is None or size >= least, f"Discord's client wants at least {least} for {name}"
    assert most is None or size <= most, f"Discord's client wants at most {most} for {name}"
