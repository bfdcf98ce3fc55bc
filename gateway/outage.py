"""The database goes away and comes back: each said once by whoever looks again every second."""

import structlog

log = structlog.get_logger()


class Outage:
    """What one who looks again and again knows of the database."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._lasts = False

    def met(self, error: BaseException) -> None:
        """Note that the database did not answer."""
        if not self._lasts:
            log.warning("database.away", what=self._of, error=f"{type(error).__name__}: {error}")
        self._lasts = True

    def over(self) -> None:
        """Note that it did."""
        if self._lasts:
            log.warning("database.back", what=self._of)  # who has read the one has to read the other
        self._lasts = False
