"""Who speaks: an actor that a platform has verified, and the roles it has there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.views import Actor


class Role(StrEnum):
    """For whom a command is. `admin` implies the others."""

    ANYONE = "anyone"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """What a platform knows of who types or presses.

    `hints` says for each role how somebody gets it, naming the setting: `{Role.ADMIN: "Nobody is admin yet: set
    SLACK_ADMINS."}`. Whoever builds the caller also decides what follows when a list of roles is empty.
    """

    actor: Actor
    roles: frozenset[Role] = frozenset()
    hints: Mapping[Role, str] = field(default_factory=dict)

    def has(self, role: Role) -> bool:
        """Whether a command for this role is for this caller."""
        return role is Role.ANYONE or role in self.roles or Role.ADMIN in self.roles

    def how_to_get(self, role: Role) -> str:
        """Say what gives somebody the role."""
        return self.hints.get(role, f"Ask an admin of this server to make you {_a(role)}.")

    def refusal(self, what: str, role: Role) -> str:
        """Say that something is for others."""
        return f"{what} is for {role}s, and you ({self.actor}) are not {_a(role)} here."


def _a(role: Role) -> str:
    return f"{'an' if role.value[0] in 'aeiou' else 'a'} {role}"
