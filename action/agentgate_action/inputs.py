"""What stands under `with:` in the workflow, read and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .digest import canonical, digest_of
from .endings import wrong

PRINTABLE = re.compile(r"[ -~]{0,255}")
REF = re.compile(r"[\w-]{0,64}", re.ASCII)
HERE = re.compile(r"localhost|.+\.localhost|127(\.\d+){3}|::1")
DURATION = re.compile(r"(?:(\d{1,8})d)?(?:(\d{1,8})h)?(?:(\d{1,8})m)?(?:(\d{1,8})s?)?", re.ASCII)
UNITS = (86_400, 3_600, 60, 1)
LONGEST = 3_650 * 86_400  # seconds; no gateway takes more


@dataclass(frozen=True)
class Inputs:
    """The inputs of `action.yml`. `goes_on` holds those of `on-denied` and `on-timeout` that say `continue`."""

    url: str
    api_key: str = field(repr=False)
    mode: str
    action: str
    params: dict[str, Any]
    context: dict[str, Any]
    urgency: str
    timeout: int
    request_id: str
    idempotency_key: str
    goes_on: frozenset[str]

    @property
    def digest(self) -> str:
        """Return the digest of what is to be approved; empty where only a request's id is given."""
        return digest_of(self.action, self.params) if self.action else ""


def read_inputs(env: Mapping[str, str]) -> Inputs:
    """Return the inputs. Raises Ending with what is wrong and how it is put right."""
    given = {name[len("INPUT_") :]: value.strip() for name, value in env.items() if name.startswith("INPUT_")}
    mode = _one_of(given, "mode", "wait", "submit", "check")
    may_be_plain = _one_of(given, "allow-http", "true", "false") == "true"
    _check_what(given, mode)
    return Inputs(
        url=_url(given.get("URL", ""), may_be_plain=may_be_plain),
        api_key=_api_key(given.get("API_KEY", "")),
        mode=mode,
        action=_action(given.get("ACTION", "")),
        params=_params(given.get("PARAMS", ""), given.get("PARAMS_FILE", "")),
        context=_object(given.get("CONTEXT", ""), "context"),
        urgency=_one_of(given, "urgency", "low", "normal", "high", "critical"),
        timeout=_seconds(given.get("TIMEOUT", "")),
        request_id=_request_id(given.get("REQUEST_ID", "")),
        idempotency_key=_idempotency_key(given.get("IDEMPOTENCY_KEY", "")),
        goes_on=frozenset(
            name for name in ("on-denied", "on-timeout") if _one_of(given, name, "fail", "continue") == "continue"
        ),
    )


def is_here(url: str) -> bool:
    """Whether an address leads to this machine."""
    return HERE.fullmatch(urlsplit(url).hostname or "") is not None


def _one_of(given: Mapping[str, str], name: str, *words: str) -> str:
    word = given.get(name.upper().replace("-", "_"), "")
    if word not in words:
        raise wrong(f"`{name}` says {word!r}; it is one of {', '.join(words)}.")
    return word


def _check_what(given: Mapping[str, str], mode: str) -> None:
    """See that the step is about something: an action to ask for, or a request that is there."""
    request_id, says_more = given.get("REQUEST_ID"), given.get("PARAMS") or given.get("PARAMS_FILE")
    if mode == "check" and not request_id:
        raise wrong("`mode: check` looks at a request that is there: give its `request-id`.")
    if mode == "submit" and request_id:
        raise wrong(
            "`mode: submit` makes a request: leave `request-id` out, or take `mode: wait` to wait for that one."
        )
    if not given.get("ACTION") and (says_more or not request_id):
        raise wrong("`action` is missing: say what is to be approved, such as deploy.prod.")


def _url(text: str, *, may_be_plain: bool) -> str:
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none, an unfinished IPv6 address
        is_address = False
    if not is_address or not text.isprintable() or set(text) & set(" @?#"):
        raise wrong("`url` is the gateway's address and nothing else, such as https://gate.example.com.")
    if parts.scheme == "http" and not may_be_plain and not is_here(text):
        raise wrong(
            "`url` is http:// to another machine: whoever is in between could read the key and forge an approval. "
            "Use https://, or on a network that you trust `allow-http: true`."
        )
    return text.rstrip("/")


def _api_key(text: str) -> str:
    if not text:
        raise wrong(
            "`api-key` is empty: keep the key as a secret and pass ${{ secrets.AGENTGATE_API_KEY }}. "
            "Runs for pull requests from forks are given no secrets."
        )
    if not PRINTABLE.fullmatch(text) or " " in text:
        raise wrong("`api-key` has characters that no key has: is the secret the key and nothing else?")
    return text


def _action(text: str) -> str:
    if len(text) > 200 or not f"-{text}".isprintable():
        raise wrong("`action` has at most 200 characters, all of them printable.")
    return text


def _request_id(text: str) -> str:
    if not REF.fullmatch(text):
        raise wrong("`request-id` is an id such as req_01j…, or a short code such as k7qm-3vtx.")
    return text


def _idempotency_key(text: str) -> str:
    if not PRINTABLE.fullmatch(text):
        raise wrong("`idempotency-key` has at most 255 characters, all of them printable ASCII.")
    return text


def _seconds(text: str) -> int:
    """Read `90s`, `30m`, `1h30m` or `2d`; a bare number is seconds."""
    found = DURATION.fullmatch(text)
    seconds = sum(int(amount or 0) * unit for amount, unit in zip(found.groups(), UNITS)) if found else 0
    if not 0 < seconds <= LONGEST:
        raise wrong(f"`timeout` says {text!r}; it is a duration above zero, such as 90s, 30m, 1h30m or 2d.")
    return seconds


def _params(text: str, file: str) -> dict[str, Any]:
    if not file:
        return _object(text, "params")
    if text:
        raise wrong("`params` and `params-file` are both given; leave one of them out.")
    try:
        with open(file, encoding="utf-8-sig") as opened:
            return _object(opened.read(), "params-file")
    except (OSError, UnicodeError) as error:
        raise wrong(f"`params-file` cannot be read: {error}. Its path counts from the workspace.") from error


def _object(text: str, name: str) -> dict[str, Any]:
    """Read a JSON object that every JSON client reads alike; nothing is an empty one."""
    try:
        value = json.loads(text or "{}", object_pairs_hook=_unique)
        canonical(value).encode()
    except (ValueError, RecursionError) as error:
        raise wrong(f"`{name}` cannot be read as JSON: {error}.") from error
    if not isinstance(value, dict):
        raise wrong(f'`{name}` is a JSON object, such as {{"env": "prod"}}.')
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return members
