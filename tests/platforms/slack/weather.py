"""Bad weather for the Web API, in Slack's words."""

from dataclasses import dataclass

from tests.platforms.weather import Cut, Fault, Weather, cut, hang, html, slow

__all__ = ["SlackWeather", "cut", "error", "hang", "html", "rate_limited", "slow", "status"]


def error(word: str, *, after_effect: bool = False) -> Fault:
    """`ok: false` with this word: `internal_error`, `fatal_error`, `service_unavailable`, …"""
    return Fault(Cut.ANSWER, body=f'{{"ok": false, "error": "{word}"}}', after_effect=after_effect)


def rate_limited(retry_after: int = 1) -> Fault:
    """429 with Retry-After in whole seconds, as Slack sends them."""
    return Fault(Cut.ANSWER, 429, '{"ok": false, "error": "ratelimited"}', headers={"Retry-After": str(retry_after)})


def status(code: int, *, after_effect: bool = False) -> Fault:
    """A bare HTTP error: 500, 502, 503, …"""
    return Fault(Cut.ANSWER, code, '{"ok": false, "error": "internal_error"}', after_effect=after_effect)


@dataclass
class SlackWeather(Weather):
    """Faults by method; `*` is every method, `response_url` the answers to interactions."""

    one_message_a_second: bool = False
    """Answer 429 to whoever posts faster into one channel, as Slack does."""
