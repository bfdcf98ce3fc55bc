"""The payloads of interactions and events, as Slack writes them."""

import time
from typing import Any

from tests.platforms.slack.accounts import App, User
from tests.platforms.slack.channels import Channel, Message
from tests.platforms.slack.reading import Json
from tests.platforms.slack.views import View, state_of
from tests.platforms.slack.workspace import Workspace

VERIFICATION = "unused-in-socket-mode"


def _frame(slack: Workspace, app: App, user: User) -> Json:
    return {
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": slack.team_id},
        "api_app_id": app.id,
        "token": VERIFICATION,
        "team": {"id": slack.team_id, "domain": slack.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def block_actions(slack: Workspace, user: User, place: Message | View, block: Json, element: Json, chosen: Any) -> Json:
    """Somebody pressed or picked something."""
    assert place.app, "nothing can be pressed in what a person wrote"
    pressed = element["type"] == "button"
    kept = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    told = kept | {"type": "button"} if pressed else state_of(element, chosen)
    ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
    action = ids | told | {"action_ts": f"{time.time():.6f}"}
    where = _in_message(place) if isinstance(place, Message) else _in_view(place)
    return {"type": "block_actions", **_frame(slack, place.app, user), **where, "actions": [action]}


def _in_message(message: Message) -> Json:
    channel = message.channel
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.only_for is not None,
    }
    where: Json = {"container": container, "channel": {"id": channel.id, "name": _name(channel)}}
    if message.only_for is None:
        where["message"] = message.as_json()
    return where | {"state": {"values": {}}}


def _in_view(view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view.as_json()}


def _name(channel: Channel) -> str:
    return "directmessage" if channel.kind == "im" else channel.name


def view_submission(slack: Workspace, view: View, state: Json) -> Json:
    """Somebody pressed Submit in a modal."""
    return {"type": "view_submission", **_frame(slack, view.app, view.user), "view": view.as_json(state)} | {
        "response_urls": []
    }


def view_closed(slack: Workspace, view: View, *, cleared: bool) -> Json:
    """Somebody closed a modal that asked to be told."""
    frame = _frame(slack, view.app, view.user)
    return {"type": "view_closed", **frame, "view": view.as_json(), "is_cleared": cleared}


def slash_command(slack: Workspace, app: App, user: User, channel: Channel, command: str, text: str) -> Json:
    """Somebody typed a slash command."""
    return {
        "token": VERIFICATION,
        "team_id": slack.team_id,
        "team_domain": slack.domain,
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
    }


def event_callback(slack: Workspace, app: App, event: Json) -> Json:
    """Something happened that the app asked to hear about; the event id stays when it is told again."""
    authorization = {"team_id": slack.team_id, "user_id": app.bot_user.id, "is_bot": True, "enterprise_id": None}
    return {
        "token": VERIFICATION,
        "team_id": slack.team_id,
        "api_app_id": app.id,
        "event": {"event_ts": slack.new_ts(), **event},
        "type": "event_callback",
        "event_id": slack.new_id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [authorization | {"is_enterprise_install": False}],
        "is_ext_shared_channel": False,
    }
