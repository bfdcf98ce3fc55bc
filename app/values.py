"""What single values of settings must be: each check returns the value, or raises ValueError with the reason."""

import re
from collections.abc import Callable
from email.utils import getaddresses
from ipaddress import ip_network
from urllib.parse import urlsplit

from gateway.errors import Invalid
from gateway.key_draft import SHORTEST_KEY
from gateway.keyring import PREFIX
from gateway.shared_redis import check_address
from gateway.targets import EMAIL, check_approver, check_target
from models.address import parse_address

SHORTEST_SECRET = 16
SLACK_TOKENS = {
    "xoxb-": "a bot token",
    "xapp-": "an app-level token",
    "xoxp-": "a user token",
    "xoxe": "a token that rotates",
    "xoxa-": "a workspace token",
}
"""What the beginning of a Slack token tells. https://docs.slack.dev/authentication/tokens"""


def words(text: object) -> object:
    """Split a list at its commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip()) if isinstance(text, str) else text


def lower(text: object) -> object:
    """Return a word in lower case."""
    return text.lower() if isinstance(text, str) else text


def web_address(url: str) -> str:
    """Check a web address; it ends without a slash."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{url} is not a web address like https://gate.example.com")
    _ = parts.port  # raises ValueError for a port out of range
    return url.rstrip("/")


def own_address(url: str) -> str:
    """Check where this server is reached, or that nothing is said about it."""
    return web_address(url) if url else url


def folder_address(url: str) -> str:
    """Check a web address below which there is more; it ends with a slash."""
    return f"{web_address(url)}/"


def origins(all_origins: tuple[str, ...]) -> tuple[str, ...]:
    """Check origins of web pages."""
    for origin in all_origins:
        web_address(origin)
        if urlsplit(origin).path:
            raise ValueError(f"{origin} must be an origin without a path, like https://example.com")
    return all_origins


def networks(proxies: tuple[str, ...]) -> tuple[str, ...]:
    """Check IP addresses and networks."""
    for proxy in proxies:
        ip_network(proxy, strict=False)
    return proxies


def database(url: str) -> str:
    """Check where a database is."""
    parse_address(url)
    return url


def redis(url: str) -> None:
    """Check where Redis is; a refusal never repeats the address, which holds a password."""
    check_address(url)


def api_key(key: str) -> None:
    """Check an API key that is given, not made."""
    if len(key) < SHORTEST_KEY or not key.startswith(PREFIX):
        raise ValueError(f"must begin with {PREFIX} and have at least {SHORTEST_KEY} characters")


def secret(text: str) -> None:
    """Check a secret that is given, not made."""
    if len(text) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters")


def bearer(text: str) -> None:
    """Check a token that is sent as `Authorization: Bearer`; a refusal never repeats it."""
    if not re.fullmatch(r"[!-~]*", text):
        raise ValueError("must be letters, digits and signs of ASCII without spaces: a header carries nothing else")


def slack_token(prefix: str) -> Callable[[str], None]:
    """Return the check of a Slack token of one kind; a refusal never repeats the token."""

    def check(token: str) -> None:
        if token.startswith(prefix):
            return
        kind = next((kind for beginning, kind in SLACK_TOKENS.items() if token.startswith(beginning)), "no Slack token")
        raise ValueError(f"must be {SLACK_TOKENS[prefix]}, which begins with {prefix}; this is {kind}")

    return check


def slack_target(channel: str) -> str:
    """Check where a card goes in Slack: `#name`, a channel's id or a user's id; `slack:` before it is left out."""
    return _named("slack", check_target, channel)


def slack_channels(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Check ids of channels; names do not do, since anybody may rename a channel."""
    for channel in ids:
        if not re.fullmatch(r"[CGD][A-Z0-9]{2,20}", channel):
            raise ValueError(f"{channel} is not a channel id like C0123ABC (channel details show it)")
    return ids


def slack_people(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Check ids of users and user groups; `slack:` before them is left out."""
    return tuple(_named("slack", check_approver, one) for one in ids)


def discord_token(token: str) -> None:
    """Check a Discord bot token; a refusal never repeats the token."""
    if token.startswith("Bot ") or re.search(r"\s", token):
        raise ValueError("must be the bot token alone, without spaces and without “Bot” before it")
    if any(token.startswith(beginning) for beginning in SLACK_TOKENS):
        raise ValueError("must be a Discord bot token; this is one of Slack's")


def discord_target(channel: str) -> str:
    """Check where a card goes in Discord: a channel's id or `user:ID`; `discord:` before it is left out."""
    return _named("discord", check_target, channel)


def discord_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Check ids of servers or channels."""
    for one in ids:
        if not re.fullmatch(r"[0-9]{1,20}", one):
            raise ValueError(f"{one} is not an id (User Settings → Advanced → Developer Mode, then Copy ID)")
    return ids


def discord_people(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Check ids of users and roles (`role:ID`); `discord:` before them is left out."""
    return tuple(_named("discord", check_approver, one) for one in ids)


def mail_host(host: str) -> str:
    """Check the name or address of a mail server, alone."""
    if not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+", host):
        raise ValueError(f"{host} is not a name like smtp.example.com; the port goes into SMTP_PORT")
    return host


def mail_sender(text: str) -> str:
    """Check whom mail is from: an address, or a name and an address in angle brackets."""
    found = getaddresses([text])
    if len(found) == 1 and text.isprintable():
        _, address = found[0]
        if re.fullmatch(EMAIL, address) and address.isascii():
            return text
    raise ValueError(f"{text} is not a sender like gate@example.com or AgentGate <gate@example.com>")


def mail_addresses(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Check addresses of recipients; `email:` before them is left out."""
    return tuple(_named("email", check_target, one) for one in addresses)


def _named(kind: str, check: Callable[[str], str], text: str) -> str:
    try:
        return check(f"{kind}:{text.removeprefix(f'{kind}:')}").removeprefix(f"{kind}:")
    except Invalid as error:
        raise ValueError(error.sentence) from error
