"""The Web API over HTTP: reads what slack_sdk sends, checks tokens and scopes, meets the weather, answers.

Errors are HTTP 200 with `ok: false`, except 429 and what the weather brings. https://docs.slack.dev/apis/web-api
"""

import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.platforms.slack.accounts import App
from tests.platforms.slack.methods import METHODS
from tests.platforms.slack.methods.refusals import Refusal, TooFast
from tests.platforms.slack.reading import Json
from tests.platforms.slack.records import Call
from tests.platforms.slack.workspace import Workspace
from tests.platforms.weather import struck, wait_out

IN_JSON = ("attachments", "blocks", "metadata", "view")
"""Arguments that may come as JSON inside a form."""


class WebApi:
    """Serves `/api/METHOD`; `open_socket` gives the address for Socket Mode."""

    def __init__(self, slack: Workspace, open_socket: Callable[[App], str]) -> None:
        self._slack = slack
        self._open_socket = open_socket

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one call."""
        call = Call(http.match_info["method"], await arguments_of(http), time.monotonic())
        self._slack.calls.append(call)
        fault = self._slack.weather.strike(call.method)
        self._slack.bell.ring()
        if fault and not fault.answers_late:
            await wait_out(fault)
            if fault.ends_the_call and not fault.after_effect:
                return struck(http, fault, call)
        response = self._perform(call, http)
        self._slack.bell.ring()
        if fault and fault.answers_late:
            await wait_out(fault)
        return struck(http, fault, call) if fault and fault.ends_the_call else response

    def _perform(self, call: Call, http: web.Request) -> web.Response:
        headers: dict[str, str] = {}
        call.status = 200
        try:
            call.answer = self._answer(call, http, headers)
        except TooFast as refusal:
            call.status, headers["Retry-After"] = 429, str(refusal.retry_after)
            call.answer = refusal.answer
        except Refusal as refusal:
            call.answer = refusal.answer
        return web.json_response(call.answer, status=call.status, headers=headers)

    def _answer(self, call: Call, http: web.Request, headers: dict[str, str]) -> Json:
        if call.method == "apps.connections.open":
            return self._connection(call, http, headers)
        method = METHODS.get(call.method)
        if method is None:
            raise Refusal("unknown_method", req_method=call.method)
        call.app = self._owner(_token(http) or call.arguments.pop("token", ""), "xoxb-")
        headers["x-oauth-scopes"] = ",".join(sorted(call.app.scopes))
        headers["x-accepted-oauth-scopes"] = method.scope
        if method.scope and method.scope not in call.app.scopes:
            raise Refusal("missing_scope", needed=method.scope, provided=headers["x-oauth-scopes"])
        return method.perform(self._slack, call.app, call.arguments)

    def _connection(self, call: Call, http: web.Request, headers: dict[str, str]) -> Json:
        call.app = self._owner(_token(http), "xapp-")
        headers["x-oauth-scopes"] = ",".join(sorted(call.app.app_scopes))
        if "connections:write" not in call.app.app_scopes:
            raise Refusal("missing_scope", needed="connections:write", provided=headers["x-oauth-scopes"])
        return {"ok": True, "url": self._open_socket(call.app)}

    def _owner(self, token: str, kind: str) -> App:
        if not token:
            raise Refusal("not_authed")
        owner = next((app for app in self._slack.apps if token in {app.bot_token, app.app_token}), None)
        if owner is None:
            raise Refusal("invalid_auth")
        if owner.refusal:
            raise Refusal(owner.refusal)
        if not token.startswith(kind):
            raise Refusal("not_allowed_token_type")
        return owner


def _token(http: web.Request) -> str:
    scheme, _, token = http.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme == "Bearer" else ""


async def arguments_of(http: web.Request) -> Json:
    """Return a call's arguments from the query and the body, form or JSON."""
    found: Json = dict(http.query)
    if http.content_type == "application/json":
        body = await http.json() if http.can_read_body else {}
        found |= body if isinstance(body, dict) else {}
    else:
        found |= dict(await http.post())
    return {name: _parsed(value) if name in IN_JSON else value for name, value in found.items()}


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
