"""HTTP with the gateway: one call, one answer, over in time whatever the network does."""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import re
import threading
import urllib.request
from collections.abc import Mapping
from typing import Any, NamedTuple

from .endings import Ending, ExitCode
from .inputs import is_here

STATUSES = ("pending", "approved", "denied", "expired", "cancelled")
ID = re.compile(r"[\w-]{1,64}", re.ASCII)
LARGEST_ANSWER = 8_000_000  # bytes
SLICE = 0.2  # seconds
TRY_LATER = (408, 425, 429)


class Trouble(Exception):
    """No usable answer this time; the next try, not before `after` seconds, may bring one."""

    def __init__(self, sentence: str, *, after: int = 0, is_redirect: bool = False) -> None:
        super().__init__(sentence)
        self.after = after
        self.is_redirect = is_redirect


class Answer(NamedTuple):
    """What came back; status 0 and the reason where nothing did."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class AsTheyCome(urllib.request.HTTPErrorProcessor):
    """Takes every answer as it comes; so no redirect is ever followed, for the key would go along."""

    def http_response(self, request: Any, response: Any) -> Any:
        """Return the answer itself, whatever its status."""
        return response

    https_response = http_response


class Gateway:
    """The gateway at an address, for whom a key opens."""

    def __init__(self, url: str, api_key: str) -> None:
        self._requests = f"{url}/api/requests"
        self._headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
            "User-Agent": "agentgate-action",
        }
        proxies: dict[str, str] | None = {} if is_here(url) else None  # None stands for those of the environment
        self._opener = urllib.request.build_opener(AsTheyCome, urllib.request.ProxyHandler(proxies))

    def submit(self, ask: Mapping[str, Any], *, idempotency_key: str, within: float) -> dict[str, Any]:
        """Ask; the same key joins the same request, however often it is sent."""
        return self._call("POST", "", ask, within=within, more={"Idempotency-Key": idempotency_key})

    def look(self, ref: str, *, hold: int, within: float) -> dict[str, Any]:
        """Return a request: as soon as it is decided, at the latest after `hold` seconds."""
        return self._call("GET", f"/{ref}?wait={hold}", None, within=within)

    def cancel(self, ref: str, *, within: float) -> dict[str, Any]:
        """Withdraw a request; return how it stands, be that cancelled or decided before."""
        return self._call("POST", f"/{ref}/cancel", {}, within=within)

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        within: float,
        more: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the request that the gateway answers with. Raises Trouble, or Ending where it refuses."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, **(more or {})}
        call = urllib.request.Request(self._requests + path, content, headers, method=method)  # noqa: S310 - `inputs` lets http and https in, no more
        return request_in(self._exchanged(call, within))

    def _exchanged(self, call: urllib.request.Request, within: float) -> Answer:
        """Let a thread call, for nothing else bounds how long a name is looked up and an answer trickles."""
        answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        threading.Thread(target=lambda: answers.put(self._exchange(call, within)), daemon=True).start()
        for _ in range(int(within / SLICE) + 1):  # in slices: on Windows no signal ends a wait
            with contextlib.suppress(queue.Empty):
                return answers.get(timeout=SLICE)
        return Answer(0, {}, f"no answer within {within:.0f} s".encode())

    def _exchange(self, call: urllib.request.Request, within: float) -> Answer:
        try:
            with self._opener.open(call, timeout=within) as answer:
                return Answer(answer.status, answer.headers, answer.read(LARGEST_ANSWER))
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = getattr(error, "reason", None) or error
            said = getattr(why, "strerror", None) or str(why)  # without the number, which tells people nothing
            return Answer(0, {}, (said or type(why).__name__).encode(errors="replace"))


def request_in(answer: Answer) -> dict[str, Any]:
    """Return the request in an answer. Raises Ending where the gateway refuses, Trouble for whatever is no answer."""
    told = _object_in(answer.body)
    if answer.status == 0:
        raise Trouble(answer.body.decode())
    if 300 <= answer.status < 400:
        raise Trouble(f"it leads to {answer.headers.get('Location')}, where the key must not go", is_redirect=True)
    if answer.status == 409 and isinstance(told.get("request"), dict):
        told = told["request"]  # it was decided before; this is how it stands
    elif not 200 <= answer.status < 300:
        raise _refusal(answer, told)
    name = told.get("id")
    if not isinstance(name, str) or not ID.fullmatch(name) or told.get("status") not in STATUSES:
        raise Trouble("what answers does not speak like an AgentGate")
    return told


def _refusal(answer: Answer, told: Mapping[str, Any]) -> Exception:
    sentence = told.get("detail") or told.get("error") or ""
    if sentence and 400 <= answer.status < 500 and answer.status not in TRY_LATER:
        return Ending(f"The gateway refuses: {sentence}", ExitCode.ERROR)
    after = str(answer.headers.get("Retry-After", ""))[:6]
    return Trouble(f"it answers {answer.status} {sentence}".strip(), after=int(after) if after.isdecimal() else 0)


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
