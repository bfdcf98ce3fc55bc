"""The people and roles that the settings name: whether there are such, in a server that the bot is in."""

from collections.abc import Awaitable, Iterable
from typing import Any

from bot.discord.doctor.inquiry import guarded
from bot.discord.doctor.servers import Servers
from bot.discord.options import DiscordOptions
from bot.discord.remedies import ID, REMEDIES
from gateway.findings import Finding, fine, trouble
from gateway.redact import visible

DEFAULT = "DISCORD_DEFAULT_CHANNEL_ID"
ANOTHER = "name another role, or nobody: then whoever sees a card may decide it, from there"


class People:
    """Looks at who may decide, search and administer, and at who gets direct messages."""

    def __init__(self, options: DiscordOptions, servers: Servers) -> None:
        self._options = options
        self._servers = servers

    def looks(self) -> Iterable[Awaitable[list[Finding]]]:
        """Look at everybody that the settings name; at nobody where the bot is in no server."""
        if not self._servers.known:
            return
        default = self._options.default_channel or ""
        if default.startswith("user:"):
            yield guarded(DEFAULT, self._reached(default.removeprefix("user:")))
        for name in sorted(self._options.approvers | self._options.auditors | self._options.admins):
            if name.startswith("role:"):
                yield _about_role(name.removeprefix("role:"), self._servers)
            else:
                yield guarded(f"user {name}", self._look(name))

    async def _look(self, user: str) -> list[Finding]:
        part = f"user {user}"
        async for server, member in self._servers.members(user):
            if member["user"].get("bot"):
                return [trouble(part, f"{_name(member)} is a bot: it decides nothing", remedy="name a person")]
            return [fine(part, f"{_name(member)} in {server.name}")]
        return [trouble(part, "in none of the bot's servers", remedy=f"{REMEDIES['10007']}; {ID}")]

    async def _reached(self, user: str) -> list[Finding]:
        async for server, member in self._servers.members(user):
            return [fine(DEFAULT, f"direct messages to {_name(member)}, who is in {server.name}")]
        meaning = f"user:{user} is in none of the bot's servers, so the bot cannot write to them"
        return [trouble(DEFAULT, meaning, remedy=f"{REMEDIES['10007']}; {ID}")]


async def _about_role(role: str, servers: Servers) -> list[Finding]:
    part = f"role {role}"
    if role in servers.known:
        meaning = f"@everyone of {servers.known[role].name}: every member counts, wherever they are in the server"
        return [trouble(part, meaning, remedy=ANOTHER)]
    for server in servers.known.values():
        found: Any = next((one for one in server.guild["roles"] if one["id"] == role), None)
        if found is None:
            continue
        name = f"@{visible(str(found['name']))} in {server.name}"
        if (found.get("tags") or {}).get("bot_id"):
            return [trouble(part, f"{name} is a bot's own role: no person has it", remedy=ANOTHER)]
        return [fine(part, name)]
    return [trouble(part, "in none of the bot's servers", remedy=f"{ID}: Server Settings, Roles, Copy Role ID")]


def _name(member: Any) -> str:
    return f"@{visible(str(member['user']['username']))}"
