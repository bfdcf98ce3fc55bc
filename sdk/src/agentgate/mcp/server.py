"""The tools on an MCP server: the way from a call to its answer, in fields and in words."""

import logging
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams, TextContent
from pydantic import BaseModel, ValidationError

from agentgate import __version__

from .arguments import explain
from .outcome import Outcome, Outcomes, told
from .tools import INSTRUCTIONS, TOOLS
from .verbs import Caller, Desk, ToolError

SESSION = "mcp-session-id"
"""The header by which an HTTP client tells its session, in those versions of the protocol that have sessions."""
PIPE = "the client at the other end of the pipe"
BY_NAME = {tool.name: tool for tool in TOOLS}

log = logging.getLogger(__name__)


def make_server(desk: Desk) -> Server[dict[str, Any]]:
    """Put the tools on a server; a transport has to bring the calls."""

    async def list_tools(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[tool.as_tool() for tool in TOOLS])

    async def call_tool(context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        try:
            answer = await _answer(desk, context, params)
        except ToolError as error:
            return _failed(str(error))
        except Exception:  # a model that hears nothing may think what it likes
            log.exception("The tool %s broke.", params.name)
            return _failed("NOT APPROVED. The MCP server made a mistake; its log says which. Nothing is approved.")
        words = TextContent(type="text", text=_words(answer))
        return CallToolResult(content=[words], structured_content=answer.model_dump(mode="json"))

    return Server(
        "agentgate",
        version=__version__,
        title="AgentGate",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def _answer(desk: Desk, context: ServerRequestContext[Any], params: CallToolRequestParams) -> BaseModel:
    tool = BY_NAME.get(params.name)
    if tool is None:
        raise ToolError(f"There is no tool {params.name}; there are {', '.join(BY_NAME)}. Nothing is approved.")
    try:
        given = tool.arguments.model_validate(params.arguments or {})
    except ValidationError as error:
        raise ToolError(f"{explain(error, tool.arguments)} Nothing was done, and nothing is approved.") from error
    return await tool.verb(desk, given, Caller(_session(context), context.session.report_progress))


def _session(context: ServerRequestContext[Any]) -> str | None:
    if context.request is None:
        return PIPE
    return getattr(context.request, "headers", {}).get(SESSION) or None


def _words(answer: BaseModel) -> str:
    match answer:
        case Outcome():
            return told(answer)
        case Outcomes(requests=[]):
            return "Nothing was asked in this session. Requests from before its start can be looked at by their id."
        case Outcomes(requests=found):
            return "\n\n".join(told(one) for one in found)
    raise TypeError(f"There are no words for a {type(answer).__name__}.")


def _failed(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=sentence)], is_error=True)
