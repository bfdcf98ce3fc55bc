"""Ids as Discord makes them: the time in the upper bits. https://discord.com/developers/docs/reference#snowflakes"""

import time

EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Makes ids that grow."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> str:
        """Return an id that no other thing has."""
        now = (int(time.time() * 1000) - EPOCH_MS) << 22
        self._last = max(now, self._last + 1)
        return str(self._last)
