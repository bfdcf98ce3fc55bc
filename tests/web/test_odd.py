"""Addresses that no browser sends are answered like any other that is wrong."""

import asyncio

import httpx
import pytest

from tests.web.site import Site


@pytest.mark.parametrize("line", ["OPTIONS *", "CONNECT a:1", "CONNECT a.example:443", "GET http://a.example"])
async def test_a_target_without_a_path_is_no_crash(site: Site, line: str) -> None:
    heard, caller = await asyncio.open_connection("127.0.0.1", httpx.URL(site.url).port)
    caller.write(f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(20):
        status = (await heard.readline()).split(b" ")[1]
    caller.close()
    assert status in {b"404", b"405"}
