"""The API of a gate, served on loopback; every answer is held against the OpenAPI document it publishes."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiohttp import web
from jsonschema import Draft202012Validator

from gateway.api.door import make_api
from gateway.api.openapi import describe
from gateway.api.protocol import opened
from gateway.api.routes import ROUTES
from gateway.gate import Gate
from gateway.keys import NewKey
from models.words import Scope
from tests.conftest import a_key

SEEN: set[tuple[str, int]] = set()
"""Every route and status that any test of this run has seen."""

DOCUMENT = describe(ROUTES, public_url="http://localhost:3000")
PATHS = [(route, re.compile(re.sub(r"\{id\}", "[^/]+", route.path))) for route in ROUTES]


class Api:
    """Calls the API as one key or another."""

    def __init__(self, gate: Gate, url: str, document: Mapping[str, Any]) -> None:
        self.gate = gate
        self.url = url
        self.document = document
        self._clients: list[httpx.AsyncClient] = []
        self._made = 0

    def client(self, key: NewKey | str | None, **headers: str) -> httpx.AsyncClient:
        """Return a client that shows this key."""
        secret = key.secret if isinstance(key, NewKey) else key
        shown = {"Authorization": f"Bearer {secret}"} if secret else {}
        client = httpx.AsyncClient(
            base_url=self.url,
            headers=shown | headers,
            timeout=30,
            verify=False,  # noqa: S501 - plain HTTP on loopback; loading certificates takes longer than a test
            event_hooks={"response": [self.hold_to_contract]},
        )
        self._clients.append(client)
        return client

    async def with_scopes(self, *scopes: Scope, rate_limit: int | None = None) -> httpx.AsyncClient:
        """Return a client with a fresh key of these scopes."""
        self._made += 1
        return self.client(await a_key(self.gate, f"key-{self._made}", *scopes, rate_limit=rate_limit))

    async def hold_to_contract(self, response: httpx.Response) -> None:
        """Assert that the document declares this answer, and that the answer has the declared shape."""
        await response.aread()
        method, path = response.request.method, response.request.url.path
        found = [route for route, pattern in PATHS if route.method == method and pattern.fullmatch(path)]
        if not found or response.status_code == 405:
            return
        exact = next((route for route in found if route.path == path), found[0])
        declared = self.document["paths"][exact.path][method.lower()]["responses"]
        assert str(response.status_code) in declared, f"{exact.name} does not declare {response.status_code}"
        SEEN.add((exact.name, response.status_code))
        media = response.headers["Content-Type"].partition(";")[0]
        content = declared[str(response.status_code)]["content"]
        assert media in content, f"{exact.name} answers {media}, which is not declared"
        if "json" in media and "ndjson" not in media:
            self.validate(response.json(), content[media]["schema"])

    def validate(self, value: Any, schema: Mapping[str, Any]) -> None:
        """Assert that a value has the shape of a schema of the document."""
        Draft202012Validator({**schema, "components": self.document["components"]}).validate(value)

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


@asynccontextmanager
async def served(gate: Gate, **settings: Any) -> AsyncIterator[Api]:
    """Serve a gate's API until the block ends."""
    app = make_api(gate, **settings)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    door = await asyncio.get_running_loop().create_server(opened(runner), "127.0.0.1", 0)
    api = Api(gate, f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}", DOCUMENT)
    try:
        yield api
    finally:
        await api.close()
        gate.answer_all()
        door.close()
        await runner.cleanup()
