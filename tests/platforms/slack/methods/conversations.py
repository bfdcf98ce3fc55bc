"""`conversations.*`: which channels there are and who is in them."""

from tests.platforms.slack.accounts import App
from tests.platforms.slack.channels import Channel, Kind
from tests.platforms.slack.methods.paging import page
from tests.platforms.slack.methods.refusals import Refusal
from tests.platforms.slack.reading import Json
from tests.platforms.slack.workspace import Workspace

TYPES = {"public_channel": Kind.PUBLIC, "private_channel": Kind.PRIVATE, "im": Kind.DIRECT}


def about(slack: Workspace, app: App, arguments: Json) -> Json:
    """`conversations.info`: one conversation, by id."""
    channel = _visible(slack, app, arguments)
    _need_read_scope(app, channel.kind)
    return {"ok": True, "channel": channel.as_json(app.bot_user)}


def every(slack: Workspace, app: App, arguments: Json) -> Json:
    """`conversations.list`: all that the app can see, in pages."""
    kinds = [TYPES[name] for name in str(arguments.get("types") or "public_channel").split(",") if name in TYPES]
    for kind in kinds:
        _need_read_scope(app, kind)
    found = [channel for channel in slack.channels.values() if channel.kind in kinds and _can_see(app, channel)]
    if arguments.get("exclude_archived") in {True, "true", "1"}:
        found = [channel for channel in found if not channel.archived]
    return page(slack, arguments, "channels", [channel.as_json(app.bot_user) for channel in found])


def open_direct(slack: Workspace, app: App, arguments: Json) -> Json:
    """`conversations.open`: the direct message with somebody."""
    users = arguments.get("users", "")
    names = users if isinstance(users, list) else str(users).split(",")
    if len(names) != 1 or names[0] not in slack.users:
        raise Refusal("user_not_found")
    channel = slack.direct(slack.users[names[0]], app)
    return {"ok": True, "channel": {"id": channel.id}}


def join(slack: Workspace, app: App, arguments: Json) -> Json:
    """`conversations.join`: go into a public channel."""
    channel = _visible(slack, app, arguments)
    if channel.kind is not Kind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    if not channel.has(app.bot_user):
        channel.members.append(app.bot_user)
    return {"ok": True, "channel": channel.as_json(app.bot_user)}


def members(slack: Workspace, app: App, arguments: Json) -> Json:
    """`conversations.members`: who is in there, in pages."""
    channel = _visible(slack, app, arguments)
    _need_read_scope(app, channel.kind)
    return page(slack, arguments, "members", [user.id for user in channel.members])


def _visible(slack: Workspace, app: App, arguments: Json) -> Channel:
    channel = slack.channels.get(str(arguments.get("channel", "")))
    if channel is None or not _can_see(app, channel):
        raise Refusal("channel_not_found")
    return channel


def _can_see(app: App, channel: Channel) -> bool:
    return channel.kind is Kind.PUBLIC or channel.has(app.bot_user)


def _need_read_scope(app: App, kind: Kind) -> None:
    if f"{kind}:read" not in app.scopes:
        raise Refusal("missing_scope", needed=f"{kind}:read", provided=",".join(sorted(app.scopes)))
