"""Whether anybody can decide a request: who hears of it here, and who is named. PURE.

What is asked for by mistake in a rule, or before any chat is set up, would otherwise wait unseen until it expires.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from gateway.admin_views import KeyView
from gateway.errors import NotAnApprover, SelfApproval
from gateway.permission import Trust, check_may_decide, listed, same_spelling
from gateway.targets import kind_of, unique
from gateway.views import Actor, RequestView
from models.words import Status

BY_KEY = "Only an API key with the scope request:decide can decide it."
NOBODY_TOLD = (
    f"Nobody will be notified of this request: no chat or e-mail is configured and no rule names a channel. {BY_KEY}"
)
GROUP = re.compile(r"slack:S.+|discord:role:.+")
"""Approvers of whom nobody here knows how many they are."""


@dataclass(frozen=True, slots=True)
class Here:
    """What this server reaches and knows: channels that work, and of those that rules name, active keys and people.

    Keys are found by `api:NAME`, the identities of a person by `person:NAME`.
    """

    kinds: Collection[str]
    trust: Trust = field(default_factory=Trust)
    keys: Mapping[str, KeyView] = field(default_factory=dict)
    people: Mapping[str, Collection[str]] = field(default_factory=dict)


def warnings_about(request: RequestView, here: Here) -> tuple[str, ...]:
    """Return what its asker should know of a request that waits."""
    if request.status is not Status.PENDING:
        return ()
    if request.policy_decision.approvers:
        return tuple(_about_those_named(request, here))
    if any(kind_of(target) in here.kinds for target in request.targets):
        return ()
    if not request.targets:
        return (NOBODY_TOLD,)
    missing = unique(kind_of(target) for target in request.targets)
    return (f"Nobody will be notified of this request: {_not_configured(missing)} on this server. {BY_KEY}",)


def _about_those_named(request: RequestView, here: Here) -> Iterator[str]:
    """Say so where fewer of the named can still answer than answers are missing. A group is always enough."""
    named = request.policy_decision.approvers
    why_not = {same_spelling(one): _why_not(same_spelling(one), request, here) for one in named}
    able = [one for one, why in why_not.items() if why is None]
    voted = {who for vote in request.approvals for who in (vote.voter, Actor.parse(vote.by).identity)}
    missing = request.approvals_needed - len(request.approvals)
    if any(GROUP.fullmatch(one) for one in able) or len({*able} - voted) >= missing:
        return
    reasons = "; ".join([*_unconfigured(why_not), *unique(why for why in why_not.values() if why)])
    if not able:
        yield f"Only {listed(named)} may decide this request, and {reasons}."
        return
    can = f"only {listed(able)} can give {'one' if len(able) == 1 else 'them'}"
    yield f"This request needs {request.approvals_needed} approvals, and {can}{': ' if reasons else ''}{reasons}."


def _why_not(one: str, request: RequestView, here: Here) -> str | None:
    """Return why somebody who is named cannot decide; empty where the channel is missing, None where they can."""
    kind, _, name = one.partition(":")
    if kind == "api":
        return _why_no_key(name, request, here)
    if kind == "person":
        return _why_no_person(one, request, here)
    return None if kind in here.kinds else ""


def _why_no_key(name: str, request: RequestView, here: Here) -> str | None:
    key = here.keys.get(f"api:{name}")
    if key is None:
        return f"there is no active key “{name}”"
    try:
        check_may_decide(request, key.actor, person=None, trust=here.trust)
    except SelfApproval:
        return f"the key {name} asked for it itself"
    except NotAnApprover:
        return f"the key {name} lacks the scope request:decide"
    return None


def _why_no_person(person: str, request: RequestView, here: Here) -> str | None:
    identities = here.people.get(person, ())
    if not identities:
        return f"nobody is linked to {person}"
    if request.requested_by in identities and not here.trust.allow_self_approval:
        return f"{person} asked for it"
    return None


def _unconfigured(why_not: Mapping[str, str | None]) -> Iterator[str]:
    kinds = unique(kind_of(one) for one, why in why_not.items() if why == "")
    if kinds:
        yield f"{_not_configured(kinds)} on this server"


def _not_configured(kinds: Collection[str]) -> str:
    return f"{' and '.join(kinds)} {'are' if len(kinds) > 1 else 'is'} not configured"
