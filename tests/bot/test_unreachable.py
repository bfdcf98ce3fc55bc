"""What stood in the way of a call is said in words: heard from aiohttp itself, where nobody answers."""

import pytest
from aiohttp import ClientError, ClientSession

from bot.unreachable import why
from tests.platforms.serving import Server, application


async def failing(url: str) -> Exception:
    """Return what a call raises."""
    async with ClientSession() as session:
        with pytest.raises((ClientError, TimeoutError)) as failure:
            await session.get(url)
    return failure.value


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://127.0.0.1:9/", "127.0.0.1:9: Connection refused"),
        ("http://nobody.invalid/", "the name nobody.invalid is not found"),
    ],
)
async def test_a_way_that_leads_nowhere_is_named(url: str, word: str) -> None:
    assert why(await failing(url)) == word


async def test_a_server_without_tls_is_told_from_one_that_is_away() -> None:
    server = Server(application())
    await server.start()
    port = server.address.rpartition(":")[2]
    assert why(await failing(f"https://127.0.0.1:{port}/")) == f"127.0.0.1:{port} speaks no TLS that can be trusted"
    await server.stop()


def test_what_has_no_better_word_keeps_its_name() -> None:
    assert why(TimeoutError()) == "no answer in time"
    assert why(ClientError("secret in a text")) == "ClientError"
