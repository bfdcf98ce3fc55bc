"""Who belongs to which group of a platform: the protocol that every chat keeps."""

from collections.abc import Collection
from typing import Protocol

from gateway.views import Actor


class Roster(Protocol):
    """Knows a platform's groups and roles, as they are now."""

    async def groups_of(self, actor: Actor, *, among: Collection[str]) -> frozenset[str]:
        """Return those of the names (`slack:S0SRE`, `discord:role:77`) that this actor belongs to.

        Raises Unavailable when the platform does not answer: nobody is let in by a guess.
        """
        ...
