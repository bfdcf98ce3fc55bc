"""Webhooks that did not answer a moment ago: what else is due there waits, and keeps no call to others waiting."""

from datetime import datetime, timedelta

SPAN = timedelta(seconds=10)
"""How long a webhook that let us wait is left alone."""


class Silence:
    """Remembers which webhooks did not answer, and when. Memory only: whoever forgets waits once more."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def met(self, webhook_id: str, *, at: datetime) -> None:
        """Note that a webhook did not answer."""
        self._since[webhook_id] = at

    def over(self, webhook_id: str) -> None:
        """Note that a webhook answers, whatever it says."""
        self._since.pop(webhook_id, None)

    def left(self, webhook_id: str, *, at: datetime) -> timedelta:
        """Return how long a webhook is still to be left alone; zero when it may be called."""
        since = self._since.get(webhook_id)
        left = since + SPAN - at if since is not None else timedelta(0)
        return left if timedelta(0) < left <= SPAN else timedelta(0)  # beyond, the clock stepped back
