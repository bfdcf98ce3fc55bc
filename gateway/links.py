"""Links: one-time addresses by which one recipient looks at, approves or denies one request without an account.

    issue_links(gate, unit, request, targets)   in the unit that makes the request wait, or escalates it
    addresses_for(gate, request, target)        what a notification to a target shows, also after a crash
    issue_pair(gate, ref, by)                   for an admin who brings a pair to somebody in another way
    void_pairs(unit, key)                       in the unit that takes a key, its secret or its name away

Only digests of tokens are stored; `tokens` makes a token again from its link's id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway import browse
from gateway.admin_views import KeyView
from gateway.admission import admit
from gateway.errors import Forbidden, Invalid, SelfApproval
from gateway.events import LinkIssued
from gateway.gate import Gate, Unit
from gateway.permission import same_spelling
from gateway.targets import kind_of, unique
from gateway.views import Actor, RequestView
from models import links
from models.tables import Link
from models.words import Status, Verdict

PAIR = (Verdict.APPROVED, Verdict.DENIED)
IN_CHAT = ("slack", "discord")


@dataclass(frozen=True, slots=True)
class Address:
    """One link with its token: whoever has it may use it."""

    token: str
    url: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """One recipient's addresses for one request; None where there is no such link, or none that still works."""

    view: Address | None = None
    approve: Address | None = None
    deny: Address | None = None


@dataclass(frozen=True, slots=True)
class LinkPair:
    """A pair that an admin asked for."""

    request: RequestView
    approve: Address
    deny: Address
    expires_at: datetime


def recipient_of(target: str) -> str | None:
    """Return who links at a target are for, as the actor that they decide as; None where none are sent."""
    if kind_of(target) == "email":
        return same_spelling(target)
    return f"link:{target}" if kind_of(target) in IN_CHAT else None


async def issue_links(gate: Gate, unit: Unit, request: RequestView, targets: Iterable[str]) -> None:
    """Make the links of everybody who is told of a waiting request by mail or in a channel, in the unit that tells."""
    recipients = unique(name for name in map(recipient_of, targets) if name)
    for recipient in recipients:
        verdicts = await _granted(gate, request, recipient)
        if verdicts:
            await _add(gate, unit, request, recipient, verdicts)


async def _granted(gate: Gate, request: RequestView, recipient: str) -> tuple[Verdict, ...]:
    """Return what a recipient's links are for: mail always shows, a channel has only what decides there."""
    by_mail = kind_of(recipient) == "email"
    if not by_mail and (request.policy_decision.approvers or not gate.options.chat_link_buttons):
        return ()
    try:
        await admit(gate, request, by=Actor.parse(recipient))
    except Forbidden:
        return (Verdict.VIEW,) if by_mail else ()
    return (Verdict.VIEW, *PAIR) if by_mail else PAIR


async def _add(
    gate: Gate, unit: Unit, request: RequestView, recipient: str, verdicts: tuple[Verdict, ...]
) -> list[Link]:
    rows = [_row(gate, unit, request, recipient, verdict) for verdict in verdicts]
    await links.add_all(rows)
    words = [verdict.value for verdict in verdicts]
    unit.publish(LinkIssued(request_id=request.id, action=request.action, recipient=recipient, verdicts=words))
    return rows


def _row(gate: Gate, unit: Unit, request: RequestView, recipient: str, verdict: Verdict) -> Link:
    link_id = unit.new_id("lnk")
    return links.row(
        id=link_id,
        request_id=request.id,
        digest=gate.tokens.digest(gate.tokens.of(link_id)),
        verdict=verdict.value,
        recipient=recipient,
        created_at=unit.at,
        expires_at=unit.at + gate.options.link_ttl,
    )


async def addresses_for(gate: Gate, request: RequestView, target: str) -> Addresses:
    """Return the addresses that a notification to a target shows: those that still lead somewhere."""
    recipient = recipient_of(target)
    if recipient is None or not _waits(gate, request):
        return Addresses()
    rows = await links.open_for(request.id, recipient, at=gate.now())
    found = {Verdict(row.verdict): _address(gate, row) for row in rows if _is_ours(gate, row)}
    return Addresses(found.get(Verdict.VIEW), found.get(Verdict.APPROVED), found.get(Verdict.DENIED))


def _waits(gate: Gate, request: RequestView) -> bool:
    return request.status is Status.PENDING and not request.is_overdue(gate.now())


def _is_ours(gate: Gate, row: Link) -> bool:
    """Whether the link was made under this server's secret: under another, its token cannot be made again."""
    return gate.tokens.digest(gate.tokens.of(row.id)) == row.digest


def _address(gate: Gate, row: Link) -> Address:
    token = gate.tokens.of(row.id)
    return Address(token, f"{gate.options.public_url}/l/{token}")


async def issue_pair(gate: Gate, ref: str, *, by: Actor) -> LinkPair:
    """Make links that decide in the name of an admin's key, which may bring them to whom it wants.

    Raises NotFound, Invalid when the request does not wait any more, SelfApproval or NotAnApprover where the key itself
    might not decide.
    """
    request = await browse.load(ref)
    if not _waits(gate, request):
        word = request.status.value if request.status.is_final else "expired"
        raise Invalid(f"{request.shown_code} is {word}, so there is nothing left to decide by a link.")
    if request.was_asked_by(by) and not gate.options.trust.allow_self_approval:
        raise SelfApproval(f"You asked for {request.shown_code} yourself; let another key make links for it.")
    recipient = _in_the_name_of(by)
    await admit(gate, request, by=recipient)
    async with gate.unit(by=by) as unit:
        rows = await _add(gate, unit, request, str(recipient), PAIR)
    approve, deny = (_address(gate, row) for row in rows)
    return LinkPair(request, approve, deny, rows[0].expires_at)


async def void_pairs(unit: Unit, key: KeyView) -> None:
    """End the pairs made in a key's name: whoever made them may have held a secret that is good for nothing now."""
    await links.spend_of(str(_in_the_name_of(key.actor)), at=unit.at)


def _in_the_name_of(key: Actor) -> Actor:
    return Actor("link", str(key))
