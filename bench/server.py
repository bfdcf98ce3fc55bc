"""A real server process to measure, on a port and a database of its own."""

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

ADMIN_KEY = "agk_admin-of-the-benchmarks"
SERVER = Path(sys.executable).with_name("agentgate-server")


@asynccontextmanager
async def a_server(**more: str) -> AsyncIterator[str]:
    """Start a server in a temporary folder and give its address; on SQLite where no DATABASE_URL says otherwise."""
    with tempfile.TemporaryDirectory(prefix="agentgate-bench-") as folder:
        settings = {"HOST": "127.0.0.1", "PORT": "0", "ADMIN_API_KEY": ADMIN_KEY, "RATE_LIMIT_ENABLED": "false"}
        process = await asyncio.create_subprocess_exec(
            str(SERVER),
            "serve",
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LOG_LEVEL": "error"} | settings | more,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            yield await _address(process)
        finally:
            process.terminate()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise RuntimeError("the server's output is not read")
    async for line in process.stdout:
        found = re.search(rb"running at (http://\S+)", line)
        if found:
            return found[1].decode()
    raise RuntimeError("the server did not start")


async def a_key(url: str, name: str, *scopes: str) -> httpx.AsyncClient:
    """Return a client with a key of its own."""
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    async with httpx.AsyncClient(base_url=url, headers=admin) as client:
        made = await client.post("/api/api-keys", json={"name": name, "scopes": list(scopes)})
        made.raise_for_status()
    headers = {"Authorization": f"Bearer {made.json()['key']}"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=60)
