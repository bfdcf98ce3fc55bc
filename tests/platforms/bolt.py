"""A small Bolt app that uses everything: it says back what it hears."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack import FakeSlack

Json = dict[str, Any]


@dataclass(frozen=True)
class BoltApp:
    """The app and its client."""

    app: AsyncApp
    client: AsyncWebClient


@asynccontextmanager
async def connected(app: AsyncApp, slack: FakeSlack) -> AsyncIterator[None]:
    """Keep one socket of the app open."""
    handler: Any = AsyncSocketModeHandler(app, slack.app.app_token, ping_interval=0.5)  # its methods carry no types
    before = len(slack.connected)
    await handler.connect_async()
    await slack.until(lambda: len(slack.connected) > before)
    yield
    await handler.close_async()


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, text: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def card(*buttons: Json, text: str = "May I?") -> list[Json]:
    section = {"type": "section", "block_id": "what", "text": plain(text)}
    return [section, {"type": "actions", "block_id": "how", "elements": list(buttons)}] if buttons else [section]


def reason_modal(title: str = "Why?") -> Json:
    box = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 20}
    reason = {"type": "input", "block_id": "reason", "label": plain("Reason"), "element": box}
    shown = {"title": plain(title), "submit": plain("Send"), "blocks": [reason], "notify_on_close": True}
    return {"type": "modal", "callback_id": "reason", **shown}


def echo_app(client: AsyncWebClient) -> AsyncApp:
    """Return the app; it acks first and does the rest after."""
    app = AsyncApp(client=client)
    _with_buttons(app)
    _with_a_modal(app)
    _with_ears(app)
    return app


def _with_buttons(app: AsyncApp) -> None:
    @app.action("approve")
    async def approve(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text="approved", blocks=card(text=f"Approved by {body['user']['id']}"))

    @app.action("deny")
    async def deny(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=reason_modal())

    @app.action("whisper")
    async def whisper(ack: Any, respond: Any) -> None:
        await ack()
        await respond("only you see this")

    @app.action("crash")
    async def crash() -> None:
        raise RuntimeError("before the ack")


def _with_a_modal(app: AsyncApp) -> None:
    @app.view("reason")
    async def reason(ack: Any, view: Json) -> None:
        match view["state"]["values"]["reason"]["text"]["value"]:
            case "no":
                await ack(response_action="errors", errors={"reason": "Say more"})
            case "next":
                await ack(response_action="update", view=reason_modal("Really?"))
            case "more":
                await ack(response_action="push", view=reason_modal("And?"))
            case "wrong":
                await ack(response_action="errors", errors={"elsewhere": "?"})
            case "enough":
                await ack(response_action="clear")
            case _:
                await ack()

    @app.view_closed("reason")
    async def closed(ack: Any) -> None:
        await ack()


def _with_ears(app: AsyncApp) -> None:
    @app.command("/echo")
    async def echo(ack: Any, command: Json) -> None:
        await ack(f"you said {command['text']}")

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card(text="Welcome home")})

    @app.event("message")
    async def heard(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text=f"heard {event['text']}", thread_ts=event["ts"])
