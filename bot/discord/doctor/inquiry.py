"""Asking Discord's REST API on the doctor's behalf: once each, so that what is wrong is seen and not waited out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, ContentTypeError
from discord.http import HTTPClient
from yarl import URL

from bot.discord.options import DiscordOptions
from bot.discord.remedies import remedy_for
from bot.discord.rest import NOT_DISCORD
from bot.unreachable import why
from gateway.findings import Finding, trouble
from gateway.redact import visible

CALL_SECONDS = 4
PATIENCE_SECONDS = 5.0
"""How long one part is looked at; what does not stand on another is looked at beside it."""
AT_ONCE = 4
SHORT_WAIT = 2.0
"""Up to how many seconds a wait is waited that Discord asks for."""
LONGEST_SENTENCE = 200


class Refused(Exception):
    """Why there is no answer: Discord's own number and sentence, the HTTP status, or a few words; `number` if any."""

    def __init__(self, word: str, *, number: int = 0) -> None:
        super().__init__(word)
        self.number = number


class Inquiry:
    """Asks with the bot's token."""

    def __init__(self, session: ClientSession, options: DiscordOptions) -> None:
        self._session = session
        self._url = options.api_url
        self._headers = {"Authorization": f"Bot {options.bot_token}"}
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._known: dict[str, Any] = {}

    async def ask(self, path: str) -> Any:
        """Return what stands at a path such as `/users/@me`; what is known is not asked again. Raises Refused."""
        if path in self._known:
            return self._known[path]
        try:
            async with self._turn:
                self._known[path] = await self._answer(path)
                return self._known[path]
        except (ClientError, TimeoutError, OSError) as error:
            raise Refused(f"Discord cannot be reached: {why(error)}") from error

    async def _answer(self, path: str) -> Any:
        url = URL(f"{self._url}{path}")
        while True:
            async with self._session.get(url, headers=self._headers, allow_redirects=False) as response:
                answer = await _content(response)
            if response.status == 200:
                return answer
            wait = float(answer.get("retry_after") or 0) if response.status == 429 else 0.0
            if not 0 < wait <= SHORT_WAIT:
                raise _refusal(response, answer)
            await asyncio.sleep(wait)

    async def hello(self, gateway: str) -> None:
        """Open the gateway until it says hello; no session is begun. Raises Refused."""
        url = URL(gateway).update_query(v="10", encoding="json")
        try:
            async with asyncio.timeout(CALL_SECONDS), self._session.ws_connect(url) as socket:
                hello = await socket.receive_json()
        except (ClientError, TimeoutError, OSError, TypeError, ValueError) as error:
            raise Refused(f"{url.host} cannot be reached: {why(error)}") from error
        if not isinstance(hello, dict) or hello.get("op") != 10:
            raise Refused(NOT_DISCORD)


async def _content(response: ClientResponse) -> Any:
    try:
        answer = await response.json()
    except (ContentTypeError, ValueError) as error:
        raise Refused(NOT_DISCORD) if response.ok else _refusal(response, {}) from error
    return answer if response.ok or isinstance(answer, dict) else {}


def _refusal(response: ClientResponse, answer: Any) -> Refused:
    number = answer.get("code")
    if not isinstance(number, int) or not number:
        return Refused(f"{response.status} {response.reason}", number=response.status)
    sentence = str(answer.get("message") or "").partition("\n")[0]
    return Refused(f"{number} {sentence[:LONGEST_SENTENCE]}".strip(), number=number)


@asynccontextmanager
async def asking(options: DiscordOptions) -> AsyncIterator[Inquiry]:
    """Open what the questions go through; the server calls itself the same."""
    name = HTTPClient(asyncio.get_running_loop()).user_agent
    async with ClientSession(timeout=ClientTimeout(total=CALL_SECONDS), headers={"User-Agent": name}) as session:
        yield Inquiry(session, options)


async def guarded(part: str, look: Awaitable[list[Finding]]) -> list[Finding]:
    """Turn refusals, silence and nonsense into findings."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await look
    except Refused as error:
        word = visible(str(error))
    except TimeoutError:
        word = f"no answer within {PATIENCE_SECONDS:.0f} s"
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        word = NOT_DISCORD
    return [trouble(part, word, remedy=remedy_for(word))]
