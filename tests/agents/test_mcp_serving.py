"""How the MCP tools are served: nothing but the protocol on the pipe, and over HTTP only who is meant to come in."""

import asyncio
import json
import signal
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from mcp import Client

from tests.agents.clients import a_model, served_over_http
from tests.agents.house import House

EVERYWHERE = ".".join("0000")
INITIALIZE = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip
HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


async def posted(address: str, **headers: str) -> int:
    """Say hello over HTTP with these headers, and return the status."""
    async with httpx.AsyncClient(headers=HEADERS | headers, timeout=20, trust_env=False) as client:
        return (await client.post(address, json=INITIALIZE)).status_code


async def test_only_this_machine_is_let_in_and_no_page_of_another_site(house: House) -> None:
    address = await served_over_http(house)
    port = urlsplit(address).port
    assert urlsplit(address).hostname == "127.0.0.1"
    assert await posted(address) == 200
    assert await posted(address, Host=f"localhost:{port}", Origin=f"http://localhost:{port}") == 200
    assert await posted(address, Host="evil.example") == 421
    assert await posted(address, Host=f"evil.example:{port}") == 421
    assert await posted(address, Host=f"127.0.0.1.evil.example:{port}") == 421
    for origin in (
        "https://evil.example",
        f"http://evil.example:{port}",
        "null",
        f"http://localhost:{port}.evil.example",
    ):
        assert await posted(address, Origin=origin) == 403


async def test_another_name_is_let_in_when_it_is_said(house: House) -> None:
    address = await served_over_http(house, "--host", EVERYWHERE, "--allow-host", "tools.example")
    inside = address.replace(EVERYWHERE, "127.0.0.1")
    assert await posted(inside, Host="tools.example", Origin="https://tools.example") == 200
    assert await posted(inside, Host="other.example") == 421


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--http", "--host", EVERYWHERE], "act with your key"),
        (["--http", "--host", "::"], "act with your key"),
        (["--port", "3002"], "go with --http"),
        (["--http", "--port", "70000"], "65535"),
        (["--allow-host", "x"], "go with --http"),
    ],
)
async def test_a_wrong_command_line_serves_nothing(house: House, words: list[str], sentence: str) -> None:
    done = await house.run("mcp", *words)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err


async def test_an_address_that_is_taken_is_told(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = await house.run("mcp", "--http", "--port", str(taken.getsockname()[1]))
    assert done.code == 1
    assert "Error: 127.0.0.1:" in done.err
    assert "cannot be listened on: Address already in use. Choose another --port" in done.err


async def test_without_a_key_nothing_is_served(house: House) -> None:
    done = await house.run("mcp", "--http", "--port", "0", AGENTGATE_API_KEY="")
    assert (done.code, done.out) == (1, "")
    assert "Set AGENTGATE_API_KEY" in done.err


async def test_a_wrong_address_of_the_gate_is_told_at_the_start(house: House) -> None:
    done = await house.run("mcp", AGENTGATE_URL="nonsense")
    assert (done.code, done.out) == (2, "")
    assert "http://" in done.err


@pytest.mark.parametrize("module", ["mcp", "uvicorn"])
async def test_without_its_extra_it_says_what_to_install(house: House, module: str) -> None:
    (house.home / f"{module}.py").write_text(
        f"raise ModuleNotFoundError(\"No module named '{module}'\", name='{module}')"
    )
    done = await house.run("mcp", PYTHONPATH=str(house.home))
    assert done.code == 1
    assert f'The MCP server needs {module}. Install it with: pip install "agentgate-client[mcp]"' in done.err
    assert "Traceback" not in done.err


def lines(*messages: Any) -> bytes:
    return b"".join(
        (message if isinstance(message, bytes) else json.dumps(message).encode()) + b"\n" for message in messages
    )


async def test_nothing_but_the_protocol_is_on_the_pipe_and_its_end_is_the_end(house: House) -> None:
    listing = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    garbage = [b"no json", b"\xff\xfe", b"[" * 100_000, b'{"jsonrpc": "2.0", "id": 9, "method": "nonsense"}']
    running = await house.start("mcp")
    assert running.process.stdin is not None
    assert running.process.stdout is not None
    running.process.stdin.write(lines(INITIALIZE, *garbage, listing))
    answers: dict[Any, Any] = {}
    while 2 not in answers:
        answer = json.loads(await running.process.stdout.readline())
        answers[answer["id"]] = answer
    assert set(answers) == {1, 9, 2}
    assert len(answers[2]["result"]["tools"]) == 5
    done = await running.finished()
    assert (done.code, done.out) == (0, "")


@pytest.mark.parametrize("way", ["pipe", "http"])
@pytest.mark.parametrize(("number", "codes"), [(signal.SIGINT, {130, -2}), (signal.SIGTERM, {143, -15})])
async def test_a_signal_ends_it_soon_though_a_call_is_open(
    house: House, way: str, number: signal.Signals, codes: set[int]
) -> None:
    call = {"name": "request_approval", "arguments": {"action": "a"}}
    if way == "pipe":
        running = await house.start("mcp")
        assert running.process.stdin is not None
        begun = {"jsonrpc": "2.0", "method": "notifications/initialized"}
        messages = lines(INITIALIZE, begun, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call})
        running.process.stdin.write(messages)
    else:
        address = await served_over_http(house)
        asking = asyncio.ensure_future(_asked_over_http(address, call))
    await house.asked()
    house.started[-1].told(number)
    async with asyncio.timeout(15):
        assert await house.started[-1].process.wait() in codes
    if way == "http":
        await asyncio.wait([asking])
        assert asking.exception() is not None or asking.result().is_error


async def _asked_over_http(address: str, call: dict[str, Any]) -> Any:
    async with Client(address) as client:
        return await client.call_tool(call["name"], call["arguments"], read_timeout_seconds=20)


async def test_a_body_that_is_too_large_is_refused(house: House) -> None:
    address = await served_over_http(house)
    async with httpx.AsyncClient(headers=HEADERS, timeout=20, trust_env=False) as client:
        assert (await client.post(address, content=b"x" * 5_000_000)).status_code == 413


async def test_the_key_stands_in_no_answer_and_no_line(house: House) -> None:
    async with a_model(house, AGENTGATE_URL="http://127.0.0.1:9") as model:
        assert house.key.secret not in await model.fails("request_approval", action="a")
    done = await house.run("mcp", stdin=lines(INITIALIZE))
    assert house.key.secret not in done.out + done.err
