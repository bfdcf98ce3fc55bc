"""The recipes of docs/howto/frameworks.md with the frameworks themselves: the model is scripted, the gateway real."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from agentgate import AgentGate, Denied, Request
from agents import set_tracing_disabled
from agents.testing import ScriptedModel, assistant_message, function_call
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

Recipe = Callable[..., dict[str, Any]]
Decides = Callable[[Callable[[Request], bool]], Any]
PATHS = ["/var/tmp/old.log", "/etc/passwd"]  # noqa: S108 -- names only
DENIED = "was denied by api:env-admin: Not that one. Do not try it another way."


def only_logs(request: Request) -> bool:
    """Approve what is harmless."""
    return str(request.params["path"]).endswith(".log")


def test_any_function_is_guarded(recipe: Recipe, approver: Decides) -> None:
    delete_file = recipe("from agentgate import requires_approval")["delete_file"]
    with approver(only_logs) as somebody:
        assert delete_file(PATHS[0]) == f"deleted {PATHS[0]}"
        with pytest.raises(Denied):
            delete_file(path=PATHS[1])
    assert [request.params for request in somebody.asked] == [{"path": path} for path in PATHS]


async def test_pydantic_ai(recipe: Recipe, approver: Decides) -> None:
    told: dict[str, str] = {}

    def answer(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        returned = [part for part in messages[-1].parts if isinstance(part, ToolReturnPart)]
        told.update({part.tool_call_id: str(part.content) for part in returned})
        if not returned:
            calls = [ToolCallPart("delete_file", {"path": path}, tool_call_id=path) for path in PATHS]
            return ModelResponse(parts=calls)
        return ModelResponse(parts=[TextPart("tidy")])

    run = recipe("from pydantic_ai import", model=FunctionModel(answer))["run"]
    with approver(only_logs) as somebody:
        assert await run("Tidy up.") == "tidy"
    assert told[PATHS[0]] == f"deleted {PATHS[0]}"
    assert DENIED in told[PATHS[1]]
    assert sorted((request.action, request.params["path"]) for request in somebody.asked) == [
        ("delete_file", path) for path in sorted(PATHS)
    ]


async def test_openai_agents(recipe: Recipe, approver: Decides) -> None:
    set_tracing_disabled(True)
    calls = [function_call("delete_file", {"path": path}, call_id=path) for path in PATHS]
    model = ScriptedModel([calls, [assistant_message("tidy")]])
    run = recipe("from agents import", model=model)["run"]
    with approver(only_logs) as somebody:
        assert await run("Tidy up.") == "tidy"
    told = {
        item["call_id"]: item["output"] for item in model.calls[-1].input if item.get("type") == "function_call_output"
    }
    assert told[PATHS[0]] == f"deleted {PATHS[0]}"
    assert DENIED in told[PATHS[1]]
    assert {request.params["path"] for request in somebody.asked} == set(PATHS)


def test_langgraph(recipe: Recipe, approver: Decides) -> None:
    calls = [{"name": "delete_file", "args": {"path": path}, "id": path, "type": "tool_call"} for path in PATHS]
    turns: Iterator[AIMessage | str] = iter([AIMessage(content="", tool_calls=calls), AIMessage(content="tidy")])
    agent = recipe("ToolNode, tools_condition", model=GenericFakeChatModel(messages=turns))["agent"]
    with approver(only_logs) as somebody:
        messages = agent.invoke({"messages": [("user", "Tidy up.")]})["messages"]
    assert messages[-1].content == "tidy"
    told = {message.tool_call_id: message.content for message in messages if isinstance(message, ToolMessage)}
    assert told[PATHS[0]] == f"deleted {PATHS[0]}"
    assert DENIED in told[PATHS[1]]
    assert {request.params["path"] for request in somebody.asked} == set(PATHS)


class Killed(BaseException):
    """The process ends here."""


def test_a_step_of_a_graph_survives_a_restart(recipe: Recipe, approver: Decides) -> None:
    shipped: list[str] = []

    def ship(version: str) -> str:
        shipped.append(version)
        return "host-7"

    def crash(version: str) -> str:
        raise Killed

    kept = InMemorySaver()
    thread = {"configurable": {"thread_id": "release-7"}}
    release = recipe("class Release", ship=ship, checkpointer=kept)["release"]
    with approver(lambda _: True) as somebody:
        assert release.invoke({"version": "1.4.2"}, thread)["done"] == "host-7"
        again = recipe("class Release", ship=crash, checkpointer=kept)["release"]
        assert again.invoke({"version": "1.4.2"}, thread)["done"] == "host-7"
    assert shipped == ["1.4.2"]
    assert len(somebody.asked) == 1
    assert somebody.asked[0].params == {"version": "1.4.2"}


def test_an_agent_whose_step_was_never_begun_finds_its_request_decided(recipe: Recipe, approver: Decides) -> None:
    with AgentGate() as gate:
        asked = gate.request("deploy.prod", {"version": "1.5.0"}, idempotency_key="release-8:deploy")
    with approver(lambda _: True) as somebody:
        release = recipe("class Release", ship=lambda _: "host-8", checkpointer=InMemorySaver())["release"]
        done = release.invoke({"version": "1.5.0"}, {"configurable": {"thread_id": "release-8"}})
    assert done["done"] == "host-8"
    assert [request.id for request in somebody.asked] == [asked.id]
