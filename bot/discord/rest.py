"""Discord's REST API as one bot, without its gateway: logged in when first needed.

Trying again is the outbox's, or that of whoever presses again. discord.py would sleep through every 429 and try a 5xx
five times over, longer than the outbox has patience; so these are heard in the trace of the call, before it sees them.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from types import SimpleNamespace
from typing import TypeVar

import aiohttp
import discord
from discord.http import Route

from bot.discord.components import QUIET
from bot.discord.options import DiscordOptions
from bot.unreachable import why
from gateway.errors import DeliveryPostponed, DeliveryRefused

FINAL = frozenset(
    {
        10003, 10004, 10008, 10013, 40001, 40058, 50001, 50005, 50007, 50008, 50013, 50024, 50033, 50035, 50083, 50278,
        160005, 200000, 240000,
    }
)  # fmt: skip
"""The numbers of what Discord will never take; `remedies` says what to do about each. All else may pass."""
CALL_SECONDS = 20.0
"""How long a call may take, waiting its turn in a busy channel included; less than the outbox's patience."""
LONGEST_TURN = 30.0
"""How many seconds to wait for a turn in a busy channel; discord.py takes no shorter limit than this."""
SHORT = timedelta(seconds=5)
"""A 429 that is over so soon is left to discord.py, which holds the other calls of that channel back meanwhile."""
DEFAULT_WAIT = timedelta(seconds=30)
SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]+)?")
SLOW_SECONDS = 60.0
"""How long to wait before a token that Discord refuses is tried again."""
TOKEN_REFUSED = "401 Unauthorized: Discord refuses DISCORD_BOT_TOKEN"  # noqa: S105 - a sentence, and no secret
NOT_DISCORD = "what answers is not Discord"

Answer = TypeVar("Answer")


def use_api(url: str) -> None:
    """Let every client of this process speak to the REST API at an address: discord.py has one for all of them.

    Nor does any of them speak in a voice channel, so that none warns of what is missing for it.
    """
    Route.BASE = url.rstrip("/")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


class DiscordRest:
    """One logged-in client, made when it is first needed and kept; `close` ends its connections."""

    def __init__(self, options: DiscordOptions, clock: Callable[[], float] = time.monotonic) -> None:
        self._options = options
        self._clock = clock
        self._client: discord.Client | None = None
        self._logging_in = asyncio.Lock()
        self._refused_until = clock()

    async def client(self) -> discord.Client:
        """Return the client, logged in. Raises DeliveryPostponed while Discord is down or refuses the token."""
        async with self._logging_in:
            if self._client is None:
                self._client = await self._logged_in()
            return self._client

    async def _logged_in(self) -> discord.Client:
        if self._clock() < self._refused_until:
            raise DeliveryPostponed(TOKEN_REFUSED)
        use_api(self._options.api_url)
        client = discord.Client(
            intents=discord.Intents(guilds=True),  # it never connects; without this one discord.py logs a warning
            allowed_mentions=QUIET,
            max_messages=None,
            max_ratelimit_timeout=LONGEST_TURN,
            http_trace=_telling_at_once(),
        )
        async with AsyncExitStack() as undo:
            undo.push_async_callback(client.close)
            try:
                await heard(lambda: client.login(self._options.bot_token))
            except DeliveryPostponed as problem:
                if isinstance(problem.__cause__, discord.LoginFailure):
                    self._refused_until = self._clock() + SLOW_SECONDS
                raise
            undo.pop_all()
        return client

    async def close(self) -> None:
        """Close the connections; the next call would log in anew."""
        async with self._logging_in:
            if self._client is not None:
                await self._client.close()
                self._client = None


async def heard(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """Call Discord and return its answer. Raises DeliveryRefused or DeliveryPostponed with Discord's own word."""
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await call()
    except discord.LoginFailure as error:
        raise DeliveryPostponed(TOKEN_REFUSED) from error
    except discord.HTTPException as error:
        raise trouble(error) from error
    except discord.RateLimited as error:
        raise DeliveryPostponed("429 Too Many Requests", retry_after=timedelta(seconds=error.retry_after)) from error
    except TimeoutError as error:
        raise DeliveryPostponed(f"Discord did not answer within {CALL_SECONDS:.0f} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise DeliveryPostponed(f"Discord cannot be reached: {why(error)}") from error


def trouble(error: discord.HTTPException) -> DeliveryRefused | DeliveryPostponed:
    """Say what a refusal of Discord's means: never, or later."""
    if error.status == 401:
        return DeliveryPostponed(TOKEN_REFUSED)
    if error.code in FINAL:
        return DeliveryRefused(_word(error))
    return DeliveryPostponed(_word(error))


def _word(error: discord.HTTPException) -> str:
    """Return Discord's number and sentence; what follows on further lines repeats what was sent."""
    if not error.code:
        return f"{error.status} {error.response.reason}"
    return f"{error.code} {error.text.partition(chr(10))[0]}".strip()


def _telling_at_once() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_tell_at_once)
    return trace


async def _tell_at_once(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
) -> None:
    """End a call that discord.py would sit out: an exception here closes the response and reaches the caller.

    One for all calls is never left to it: a call that is given up in that sleep would hold back all others for ever.
    """
    response = ended.response
    word = f"{response.status} {response.reason}"
    if response.status == 429 and (_retry_after(response) > SHORT or "X-RateLimit-Global" in response.headers):
        raise DeliveryPostponed(word, retry_after=_retry_after(response))
    if response.status >= 500:
        raise DeliveryPostponed(word)
    if response.status < 400 and response.status != 204 and response.content_type != "application/json":
        raise DeliveryPostponed(NOT_DISCORD)


def _retry_after(response: aiohttp.ClientResponse) -> timedelta:
    seconds = response.headers.get("Retry-After", "")
    return timedelta(seconds=float(seconds)) if SECONDS.fullmatch(seconds) else DEFAULT_WAIT
