"""How Slack says no."""

from typing import Any

from tests.platforms.slack.block_kit.rules import Notes


class Refusal(Exception):
    """An `ok: false` answer: the error word and what else stands beside it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.answer = {"ok": False, "error": error, **more}


class TooFast(Refusal):
    """More calls than the method takes: HTTP 429 with Retry-After."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


def wrong(error: str, notes: Notes) -> Refusal:
    """Return a refusal that names the places."""
    return Refusal(error, errors=notes, response_metadata={"messages": [f"[ERROR] {note}" for note in notes]})
