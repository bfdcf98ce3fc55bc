"""Answers to interactions at their `response_url`: five times in half an hour.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import time

from aiohttp import web

from tests.platforms.slack.block_kit.surfaces import TEXT_LIMIT
from tests.platforms.slack.channels import Message
from tests.platforms.slack.methods.chat import checked_blocks
from tests.platforms.slack.methods.refusals import Refusal
from tests.platforms.slack.reading import Json
from tests.platforms.slack.records import Call, ResponseUrl
from tests.platforms.slack.web_api import arguments_of
from tests.platforms.slack.workspace import Workspace
from tests.platforms.weather import struck, wait_out

MOST_USES = 5


class Responses:
    """Serves `/response/SECRET`."""

    def __init__(self, slack: Workspace) -> None:
        self._slack = slack

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Take one answer."""
        url = self._slack.response_urls.get(http.match_info["secret"])
        call = Call("response_url", await arguments_of(http), time.monotonic(), url.app if url else None)
        self._slack.calls.append(call)
        fault = self._slack.weather.strike("response_url")
        if fault:
            await wait_out(fault)
            if fault.ends_the_call and not fault.after_effect:
                return struck(http, fault, call)
        call.answer, call.status = self._take(url, call.arguments)
        self._slack.bell.ring()
        if fault and fault.ends_the_call:
            return struck(http, fault, call)
        return web.json_response(call.answer, status=call.status)

    def _take(self, url: ResponseUrl | None, arguments: Json) -> tuple[Json, int]:
        if url is None or url.expired:
            return {"ok": False, "error": "expired_url"}, 404
        if url.uses >= MOST_USES:
            return {"ok": False, "error": "used_url"}, 404
        try:
            answer(self._slack, url, arguments)
        except Refusal as refusal:
            return refusal.answer, 400
        url.uses += 1
        return {"ok": True}, 200


def answer(slack: Workspace, url: ResponseUrl, arguments: Json) -> None:
    """Write, replace or delete as an answer says; also what an ack of a slash command carries."""
    source = url.source
    if arguments.get("delete_original") in {True, "true"} and source:
        source.deleted = True
        return
    blocks = checked_blocks(arguments, weighed=False)
    text = str(arguments.get("text") or "")[:TEXT_LIMIT]
    if arguments.get("replace_original") in {True, "true"} and source:
        slack.change(source, text=text, blocks=blocks)
        return
    message = Message(url.channel, slack.new_ts(), url.app.bot_user, text, blocks, url.app, arguments=arguments)
    message.thread_ts = arguments.get("thread_ts")
    message.only_for = None if arguments.get("response_type") == "in_channel" else url.user
    url.answers.append(slack.write(message))
