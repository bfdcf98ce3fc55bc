"""The MCP tools by the official client: a model asks, learns what people said, and nothing sounds like an approval."""

import asyncio
from typing import Any

import pytest
from agentgate import AsyncAgentGate, Request, Status
from agentgate.mcp.outcome import outcome_of, told
from mcp import Client
from mcp.shared.exceptions import MCPError

from models.words import Scope
from tests.agents.clients import IN_SESSIONS, WAYS, Model, a_model, served_over_http
from tests.agents.house import House
from tests.conftest import a_key
from tests.sdk.scripted_gate import Cut, ScriptedGate, a_request, decided, page, problem, says

ASK: dict[str, Any] = {
    "action": "email.send",
    "params": {"to": "lea@example.com", "count": 2},
    "reason": "She asked for it.",
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_model_asks_waits_acts_and_reports(house: House, way: str) -> None:
    async with a_model(house, way) as model:
        pending = await model.uses("request_approval", **ASK, wait_seconds=0)
        assert (pending["status"], pending["approved"], pending["check_again_in_seconds"]) == ("pending", False, 30)
        assert "do not do it yet" in pending["next_step"]
        asked = await house.decided(reason="go")
        assert pending["request_id"] == asked.id
        assert (pending["code"], pending["url"], pending["digest"]) == (asked.code, asked.url, asked.digest)
        approved = await model.uses("check_approval", request_id=pending["code"])
        assert (approved["approved"], approved["decided_by"], approved["decision_reason"]) == (True, "api:lea", "go")
        assert "exactly this, with exactly these params, once" in approved["next_step"]
        done = await model.uses("confirm_execution", request_id=asked.id, result={"message": "m-7"})
        assert (done["status"], done["approved"]) == ("approved", False)
        assert "Do not do it again" in done["next_step"]
        listed = await model.uses("list_my_requests")
        assert [one["request_id"] for one in listed["requests"]] == [asked.id]
    kept = await house.people.get(asked)
    assert (kept.action, kept.params, kept.context) == (ASK["action"], ASK["params"], {"reason": ASK["reason"]})
    assert kept.result == {"message": "m-7"}


@pytest.mark.parametrize("way", WAYS)
async def test_an_answer_comes_with_the_decision(house: House, way: str) -> None:
    async with a_model(house, way) as model:
        asking = asyncio.ensure_future(model.uses("request_approval", **ASK, wait_seconds=25))
        await house.decided("denied", reason="not on a Friday")
        denied = await asking
    assert (denied["status"], denied["approved"], denied["decision_reason"]) == ("denied", False, "not on a Friday")
    assert "Do not try another phrasing" in denied["next_step"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_call_that_is_given_up_and_made_again_asks_once(house: House, way: str) -> None:
    async with a_model(house, way) as model:
        with pytest.raises(MCPError):
            await model.call("request_approval", **ASK, patience=2)
        [asked] = await house.asked()
        await model.uses("list_my_requests")  # by then the server knows that nobody waits for the first call
        again = await model.uses("request_approval", **ASK | {"reason": "Really."}, wait_seconds=0)
        assert (again["request_id"], again["joined"], again["status"]) == (asked.id, True, "pending")
    assert [one.status for one in await house.requests()] == [Status.PENDING]


@pytest.mark.parametrize("way", IN_SESSIONS)
async def test_in_a_session_the_same_question_is_asked_once_until_its_end_was_told(house: House, way: str) -> None:
    async with a_model(house, way) as model:
        first = await model.uses("request_approval", **ASK, wait_seconds=0)
        both = await asyncio.gather(*(model.uses("request_approval", **ASK, wait_seconds=0) for _ in range(2)))
        assert {one["request_id"] for one in both} == {first["request_id"]}
        assert (first["joined"], both[0]["joined"]) == (False, True)
        await house.decided()
        assert (await model.uses("request_approval", **ASK))["approved"]
        anew = await model.uses("request_approval", **ASK, wait_seconds=0)
        assert (anew["status"], anew["joined"], anew["request_id"] != first["request_id"]) == ("pending", False, True)
        other = await model.uses("request_approval", **ASK | {"params": {"to": "all"}}, wait_seconds=0)
        assert other["request_id"] not in {first["request_id"], anew["request_id"]}
        assert len((await model.uses("list_my_requests", status="pending"))["requests"]) == 2
        assert len((await model.uses("list_my_requests", limit=1))["requests"]) == 1


async def test_clients_that_tell_no_session_never_share_an_approval(house: House) -> None:
    async with a_model(house, "http") as model:
        first = await model.uses("request_approval", **ASK, wait_seconds=0)
        second = await model.uses("request_approval", **ASK, wait_seconds=0)
        assert first["request_id"] != second["request_id"]
        waiting = [asyncio.ensure_future(model.uses("request_approval", **ASK)) for _ in range(2)]
        for asked in (await house.asked(4))[2:]:
            await house.people.decide(asked, "approved")
        assert len({(await one)["request_id"] for one in waiting}) == 2


async def test_two_sessions_of_one_server_do_not_share_an_approval(house: House) -> None:
    address = await served_over_http(house)
    async with Client(address, mode="legacy") as one, Client(address, mode="legacy") as other:
        asked = [await Model(client).uses("request_approval", **ASK, wait_seconds=0) for client in (one, other)]
        assert asked[0]["request_id"] != asked[1]["request_id"]
        [listed] = (await Model(one).uses("list_my_requests"))["requests"]
        assert listed["request_id"] == asked[0]["request_id"]


async def test_a_key_finds_the_request_after_a_restart(house: House) -> None:
    for _ in range(2):
        async with a_model(house) as model:
            first = await model.uses("request_approval", **ASK, idempotency_key="mail-7", wait_seconds=0)
            again = ASK | {"reason": "In other words."}
            assert (await model.uses("request_approval", **again, idempotency_key="mail-7", wait_seconds=0))["joined"]
            clash = await model.fails("request_approval", action="other", idempotency_key="mail-7")
            assert "was used for another request" in clash
            assert "Give another idempotency_key, or none." in clash
            assert (await house.requests())[0].id == first["request_id"]
    assert len(await house.requests()) == 1


async def test_what_others_asked_is_no_permission(house: House) -> None:
    """A key that reads everything could else take anybody's approval for its own."""
    asker = await a_key(house.gate, "asker", Scope.REQUEST_CREATE, Scope.REQUEST_READ)
    async with AsyncAgentGate(house.url, api_key=house.key.secret) as other:
        theirs = await other.request("files.delete", {"path": "/"})
    await house.decided()
    async with a_model(house, AGENTGATE_API_KEY=asker.secret) as model:
        for _ in range(2):  # before this server has asked anything, and after
            seen = await model.uses("check_approval", request_id=theirs.code)
            assert (seen["status"], seen["approved"], seen["yours"]) == ("approved", False, False)
            assert (seen["action"], seen["params"], seen["requested_by"]) == (
                "files.delete",
                {"path": "/"},
                "api:agent",
            )
            assert "api:agent asked this, not you" in seen["next_step"]
            mine = await model.uses("request_approval", **ASK, wait_seconds=0)
            assert mine["yours"]
        await house.decided()
        assert (await model.uses("check_approval", request_id=mine["request_id"]))["approved"]
        listed = (await model.uses("list_my_requests"))["requests"]
        assert [one["request_id"] for one in listed] == [mine["request_id"]]


async def test_what_a_key_asked_before_a_restart_is_its_own(house: House) -> None:
    async with a_model(house) as model:
        asked = await model.uses("request_approval", **ASK, wait_seconds=0)
    await house.decided()
    async with a_model(house) as model:
        seen = await model.uses("check_approval", request_id=asked["request_id"])
        assert (seen["approved"], seen["yours"], seen["params"]) == (True, True, ASK["params"])


def test_the_words_about_what_others_asked_begin_so() -> None:
    outcome = outcome_of(Request.from_json(decided("approved", params={"text": "x" * 2000})), yours=False)
    words = told(outcome)
    assert words.startswith("NOT YOURS. APPROVED")
    assert outcome.approved is False
    assert "… (2012 characters)" in words


async def test_progress_is_told_to_who_wants_to_hear_it(house: House) -> None:
    heard: list[tuple[float, float | None, str | None]] = []

    async def progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))

    async with a_model(house) as model:
        await model.client.call_tool(
            "request_approval", {**ASK, "wait_seconds": 6}, progress_callback=progress, read_timeout_seconds=30
        )
    [asked] = await house.requests()
    assert [passed for passed, _, _ in heard] == [0, 5]
    assert heard[0][1:] == (6, f"Waiting until somebody decides about request {asked.code}.")


async def test_a_call_that_is_cancelled_withdraws_nothing(house: House) -> None:
    async with a_model(house) as model:
        asking = asyncio.ensure_future(model.call("request_approval", **ASK))
        await house.asked()
        asking.cancel()
        await asyncio.wait([asking])
        listed = await model.uses("list_my_requests")
        assert [one["status"] for one in listed["requests"]] == ["pending"]


async def test_a_request_is_withdrawn_once(house: House) -> None:
    async with a_model(house) as model:
        asked = await model.uses("request_approval", **ASK, wait_seconds=0)
        withdrawn = await model.uses("cancel_approval", request_id=asked["request_id"])
        assert (withdrawn["status"], withdrawn["approved"]) == ("cancelled", False)
        assert "cancelled already" in await model.fails("cancel_approval", request_id=asked["request_id"])
        assert not (await model.uses("request_approval", **ASK, wait_seconds=0))["joined"]


async def test_only_an_approved_request_is_confirmed_and_once(house: House) -> None:
    async with a_model(house) as model:
        asked = await model.uses("request_approval", **ASK, wait_seconds=0)
        assert "only an approved request" in await model.fails("confirm_execution", request_id=asked["request_id"])
        await house.decided()
        await model.uses("confirm_execution", request_id=asked["request_id"])
        assert "confirmed before" in await model.fails("confirm_execution", request_id=asked["request_id"])


async def test_what_the_asker_was_warned_of_is_told(house: House, scripted: ScriptedGate) -> None:
    made = a_request(action="email.send", warnings=["Nobody can decide this."])
    scripted.plays(says(made, 201), says(a_request(action="email.send")))
    async with a_model(house, AGENTGATE_URL=scripted.url) as model:
        asked = await model.uses("request_approval", **ASK, wait_seconds=0)
    assert asked["warnings"] == ["Nobody can decide this."]


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({}, "action: Field required"),
    ({"action": ""}, "action:"),
    ({"action": "a", "parms": {}}, "no argument parms"),
    ({"action": "a", "params": "not json"}, "params:"),
    ({"action": "a", "params": [1]}, "params:"),
    ({"action": "a", "wait_seconds": 26}, "wait_seconds:"),
    ({"action": "a", "wait_seconds": "5"}, "wait_seconds:"),
    ({"action": "a", "urgency": "asap"}, "urgency:"),
    ({"action": "a\u0000"}, "action"),
    ({"action": "a", "params": {"n": 2**60}}, "integer"),
    ({"action": "a", "idempotency_key": "é"}, "idempotency key"),
]


async def test_what_cannot_be_asked_is_refused_with_the_reason(house: House) -> None:
    async with a_model(house) as model:
        for arguments, sentence in UNUSABLE:
            said = await model.fails("request_approval", **arguments)
            assert sentence in said
            assert "othing is approved" in said
    assert await house.requests() == []


async def test_what_was_refused_can_be_mended_and_asked_again(house: House) -> None:
    async with a_model(house) as model:
        said = await model.fails("request_approval", **ASK | {"reason": "She\u0000 asked"}, wait_seconds=0)
        assert "Mend it, and ask again." in said
        asked = await model.uses("request_approval", **ASK, wait_seconds=0)
        assert (asked["status"], asked["joined"]) == ("pending", False)
    [request] = await house.requests()
    assert request.context == {"reason": ASK["reason"]}


async def test_an_object_that_a_client_wrote_as_text_is_an_object(house: House) -> None:
    async with a_model(house) as model:
        await model.uses("request_approval", action="a", params='{"n": [1, {"m": null}]}', wait_seconds=0)
    assert (await house.requests())[0].params == {"n": [1, {"m": None}]}


@pytest.mark.parametrize(
    ("scene", "sentence"),
    [
        (Cut(), "The gate cannot be asked. Try again in a minute"),
        (problem(500, "Oh."), "The gate cannot be asked"),
        (page("<html>approved</html>"), "The gate cannot be asked"),
        (says({"status": "approved", "approved": True}), "The gate cannot be asked"),
        (says(decided("approved", action="another.action"), 201), "The gate cannot be asked"),
        (says(decided("approved", action=ASK["action"], params={"to": "all"}), 201), "or other parameters (k7qm-3vtx)"),
        (says(decided("approved", action=ASK["action"], digest="sha256:00"), 201), "or other parameters (k7qm-3vtx)"),
        (problem(401, "Unknown key.", "unauthorized"), "key of this MCP server is refused"),
        (problem(403, "No scope request:create.", "forbidden"), "No scope request:create."),
        (problem(429, "Slow down.", "rate_limited", Retry_After="40"), "Try again in 40 seconds"),
        (problem(400, "the body has NaN", "invalid"), "the body has NaN"),
        (problem(418, "Teapot."), "The gate refused"),
    ],
)
async def test_a_gate_in_trouble_approves_nothing(
    house: House, scripted: ScriptedGate, scene: Any, sentence: str
) -> None:
    scripted.plays(scene)
    async with a_model(house, AGENTGATE_URL=scripted.url) as model:
        said = await model.fails("request_approval", **ASK)
    assert said.startswith("NOT APPROVED. ")
    assert sentence in said
    assert "Nothing is approved by this: do not do it." in said


async def test_trouble_after_asking_names_the_request(house: House, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(action="email.send"), 201), page("<html>approved</html>"))
    async with a_model(house, AGENTGATE_URL=scripted.url) as model:
        said = await model.fails("request_approval", **ASK)
        assert "k7qm-3vtx" in said
        assert "NOT APPROVED" in await model.fails("check_approval", request_id="k7qm-3vtx")
        assert "NOT APPROVED" in await model.fails("list_my_requests")
        assert "can still decide" in await model.fails("cancel_approval", request_id="k7qm-3vtx")
    assert [seen.method for seen in scripted.seen[:1]] == ["POST"]


async def test_a_request_of_nobody_is_no_approval(house: House) -> None:
    async with a_model(house) as model:
        assert "There is no such request" in await model.fails("check_approval", request_id="aaaa-aaaa")
        assert "approve_request" in await model.fails("approve_request", request_id="aaaa-aaaa")


async def test_no_tool_decides_and_every_word_of_them_is_described(house: House) -> None:
    async with a_model(house) as model:
        tools = {tool.name: tool for tool in (await model.client.list_tools()).tools}
    assert list(tools) == [
        "request_approval", "check_approval", "cancel_approval", "list_my_requests", "confirm_execution"
    ]  # fmt: skip
    assert "do not try another phrasing" in str(tools["request_approval"].description)
    for tool in tools.values():
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.title == tool.title
        assert tool.input_schema["additionalProperties"] is False
        assert all(field["description"] for field in tool.input_schema["properties"].values())
        assert tool.output_schema is not None
    hints = {name: tool.annotations for name, tool in tools.items() if tool.annotations}
    assert [name for name, hint in hints.items() if hint.read_only_hint] == ["check_approval", "list_my_requests"]
    assert [name for name, hint in hints.items() if hint.destructive_hint] == ["cancel_approval"]
    assert [name for name, hint in hints.items() if not hint.idempotent_hint] == ["confirm_execution"]


@pytest.mark.parametrize("way", WAYS)
async def test_the_server_says_how_it_is_meant(house: House, way: str) -> None:
    async with a_model(house, way) as model:
        assert "approved: true" in str(model.client.instructions)


@pytest.mark.parametrize("status", list(Status))
def test_every_outcome_has_its_words(status: Status) -> None:
    outcome = outcome_of(Request.from_json(decided(status, decisionReason="because")))
    words = told(outcome)
    assert words.startswith(status.upper())
    assert outcome.approved is (status is Status.APPROVED)
    assert ("do not do it" in words.lower()) is (status is not Status.APPROVED)
    assert "because" in words
