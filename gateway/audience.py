"""Whether anybody can decide a request: who hears of it here, and who is named. PURE.

What is asked for by mistake in a rule, or before any chat is set up, would otherwise wait unseen until it expires.
"""

from collections.abc import Collection

from gateway.permission import listed
from gateway.targets import kind_of, unique
from gateway.views import RequestView
from models.words import Status

BY_KEY = "Only an API key with the scope request:decide can decide it."
NOBODY_TOLD = (
    f"Nobody will be notified of this request: no chat or e-mail is configured and no rule names a channel. {BY_KEY}"
)
BY_THEMSELVES = frozenset({"api", "web", "person", "terminal"})
"""Approvers who need no chat of ours to answer."""


def warnings_about(request: RequestView, *, kinds: Collection[str]) -> tuple[str, ...]:
    """Return what its asker should know of a request that waits; `kinds` are the channels that work on this server."""
    if request.status is not Status.PENDING:
        return ()
    approvers = request.policy_decision.approvers
    if any(kind_of(one) in BY_THEMSELVES for one in approvers):
        return ()
    if approvers and not any(kind_of(one) in kinds for one in approvers):
        return (f"Only {listed(approvers)} may decide this request, and {_missing(approvers)} on this server.",)
    if any(kind_of(target) in kinds for target in request.targets) or approvers:
        return ()
    if not request.targets:
        return (NOBODY_TOLD,)
    return (f"Nobody will be notified of this request: {_missing(request.targets)} on this server. {BY_KEY}",)


def _missing(names: Collection[str]) -> str:
    kinds = unique(kind_of(one) for one in names)
    return f"{' and '.join(kinds)} {'are' if len(kinds) > 1 else 'is'} not configured"
