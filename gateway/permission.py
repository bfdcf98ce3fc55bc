"""Who may decide a request. PURE: what a platform knows of an actor was verified before it came here.

The rule's approvers if it names any; else the approvers configured for the actor's platform; else whoever can see the
channel that the card was posted to, and only from there. Never the asker.

A link is the proof of whom it was sent to. One that hangs in a channel is anybody's there, so it decides only what
anybody there may decide alone: not where approvers are configured, not one of several answers, not what a person asked.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gateway.errors import NotAnApprover, SelfApproval
from gateway.targets import kind_of
from gateway.views import Actor, RequestView
from models.words import Scope

ALWAYS_TRUSTED = ("terminal", "cli")
"""Who sits at the server itself is its administrator."""
KEYS = ("api", "web")
"""Who acts with a key, which needs the scope for it, also where a rule names the key."""
MACHINES = ("api", "system")
"""What asks and sees no channel, so that a link there cannot be in the asker's hands."""
ONE_READER = re.compile(r"api:.+|slack:[UW][A-Z0-9]+|discord:user:[0-9]+")
"""Whom a link can be for, where it does not hang in a channel: a key, or a person in a direct message."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What the settings say about who may decide: approvers per platform, and whether askers may."""

    approvers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    allow_self_approval: bool = False


def check_may_decide(
    request: RequestView, actor: Actor, *, person: str | None, trust: Trust, places: Collection[str] = ()
) -> None:
    """Let an actor through who may decide this request; `places` are where its cards hang, by the platform's own ids.

    Raises SelfApproval or NotAnApprover with who can.
    """
    is_asker = (
        request.was_asked_by(actor) or request.requested_by == actor.identity
    )  # a rotated key keeps its name only
    if is_asker and not trust.allow_self_approval:
        raise SelfApproval(f"You asked for {request.shown_code} yourself; somebody else has to decide it.")
    if actor.kind in KEYS:
        check_scope(actor, request)
    named = request.policy_decision.approvers
    if named:
        if _names(actor, person) & {same_spelling(name) for name in named}:
            return
        raise NotAnApprover(f"Only {listed(named)} may decide {request.shown_code}.")
    if actor.kind in KEYS or actor.kind in ALWAYS_TRUSTED or actor.kind == "email":
        return
    if actor.kind == "link":
        _check_link(request, actor, trust)
        return
    _check_platform(request, actor, trust, places)


def same_spelling(name: str) -> str:
    """Return a name as it is compared: mail reaches `A@example.com` like `a@example.com`, `web:lea` is `api:lea`."""
    return name.lower() if kind_of(name) == "email" else Actor.parse(name).identity


def is_anybodys(actor: Actor) -> bool:
    """Whether it is a link that hangs where more than one person sees it."""
    return actor.kind == "link" and not ONE_READER.fullmatch(actor.id)


def check_not_the_askers(request: RequestView, actor: Actor, *, asker: str | None, trust: Trust) -> None:
    """Let nobody's link decide what a person asked, who may be the one that holds it. Raises SelfApproval."""
    is_person = asker is not None or kind_of(request.requested_by) not in MACHINES
    if is_anybodys(actor) and is_person and not trust.allow_self_approval:
        raise SelfApproval(
            f"{request.shown_code} was asked by {request.requested_by}, who may hold this link as well as you; "
            "decide it where you are known, in the chat."
        )


def _names(actor: Actor, person: str | None) -> set[str]:
    return {actor.identity, *actor.groups} | ({f"person:{person}"} if person else set())


def _check_link(request: RequestView, actor: Actor, trust: Trust) -> None:
    configured = trust.approvers.get(kind_of(actor.identity), frozenset())
    if configured and actor.identity not in configured:
        raise NotAnApprover(f"Only {listed(sorted(configured))} may decide {request.shown_code}.")
    if is_anybodys(actor) and request.approvals_needed > 1:
        raise NotAnApprover(
            f"{request.shown_code} needs {request.approvals_needed} persons, and a link that anybody may hold "
            "is none; answer it where you are known, in the chat."
        )


def check_scope(actor: Actor, request: RequestView) -> None:
    """Let a key through that has the scope to decide. Raises NotAnApprover."""
    if not actor.may(Scope.REQUEST_DECIDE):
        raise NotAnApprover(
            f"The key {actor.id} lacks the scope request:decide, so it may not decide {request.shown_code}."
        )


def _check_platform(request: RequestView, actor: Actor, trust: Trust, places: Collection[str]) -> None:
    configured = trust.approvers.get(actor.kind, frozenset())
    if configured:
        if not _names(actor, None) & configured:
            raise NotAnApprover(f"Only {listed(sorted(configured))} may decide {request.shown_code}.")
        return
    if actor.place not in {*request.targets, *places}:
        where = [target for target in request.targets if target.startswith(f"{actor.kind}:")]
        raise NotAnApprover(
            f"{request.shown_code} can be decided in {listed(where)}."
            if where
            else f"{request.shown_code} was not sent to this platform, so it cannot be decided here."
        )


def place_counts(request: RequestView, actor: Actor, trust: Trust) -> bool:
    """Whether somebody in a chat is let in by where they are: no approvers are named or configured."""
    return not (request.policy_decision.approvers or actor.kind in ALWAYS_TRUSTED or trust.approvers.get(actor.kind))


def place_shows(actor: Actor, trust: Trust) -> bool:
    """Whether whoever is where a card hangs may look at its request: no approvers are configured for that chat."""
    return not trust.approvers.get(actor.kind)


def where_shown(request: RequestView, kind: str) -> str:
    """Say where, and to whom, a request is shown in a chat in which its place shows it."""
    named = request.policy_decision.approvers
    where = [target for target in request.targets if target.startswith(f"{kind}:")]
    parts = [*([f"to {listed(list(named))}"] if named else []), *([f"in {listed(where)}"] if where else [])]
    if not parts:
        return f"{request.shown_code} was not sent to this platform, so it is not shown here."
    return f"{request.shown_code} is shown only {' and '.join(parts)}."


def listed(names: object) -> str:
    """Return names as a person lists them: `a, b or c`."""
    words = [str(name) for name in names] if isinstance(names, list | tuple) else [str(names)]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
