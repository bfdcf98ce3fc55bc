"""`chat.*`: posting, editing, deleting. https://docs.slack.dev/reference/methods/chat.postMessage"""

import time
from typing import Any

from tests.platforms.slack.accounts import App
from tests.platforms.slack.block_kit.ids import with_ids
from tests.platforms.slack.block_kit.surfaces import (
    MESSAGE_WEIGHT,
    TEXT_LIMIT,
    UPDATE_TEXT_BYTES,
    weight,
    wrong_with_blocks,
)
from tests.platforms.slack.channels import Channel, Kind, Message
from tests.platforms.slack.methods.refusals import Refusal, TooFast, wrong
from tests.platforms.slack.reading import Json
from tests.platforms.slack.workspace import Workspace

TRUNCATED = "[WARN] Your message was truncated but still posted. The `text` field accepts up to 40,000 characters."


def post_message(slack: Workspace, app: App, arguments: Json) -> Json:
    """Post a message to a channel, a direct message or a person."""
    channel = place_to_post(slack, app, str(arguments.get("channel", "")))
    blocks = checked_blocks(arguments)
    _no_faster_than_one_a_second(slack, channel)
    thread_ts = arguments.get("thread_ts")
    if thread_ts and not channel.find(thread_ts):
        raise Refusal("thread_not_found")
    message = slack.write(_message(slack, app, channel, arguments, blocks, thread_ts=thread_ts))
    answer = {"ok": True, "channel": channel.id, "ts": message.ts, "message": message.as_json()}
    return answer | _warned(arguments)


def post_ephemeral(slack: Workspace, app: App, arguments: Json) -> Json:
    """Post a message that one person sees."""
    channel = place_to_post(slack, app, str(arguments.get("channel", "")))
    user = slack.users.get(arguments.get("user", ""))
    if user is None or not channel.has(user):
        raise Refusal("user_not_in_channel")
    message = _message(slack, app, channel, arguments, checked_blocks(arguments))
    message.only_for = user
    return {"ok": True, "message_ts": slack.write(message).ts} | _warned(arguments)


def update(slack: Workspace, app: App, arguments: Json) -> Json:
    """Edit a message of the app's own; without `blocks` the old ones stay."""
    message = _own_message(slack, app, arguments, "cant_update_message")
    text = str(arguments.get("text", ""))
    if not text and "blocks" not in arguments:
        raise Refusal("no_text")
    if len(text.encode("utf-8", "surrogatepass")) > UPDATE_TEXT_BYTES:
        raise Refusal("msg_too_long")
    blocks = checked_blocks(arguments) if "blocks" in arguments else message.blocks
    slack.change(message, text=text, blocks=blocks)
    return {
        "ok": True,
        "channel": message.channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_json(),
    }


def delete(slack: Workspace, app: App, arguments: Json) -> Json:
    """Delete a message of the app's own."""
    message = _own_message(slack, app, arguments, "cant_delete_message")
    message.deleted = True
    slack.bell.ring()
    return {"ok": True, "channel": message.channel.id, "ts": message.ts}


def _own_message(slack: Workspace, app: App, arguments: Json, otherwise: str) -> Message:
    channel = slack.channels.get(str(arguments.get("channel", "")))
    if channel is None or (channel.kind is not Kind.PUBLIC and not channel.has(app.bot_user)):
        raise Refusal("channel_not_found")
    message = channel.find(str(arguments.get("ts", "")))
    if message is None:
        raise Refusal("message_not_found")
    if message.app is not app:
        raise Refusal(otherwise)
    if channel.archived:
        raise Refusal("is_archived")
    return message


def place_to_post(slack: Workspace, app: App, target: str) -> Channel:
    """Return the conversation that an id or `#name` means, if the app may write there."""
    if target in slack.users:
        return slack.direct(slack.users[target], app)
    name = target.removeprefix("#")
    named = (channel for channel in slack.channels.values() if channel.name == name and channel.kind is not Kind.DIRECT)
    channel = slack.channels.get(target) or next(named, None)
    if channel is None or (channel.kind is not Kind.PUBLIC and not channel.has(app.bot_user)):
        raise Refusal("channel_not_found")
    if channel.archived:
        raise Refusal("is_archived")
    if not channel.has(app.bot_user) and "chat:write.public" not in app.scopes:
        raise Refusal("not_in_channel")
    return channel


def checked_blocks(arguments: Json, *, weighed: bool = True) -> list[Json]:
    """Return the blocks with ids, when Slack would take them."""
    blocks = arguments.get("blocks") or []
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    if not blocks and not arguments.get("text"):
        raise Refusal("no_text")
    if notes := wrong_with_blocks(blocks):
        raise wrong("invalid_blocks", notes)
    if weighed and weight(blocks) > MESSAGE_WEIGHT:
        raise Refusal("msg_blocks_too_long")
    return with_ids(blocks)


def _no_faster_than_one_a_second(slack: Workspace, channel: Channel) -> None:
    recent = [message for message in channel.written if message.app and time.monotonic() - message.posted_at < 1]
    if slack.weather.one_message_a_second and recent:
        raise TooFast(1)


def _message(slack: Workspace, app: App, channel: Channel, arguments: Json, blocks: list[Json], **more: Any) -> Message:
    text = str(arguments.get("text") or "")[:TEXT_LIMIT]
    return Message(
        channel,
        slack.new_ts(),
        app.bot_user,
        text,
        blocks,
        app,
        arguments=arguments,
        posted_at=time.monotonic(),
        **more,
    )


def _warned(arguments: Json) -> Json:
    if len(str(arguments.get("text") or "")) <= TEXT_LIMIT:
        return {}
    return {"response_metadata": {"messages": [TRUNCATED], "warnings": ["message_truncated"]}}
