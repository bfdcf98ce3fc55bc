"""A local HTTP server that plays a script: one answer per request, the last one for ever."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from agentgate import Backoff
from agentgate._digest import digest_of
from aiohttp import web
from multidict import CIMultiDict

KEY = "agk_" + "k3y" * 12
USUAL = {"env": "prod"}
QUICK = Backoff(first=0.001, longest=0.01)


@dataclass(frozen=True)
class Answer:
    """What the server says to one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Cut:
    """The server takes the request and closes the connection without a word."""


@dataclass(frozen=True)
class Half:
    """The server begins a good answer and then closes the connection."""


@dataclass(frozen=True)
class Silence:
    """The server takes the request and never answers."""


@dataclass(frozen=True)
class Drip:
    """The server sends its answer byte by byte, for ever."""


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: CIMultiDict[str]
    body: Any


Scene = Answer | Cut | Half | Silence | Drip


def says(content: object, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(content).encode(), {"Content-Type": "application/json", **named})


def problem(status: int, detail: str, code: str = "problem", **headers: str) -> Answer:
    return says(
        {"status": status, "detail": detail, "error": detail, "code": code, "reference": "r1"}, status, **headers
    )


def page(text: str, status: int = 200) -> Answer:
    return Answer(status, text.encode(), {"Content-Type": "text/html"})


def a_request(**changes: Any) -> dict[str, Any]:
    """A request as the gate's JSON says it."""
    asked = {"action": "deploy.prod", "params": USUAL} | changes
    return {
        "id": "req_01jabcdefghjkmnpqrstvwxyz0",
        "code": "k7qm-3vtx",
        "action": asked["action"],
        "params": asked["params"],
        "context": {},
        "digest": digest_of(asked["action"], asked["params"]),
        "status": "pending",
        "urgency": "normal",
        "requestedBy": "api:deploy-bot",
        "createdAt": "2026-01-31T10:00:00.000Z",
        "updatedAt": "2026-01-31T10:00:00.000Z",
        "expiresAt": "2026-01-31T11:00:00Z",
        "decidedAt": None,
        "decidedBy": None,
        "decidedByType": None,
        "decisionReason": None,
        "approvalsNeeded": 1,
        "approvals": [],
        "policyDecision": {"decision": "route_to_human", "policy": "prod", "rule": 0, "approvers": [], "channels": []},
        "confirmedAt": None,
        "result": None,
        "url": "http://localhost:3000/requests/req_01jabcdefghjkmnpqrstvwxyz0",
        "slaRemainingMs": 1234,
        **changes,
    }


def decided(status: str, **changes: Any) -> dict[str, Any]:
    """The same request after a person has spoken."""
    outcome = {"status": status, "decidedBy": "slack:U1", "decidedByType": "human", "decidedAt": "2026-01-31T10:05:00Z"}
    return a_request(**outcome, **changes)


class ScriptedGate:
    """The server, in a thread of its own so that blocking clients and other processes can talk to it."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._asked = USUAL
        self._script: deque[Scene] = deque()
        self._ready = threading.Event()
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def plays(self, *scenes: Scene) -> Self:
        self._script.extend(scenes)
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {"AGENTGATE_URL": self.url, "AGENTGATE_API_KEY": KEY}

    def wait_for_requests(self, count: int) -> None:
        """Block until so many requests have arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.seen) >= count, timeout=20)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(timeout=20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        server = web.Server(self._answer)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = int(runner.addresses[0][1])
        self._ready.set()
        await self._over.wait()
        await runner.cleanup()

    async def _answer(self, http: web.BaseRequest) -> web.StreamResponse:
        raw = await http.read()
        body = json.loads(raw) if raw else None
        if body and http.method == "POST" and http.rel_url.path == "/api/requests":
            self._asked = body["params"]
        with self._arrived:
            self.seen.append(
                Seen(http.method, http.rel_url.raw_path, dict(http.query), CIMultiDict(http.headers), body)
            )
            self._arrived.notify_all()
        scene = self._script.popleft() if len(self._script) > 1 else self._script[0]
        match scene:
            case Answer():
                return web.Response(status=scene.status, body=self._about(scene.body), headers=scene.headers)
            case Cut():
                assert http.transport is not None
                http.transport.abort()
                return web.Response()
            case Half():
                return await self._begin(http)
            case Silence():
                await self._over.wait()
                return web.Response()
            case Drip():
                return await self._drip(http)

    def _about(self, body: bytes) -> bytes:
        """Let an answer be about the parameters that were asked, where the script names none of its own."""
        with contextlib.suppress(ValueError, AttributeError):
            told = json.loads(body)
            action = told.get("action")
            if action and told.get("params") == USUAL and told.get("digest") == digest_of(action, USUAL):
                return json.dumps({**told, "params": self._asked, "digest": digest_of(action, self._asked)}).encode()
        return body

    async def _begin(self, http: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "4000"})
        await response.prepare(http)
        await response.write(b'{"status": "approved", ')
        assert http.transport is not None
        http.transport.close()
        return response

    async def _drip(self, http: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(http)
        while not self._over.is_set() and http.transport is not None:
            await response.write(b" ")
            await asyncio.sleep(0.05)  # not a test waiting: the slowness of the network that is being played
        return response
