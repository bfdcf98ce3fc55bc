"""The Web API's methods: which there are, what they need and what they do."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.platforms.slack.accounts import App
from tests.platforms.slack.methods import chat, conversations, people, views
from tests.platforms.slack.reading import Json
from tests.platforms.slack.workspace import Workspace

Perform = Callable[[Workspace, App, Json], Json]


@dataclass(frozen=True)
class Method:
    """What a method does, and the scope it needs."""

    perform: Perform
    scope: str = ""


METHODS = {
    "auth.test": Method(people.myself),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "conversations.info": Method(conversations.about),
    "conversations.join": Method(conversations.join, "channels:join"),
    "conversations.list": Method(conversations.every),
    "conversations.members": Method(conversations.members),
    "conversations.open": Method(conversations.open_direct, "im:write"),
    "team.info": Method(people.team, "team:read"),
    "usergroups.list": Method(people.groups, "usergroups:read"),
    "usergroups.users.list": Method(people.group_members, "usergroups:read"),
    "users.info": Method(people.about, "users:read"),
    "users.lookupByEmail": Method(people.by_email, "users:read.email"),
    "views.open": Method(views.open_modal),
    "views.publish": Method(views.publish),
    "views.push": Method(views.push_modal),
    "views.update": Method(views.update),
}
"""`apps.connections.open` is not among them: it takes the app token and belongs to Socket Mode."""
