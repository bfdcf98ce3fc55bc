"""The Web API, met by the real slack_sdk."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.platforms.bolt import Json, button, card, reason_modal
from tests.platforms.slack import FakeSlack, weather


async def refused(call: Awaitable[Any]) -> Any:
    """Return what Slack answered to a call it refuses."""
    with pytest.raises(SlackApiError) as refusal:
        await call
    return refusal.value.response


async def test_a_message_is_posted_edited_and_deleted(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    posted = await client.chat_postMessage(channel="#ops", text="card", blocks=card(button("approve", "Approve")))
    message = await slack.next_message(ops)
    assert (posted["ts"], message.visible_text()) == (message.ts, "May I?\n[Approve]")
    await client.chat_update(channel=ops.id, ts=message.ts, text="done", blocks=card(text="Done"))
    assert (message.visible_text(), message.buttons, len(message.edits)) == ("Done", [], 1)
    await client.chat_postMessage(channel=ops.id, text="because", thread_ts=message.ts)
    assert [reply.text for reply in message.thread] == ["because"]
    await client.chat_delete(channel=ops.id, ts=message.ts)
    assert slack.messages(ops) == []


async def test_an_edit_without_blocks_keeps_the_old_ones(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    posted = await client.chat_postMessage(channel=ops.id, text="card", blocks=card(button("approve", "Approve")))
    await client.chat_update(channel=ops.id, ts=posted["ts"], text="approved")
    [message] = slack.messages(ops)
    assert [each.action_id for each in message.buttons] == ["approve"]


async def test_a_person_is_written_to_directly(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.user("ada")
    posted = await client.chat_postMessage(channel=ada.id, text="psst")
    opened = await client.conversations_open(users=ada.id)
    assert posted["channel"] == opened["channel"]["id"] == slack.direct(ada).id
    assert (await slack.next_message(slack.direct(ada))).text == "psst"


async def test_only_the_addressee_sees_an_ephemeral_message(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada, bob = slack.user("ada"), slack.user("bob")
    ops = slack.channel("ops", ada)
    await client.chat_postEphemeral(channel=ops.id, user=ada.id, text="you may not")
    assert [message.text for message in slack.private_messages(ada)] == ["you may not"]
    assert slack.messages(ops) == slack.private_messages(bob) == []
    answer = await refused(client.chat_postEphemeral(channel=ops.id, user=bob.id, text="hm"))
    assert answer["error"] == "user_not_in_channel"


async def test_where_nobody_may_post(slack: FakeSlack, client: AsyncWebClient) -> None:
    public, private = slack.channel("public", bot=False), slack.channel("private", private=True, bot=False)
    old = slack.channel("old", archived=True)
    errors = [
        (await refused(client.chat_postMessage(channel=channel, text="hello")))["error"]
        for channel in (public.id, private.id, old.id, "C404", "#nowhere")
    ]
    assert errors == ["not_in_channel", "channel_not_found", "is_archived", "channel_not_found", "channel_not_found"]
    await client.conversations_join(channel=public.id)
    assert (await client.chat_postMessage(channel=public.id, text="hello"))["ok"]


async def test_what_cannot_be_edited(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    theirs = await slack.say(slack.user("ada"), slack.channel("quiet", bot=False), "mine")
    mine = await client.chat_postMessage(channel=ops.id, text="hello")
    calls = [
        client.chat_update(channel=ops.id, ts="1.000000", text="x"),
        client.chat_update(channel="C404", ts=mine["ts"], text="x"),
        client.chat_update(channel=theirs.channel.id, ts=theirs.ts, text="x"),
        client.chat_update(channel=ops.id, ts=mine["ts"], text="ü" * 2_001),
        client.api_call("chat.update", json={"channel": ops.id, "ts": mine["ts"]}),
        client.api_call("chat.postMessage", json={"channel": ops.id}),
    ]
    errors = [(await refused(call))["error"] for call in calls]
    expected = ["message_not_found", "channel_not_found", "cant_update_message", "msg_too_long", "no_text", "no_text"]
    assert errors == expected


async def test_long_texts_are_cut_with_a_warning(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    answer = await client.chat_postMessage(channel=ops.id, text="x" * 40_001)
    assert answer["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(slack.messages(ops)[0].text) == 40_000


async def test_tokens_and_scopes_are_checked(slack: FakeSlack) -> None:
    ops = slack.channel("ops")

    async def error_with(token: str) -> Any:
        client = AsyncWebClient(token=token, base_url=slack.base_url)
        return (await refused(client.chat_postMessage(channel=ops.id, text="x"))).data

    assert (await error_with(""))["error"] == "not_authed"
    assert (await error_with("xoxb-wrong"))["error"] == "invalid_auth"
    assert (await error_with(slack.app.app_token))["error"] == "not_allowed_token_type"
    slack.app.scopes.discard("chat:write")
    answer = await error_with(slack.app.bot_token)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert "users:read" in answer["provided"]
    slack.app.revoke()
    assert (await error_with(slack.app.bot_token))["error"] == "token_revoked"


async def test_scopes_come_in_a_header(slack: FakeSlack, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert set(answer.headers["x-oauth-scopes"].split(",")) == slack.app.scopes
    assert (answer["user_id"], answer["bot_id"]) == (slack.app.bot_user.id, slack.app.bot_id)


async def test_sockets_need_the_app_token(slack: FakeSlack, client: AsyncWebClient) -> None:
    opened = await client.apps_connections_open(app_token=slack.app.app_token)
    assert opened["url"].startswith(f"ws://127.0.0.1:{slack.url.rsplit(':', 1)[1]}/")
    answer = await refused(client.apps_connections_open(app_token=slack.app.bot_token))
    assert answer["error"] == "not_allowed_token_type"
    slack.app.app_scopes.clear()
    answer = await refused(client.apps_connections_open(app_token=slack.app.app_token))
    assert answer["error"] == "missing_scope"


async def test_people_groups_and_channels_are_found(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada, bob = slack.user("ada"), slack.user("bob", deleted=True)
    group, ops = slack.group("oncall", ada, bob), slack.channel("ops", ada)
    assert (await client.users_info(user=ada.id))["user"]["name"] == "ada"
    assert (await client.users_lookupByEmail(email="ADA@example.com"))["user"]["id"] == ada.id
    assert (await client.usergroups_list())["usergroups"][0]["handle"] == "oncall"
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == [ada.id, bob.id]
    assert (await client.conversations_members(channel=ops.id))["members"] == [ada.id, slack.app.bot_user.id]
    assert (await client.conversations_info(channel=ops.id))["channel"]["is_member"] is True
    assert (await client.team_info())["team"]["id"] == slack.team_id
    assert (await refused(client.users_info(user="U404")))["error"] == "user_not_found"
    assert (await refused(client.users_lookupByEmail(email=bob.email)))["error"] == "users_not_found"
    assert (await refused(client.usergroups_users_list(usergroup="S404")))["error"] == "no_such_subteam"
    assert (await refused(client.api_call("chat.shout")))["error"] == "unknown_method"


async def test_long_lists_come_in_pages(slack: FakeSlack, client: AsyncWebClient) -> None:
    names = [slack.channel(f"c{number}").name for number in range(5)]
    slack.channel("hidden", private=True, bot=False)
    types = "public_channel,private_channel"
    pages = [
        [channel["name"] for channel in page["channels"]]
        async for page in await client.conversations_list(limit=2, types=types)
    ]
    assert pages == [names[:2], names[2:4], names[4:]]


async def test_a_home_tab_is_published(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.user("ada")
    view = {"type": "home", "blocks": card(text="nothing waits")}
    published = await client.views_publish(user_id=ada.id, view=view)
    home = slack.home(ada)
    assert home
    assert home.visible_text() == "nothing waits"
    answer = await refused(client.views_publish(user_id=ada.id, view=view, hash="old"))
    assert answer["error"] == "hash_conflict"
    assert published["view"]["hash"] == home.hash


async def test_views_need_a_good_trigger(slack: FakeSlack, client: AsyncWebClient) -> None:
    answer = await refused(client.views_open(trigger_id="1.2.3", view=reason_modal()))
    assert answer["error"] == "invalid_trigger_id"
    assert (await refused(client.views_update(view_id="V404", view=reason_modal())))["error"] == "not_found"


async def test_modals_are_pushed_updated_and_pushed_no_deeper(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.user("ada")
    await client.chat_postMessage(channel=slack.channel("ops", ada).id, text="card", blocks=card(button("ask", "Ask")))
    [message], slack.patience = slack.messages(slack.channels[slack.calls[0].arguments["channel"]]), 0

    async def trigger() -> str:
        return str((await slack.click(ada, message, "ask")).envelope.payload["trigger_id"])

    opened = await client.views_open(trigger_id=await trigger(), view=reason_modal("one"))
    await client.views_push(trigger_id=await trigger(), view=reason_modal("two"))
    await client.views_push(trigger_id=await trigger(), view=reason_modal("three"))
    answer = await refused(client.views_push(trigger_id=await trigger(), view=reason_modal("four")))
    assert answer["error"] == "push_limit_reached"
    await client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=reason_modal("uno"))
    assert [view.title for view in slack.modals(ada)] == ["uno", "two", "three"]
    late = client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=reason_modal("late"))
    assert (await refused(late))["error"] == "hash_conflict"


async def test_another_app_cannot_edit_ours(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops, other = slack.channel("ops"), slack.install("other")
    posted = await client.chat_postMessage(channel=ops.id, text="ours")
    stranger = AsyncWebClient(token=other.bot_token, base_url=slack.base_url)
    answer = await refused(stranger.chat_update(channel=ops.id, ts=posted["ts"], text="theirs"))
    assert answer["error"] == "cant_update_message"


async def test_429_is_waited_for_and_tried_again(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.weather.on("chat.postMessage", weather.rate_limited(0))
    await client.chat_postMessage(channel=ops.id, text="late")
    assert [call.status for call in slack.calls_of("chat.postMessage")] == [429, 200]
    assert len(slack.messages(ops)) == 1


async def test_a_channel_takes_one_message_a_second(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops, dev = slack.channel("ops"), slack.channel("dev")
    slack.weather.one_message_a_second = True
    await client.chat_postMessage(channel=ops.id, text="one")
    await client.chat_postMessage(channel=dev.id, text="elsewhere")
    answer = await refused(client.chat_postMessage(channel=ops.id, text="two"))
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")


@pytest.mark.parametrize("after_effect", [False, True])
async def test_a_cut_connection_is_tried_again_even_when_the_message_had_arrived(
    slack: FakeSlack, client: AsyncWebClient, *, after_effect: bool
) -> None:
    ops = slack.channel("ops")
    slack.weather.on("chat.postMessage", weather.cut(after_effect=after_effect))
    await client.chat_postMessage(channel=ops.id, text="once?")
    assert len(slack.messages(ops)) == (2 if after_effect else 1)


async def test_server_errors_of_every_kind(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    for fault in (weather.status(503), weather.html(), weather.error("fatal_error")):
        slack.weather.on("chat.postMessage", fault)
        await refused(client.chat_postMessage(channel=ops.id, text="lost"))
    slack.weather.on("chat.postMessage", weather.error("internal_error", after_effect=True))
    assert (await refused(client.chat_postMessage(channel=ops.id, text="there")))["error"] == "internal_error"
    assert [message.text for message in slack.messages(ops)] == ["there"]
    client.retry_handlers.append(AsyncServerErrorRetryHandler())
    slack.weather.on("chat.postMessage", weather.status(500))
    assert (await client.chat_postMessage(channel=ops.id, text="at last"))["ok"]


async def test_a_call_hangs_until_the_weather_clears(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    slack.weather.keep("chat.postMessage", weather.hang())
    async with asyncio.TaskGroup() as group:
        posting = group.create_task(client.chat_postMessage(channel=ops.id, text="patience"))
        await slack.until(lambda: slack.calls_of("chat.postMessage"))
        assert slack.messages(ops) == []
        slack.weather.clear()
    assert posting.result()["ok"]


async def test_weather_can_come_later_and_be_slow(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.weather.on("*", weather.error("service_unavailable"), after=1)
    slack.weather.on("team.info", weather.slow(0.01))
    assert (await client.auth_test())["ok"]
    assert (await refused(client.auth_test()))["error"] == "service_unavailable"
    assert (await client.team_info())["ok"]


async def test_slow_answers_run_into_the_timeout_of_the_client(slack: FakeSlack) -> None:
    slack.weather.keep("auth.test", weather.hang())
    client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.base_url, timeout=0)
    client.timeout = 0.05  # type: ignore[assignment]  # aiohttp takes fractions, slack_sdk's types do not
    with pytest.raises((TimeoutError, aiohttp.ClientError)):
        await client.auth_test()


async def test_response_urls_work_five_times(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.user("ada")
    ops = slack.channel("ops", ada)
    await client.chat_postMessage(channel=ops.id, text="card", blocks=card(button("approve", "Approve")))
    slack.patience = 0
    clicked = await slack.click(ada, await slack.next_message(ops), "approve")
    hook = AsyncWebhookClient(str(clicked.envelope.payload["response_url"]))
    slack.weather.on("response_url", weather.status(500))
    assert (await hook.send(text="lost")).status_code == 500
    assert (await hook.send(text="in public", response_type="in_channel")).status_code == 200
    assert (await hook.send(blocks=card(text="x" * 3_001))).status_code == 400
    for _ in range(2):
        await hook.send(text="only you")
    await hook.send(text="replaced", replace_original=True)
    await hook.send(delete_original=True)
    assert "used_url" in (await hook.send(text="once more")).body
    assert [message.text for message in slack.messages(ops)] == ["in public"]
    assert [message.text for message in clicked.answers] == ["in public", "only you", "only you"]


async def test_what_is_alive_in_a_message(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    evil = "<!channel> <@U1> <https://evil.example|fine> https://bare.example :x: a &lt; b"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": evil}}
    await client.chat_postMessage(channel=ops.id, text="safe", blocks=[section])
    message = await slack.next_message(ops)
    assert (message.mentions, message.links) == (["!channel", "@U1"], ["https://evil.example", "https://bare.example"])
    assert message.emoji == ["x"]
    assert message.visible_text().endswith("«fine → https://evil.example» «https://bare.example» :x: a < b")
    quoted = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": evil}]}
    literal: Json = {"type": "section", "text": {"type": "plain_text", "text": evil, "emoji": False}}
    blocks = [{"type": "rich_text", "elements": [quoted]}, literal]
    await client.chat_postMessage(channel=ops.id, text="safe", blocks=blocks)
    message = await slack.next_message(ops)
    assert (message.mentions, message.links, message.emoji) == ([], [], [])
    assert message.visible_text() == f"{evil}\n{evil}"
    await client.chat_postMessage(channel=ops.id, text="<!here>", blocks=blocks)
    assert (await slack.next_message(ops)).mentions == ["!here"]
