"""The policies in force: read once, kept parsed, forgotten when one changes."""

from collections.abc import Callable
from datetime import datetime

from gateway.bells import TRUST_FOR
from gateway.errors import InvalidPolicy
from gateway.rules import Rules, parse_rules
from models import policies
from models.tables import Policy


class Rulebook:
    """All enabled policies, sorted as they are asked."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._rules: tuple[Rules, ...] = ()
        self._until: datetime | None = None
        self._age = 0

    async def in_force(self) -> tuple[Rules, ...]:
        """Return the enabled policies by priority, then name."""
        now = self._now()
        if self._until is None or not now < self._until <= now + TRUST_FOR:  # over, or the clock stepped back
            age = self._age
            rows = await policies.all_policies()
            rules = tuple(_parsed(row) for row in rows if row.enabled)
            if age != self._age:
                return await self.in_force()
            self._rules, self._until = rules, now + TRUST_FOR
        return self._rules

    def forget(self) -> None:
        """Empty the cache: a policy has changed."""
        self._until = None
        self._age += 1


def _parsed(row: Policy) -> Rules:
    try:
        return Rules(row.name, row.priority, parse_rules(row.rules))
    except (InvalidPolicy, ValueError) as error:  # ValueError: text that cannot be encoded, put there by other hands
        return Rules(row.name, row.priority, (), broken=str(error))
