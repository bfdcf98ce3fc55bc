"""Application commands, global and of one guild: read as a whole, replaced as a whole.

https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-global-application-commands
"""

from typing import Any

from tests.platforms.discord.limits.commands import MOST_COMMANDS, wrong_with_commands
from tests.platforms.discord.limits.rules import Note
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import Refusal, invalid_form, missing_access, not_this_application
from tests.platforms.discord.world import World


def every(discord: World, call: Call) -> list[Json]:
    """Return the commands of a scope."""
    return discord.commands.get(_scope(discord, call), [])


def replace(discord: World, call: Call) -> list[Json]:
    """Replace all commands of a scope; a command that keeps its name keeps its id."""
    scope = _scope(discord, call)
    if not isinstance(call.body, list) or not all(isinstance(command, dict) for command in call.body):
        raise invalid_form([Note((), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")])
    if notes := wrong_with_commands(call.body):
        raise invalid_form(notes)
    for kind, most in MOST_COMMANDS.items():
        if sum(command.get("type", 1) == kind for command in call.body) > most:
            raise Refusal(400, 30032, f"Maximum number of application commands reached ({most})")
    before = {(command["type"], command["name"]): command["id"] for command in discord.commands.get(scope, [])}
    discord.commands[scope] = [_whole(discord, scope, command, before) for command in call.body]
    return discord.commands[scope]


def _scope(discord: World, call: Call) -> str:
    if call.named["application"] != discord.app.id:
        raise not_this_application()
    scope = call.named.get("guild", "")
    if scope and (scope not in discord.guilds or not discord.guilds[scope].has(discord.app.bot_user)):
        raise missing_access()
    return scope


def _whole(discord: World, scope: str, command: Json, before: dict[tuple[int, str], str]) -> Json:
    """Return a command as Discord keeps it: permissions as text, contexts only for global ones."""
    kind, name = command.get("type") or 1, command["name"]
    permissions = command.get("default_member_permissions")
    kept: dict[str, Any] = {
        "id": before.get((kind, name)) or discord.new_id(),
        "application_id": discord.app.id,
        "version": discord.new_id(),
        "type": kind,
        "name": name,
        "description": command.get("description") or "",
        "options": command.get("options") or [],
        "default_member_permissions": None if permissions is None else str(permissions),
        "nsfw": bool(command.get("nsfw")),
    }
    if scope:
        return kept | {"guild_id": scope}
    contexts = command.get("contexts")
    in_direct_messages = 1 in contexts if contexts is not None else command.get("dm_permission", True)
    return kept | {
        "contexts": contexts,
        "dm_permission": bool(in_direct_messages),
        "integration_types": command.get("integration_types") or [0],
    }
