"""Who speaks: an actor that a platform has verified, and the roles it has there."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from gateway.errors import Forbidden
from gateway.views import Actor


class Role(StrEnum):
    """For whom a command is. `admin` implies the others."""

    ANYONE = "anyone"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMIN = "admin"


class RoleMissing(Forbidden):
    """Something is for others; `hint` says what gives somebody the role."""

    def __init__(self, sentence: str, *, hint: str) -> None:
        super().__init__(sentence)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Caller:
    """What a platform knows of who types or presses.

    `hints` says for each role how somebody gets it, naming the setting: `{Role.ADMIN: "Nobody is admin yet: set
    SLACK_ADMINS."}`. Whoever builds the caller also decides what follows when a list of roles is empty.
    `approves_by_place`: they are approver of what hangs where they are, and of nothing else.
    """

    actor: Actor
    roles: frozenset[Role] = frozenset()
    hints: Mapping[Role, str] = field(default_factory=dict)
    approves_by_place: bool = False

    def has(self, role: Role) -> bool:
        """Whether a command for this role is for this caller."""
        return role is Role.ANYONE or role in self.roles or Role.ADMIN in self.roles

    @property
    def sees_every_request(self) -> bool:
        """Whether they look at requests wherever those hang: an approver by name, or an admin."""
        return self.has(Role.APPROVER) and (not self.approves_by_place or Role.ADMIN in self.roles)

    def lacks(self, role: Role, what: str) -> RoleMissing:
        """Return the refusal of something that is for others."""
        sentence = f"{what} is for {role}s, and you ({self.actor}) are not {_a(role)} here."
        return RoleMissing(sentence, hint=self.how_to_get(role))

    def how_to_get(self, role: Role) -> str:
        """Say what gives somebody the role."""
        return self.hints.get(role, f"Ask an admin of this server to make you {_a(role)}.")


class RoleLists(Protocol):
    """What the settings of a chat say about roles: its own ids of people and groups."""

    @property
    def approvers(self) -> frozenset[str]:
        """Who may decide where a rule names nobody; empty: whoever sees the card."""

    @property
    def auditors(self) -> frozenset[str]:
        """Who may search the audit trail; empty: the approvers that are named."""

    @property
    def admins(self) -> frozenset[str]:
        """Who keeps keys, policies and people; empty: nobody."""


async def caller_of(
    actor: Actor,
    lists: RoleLists,
    *,
    is_among: Callable[[Collection[str]], Awaitable[bool]],
    setting: str,
    is_stranger: bool = False,
) -> Caller:
    """Return an actor with the roles that a chat's settings give; `is_among` knows groups, `setting` names them.

    Where nobody is named as approver everybody is one by place, but for strangers to the place that the chat is for:
    of what hangs where they are. The audit trail, which tells of every place, is for those who are named.
    """
    roles = set()
    by_place = not lists.approvers and not is_stranger
    if await is_among(lists.admins):
        roles.add(Role.ADMIN)
    is_named = await is_among(lists.approvers)
    if by_place or is_named:
        roles.add(Role.APPROVER)
    if await is_among(lists.auditors) if lists.auditors else is_named:
        roles.add(Role.AUDITOR)
    return Caller(actor, frozenset(roles), _hints(lists, setting), approves_by_place=by_place)


def _hints(lists: RoleLists, setting: str) -> Mapping[Role, str]:
    auditors, approvers, admins = f"{setting}_AUDITORS", f"{setting}_APPROVERS", f"{setting}_ADMINS"
    deciding, searching = "names who may decide.", "names who may search the audit trail."
    if not lists.approvers:
        deciding = "names nobody, so what no rule names approvers for is decided where it hangs, by whoever is there."
    if not lists.approvers and not lists.auditors:
        searching = f"names who may search the audit trail; without it {approvers} does, and {admins} always."
    return {
        Role.ADMIN: f"{admins} names the admins; whoever runs AgentGate can add your id or a group of yours.",
        Role.AUDITOR: f"{auditors} {searching}",
        Role.APPROVER: f"{approvers} {deciding}",
    }


def _a(role: Role) -> str:
    return f"{'an' if role.value[0] in 'aeiou' else 'a'} {role}"
