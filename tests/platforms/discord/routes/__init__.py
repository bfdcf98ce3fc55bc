"""The REST routes: which there are, what they need and what they do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.records import Call
from tests.platforms.discord.routes import callbacks, commands, guilds, messages, people, webhooks
from tests.platforms.discord.world import World

Perform = Callable[[World, Call], Any]

CHANNEL, GUILD = "/channels/{channel}", "/guilds/{guild}"
MESSAGES, COMMANDS = f"{CHANNEL}/messages", "/applications/{application}/commands"
GUILD_COMMANDS = "/applications/{application}/guilds/{guild}/commands"
TOKEN = "/webhooks/{application}/{token}"

GATEWAY = "GET /gateway/bot"
GUILDS = "GET /users/@me/guilds"
SEND = f"POST {MESSAGES}"
EDIT = f"PATCH {MESSAGES}/{{message}}"
SYNC = f"PUT {COMMANDS}"
MEMBER = f"GET {GUILD}/members/{{user}}"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
FOLLOW_UP = f"POST {TOKEN}"
EDIT_ANSWER = f"PATCH {TOKEN}/messages/{{message}}"


@dataclass(frozen=True)
class Route:
    """What a route does, and whether it takes a bot token; those that do not carry an interaction's token."""

    perform: Perform
    needs_token: bool = True


ROUTES = {
    "GET /users/@me": Route(people.myself),
    GUILDS: Route(people.guilds),
    "POST /users/@me/channels": Route(people.open_direct),
    "GET /users/{user}": Route(people.about),
    "GET /oauth2/applications/@me": Route(people.application),
    "GET /applications/@me": Route(people.application),
    "GET /gateway": Route(people.gateway_address, needs_token=False),
    GATEWAY: Route(people.gateway),
    f"GET {GUILD}": Route(guilds.about),
    MEMBER: Route(guilds.member),
    f"GET {GUILD}/roles": Route(guilds.roles),
    f"GET {GUILD}/roles/{{role}}": Route(guilds.role),
    f"GET {GUILD}/channels": Route(guilds.channels),
    f"GET {CHANNEL}": Route(guilds.channel),
    f"POST {CHANNEL}/threads": Route(guilds.open_thread),
    f"POST {MESSAGES}/{{message}}/threads": Route(guilds.open_thread),
    SEND: Route(messages.create),
    f"GET {MESSAGES}": Route(messages.every),
    f"GET {MESSAGES}/{{message}}": Route(messages.about),
    EDIT: Route(messages.edit),
    f"DELETE {MESSAGES}/{{message}}": Route(messages.delete),
    f"GET {COMMANDS}": Route(commands.every),
    SYNC: Route(commands.replace),
    f"GET {GUILD_COMMANDS}": Route(commands.every),
    f"PUT {GUILD_COMMANDS}": Route(commands.replace),
    CALLBACK: Route(callbacks.answer, needs_token=False),
    FOLLOW_UP: Route(webhooks.follow_up, needs_token=False),
    f"GET {TOKEN}/messages/{{message}}": Route(webhooks.about, needs_token=False),
    EDIT_ANSWER: Route(webhooks.edit, needs_token=False),
    f"DELETE {TOKEN}/messages/{{message}}": Route(webhooks.delete, needs_token=False),
}


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))


PATTERNS = {name: _pattern(name) for name in ROUTES}


def find(method: str, path: str) -> tuple[str, dict[str, str]]:
    """Return the route that answers and what stands in its path; an empty name where none does."""
    for name, pattern in PATTERNS.items():
        if found := pattern.fullmatch(f"{method} {path}"):
            return name, found.groupdict()
    return "", {}
