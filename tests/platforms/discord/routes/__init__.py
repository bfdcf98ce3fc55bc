"""The REST routes: which there are, what they need and what they do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.records import Call
from tests.platforms.discord.routes import callbacks, messages, people
from tests.platforms.discord.world import World

Perform = Callable[[World, Call], Any]

SEND = "POST /channels/{channel}/messages"
EDIT = "PATCH /channels/{channel}/messages/{message}"
CALLBACK = "POST /interactions/{interaction}/{token}/callback"
FOLLOW_UP = "POST /webhooks/{application}/{token}"
EDIT_ANSWER = "PATCH /webhooks/{application}/{token}/messages/{message}"


@dataclass(frozen=True)
class Route:
    """What a route does, and whether it takes a bot token; those that do not carry an interaction's token."""

    perform: Perform
    needs_token: bool = True


ROUTES = {
    "GET /users/@me": Route(people.myself),
    "GET /oauth2/applications/@me": Route(people.application),
    "GET /applications/@me": Route(people.application),
    "GET /gateway/bot": Route(people.gateway),
    SEND: Route(messages.create),
    EDIT: Route(messages.edit),
    CALLBACK: Route(callbacks.answer, needs_token=False),
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
