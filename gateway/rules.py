"""Reading a policy's rules: every mistake is named with its place before anything is stored. PURE."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn

from gateway.errors import Invalid, InvalidPolicy
from gateway.matching import Condition, parse_condition
from gateway.targets import check_approver, check_target
from models.words import Outcome

MOST_APPROVALS = 100
LONGEST = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Rule:
    """When all conditions hold, the outcome is the answer."""

    conditions: tuple[Condition, ...]
    """The conditions; all must hold. Absent: matches everything."""
    outcome: Outcome
    """What happens."""
    approvers: tuple[str, ...] = ()
    """Who may decide; nobody else may. Absent: those whom the settings trust."""
    channels: tuple[str, ...] = ()
    """Where the card goes. Absent: the default channels."""
    approvals_needed: int = 1
    """How many different persons must approve, 1 to 100; one denial denies. Absent: 1."""
    require_reason: bool = False
    """Whether an answer needs a reason. Absent: false."""
    expires_in: timedelta | None = None
    """When the request expires; the earlier of this and the asker's own wish counts. Absent: `REQUEST_TIMEOUT_SEC`."""
    remind_after: timedelta | None = None
    """When to remind, once: in the card's thread in Slack, by a message below it in Discord, by a second mail.
    Absent: never."""
    escalate_after: timedelta | None = None
    """When to tell others, where nobody has answered; needs `escalateTo`. Absent: never."""
    escalate_to: tuple[str, ...] = ()
    """Which others: targets that get a card of their own; the cards that hang already say so. Absent: nobody."""


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy's rules, ready to be asked; `broken` says why when they cannot be."""

    name: str
    priority: int
    rules: tuple[Rule, ...]
    broken: str | None = None


FIELDS = {
    "match": "match",
    "decision": "outcome",
    "approvers": "approvers",
    "channels": "channels",
    "approvalsNeeded": "approvals_needed",
    "requireReason": "require_reason",
    "expiresInSec": "expires_in",
    "remindAfterSec": "remind_after",
    "escalateAfterSec": "escalate_after",
    "escalateTo": "escalate_to",
}
"""Every key of a rule, and the field of `Rule` it becomes."""


def parse_rules(shape: Any) -> tuple[Rule, ...]:
    """Read the `rules` of a policy. Raises InvalidPolicy that names the place and the reason."""
    if not isinstance(shape, Sequence) or isinstance(shape, str):
        _refuse("rules", "must be a list")
    return tuple(parse_rule(rule, f"rules[{number}]") for number, rule in enumerate(shape))


def parse_rule(shape: Any, where: str) -> Rule:
    """Read one rule. Raises InvalidPolicy that names the place and the reason."""
    if not isinstance(shape, Mapping):
        _refuse(where, "must be an object with match and decision")
    unknown = [key for key in shape if key not in FIELDS]
    if unknown:
        _refuse(f"{where}.{unknown[0]}", f"is not a part of a rule; these are: {' '.join(FIELDS)}")
    if "decision" not in shape:
        _refuse(f"{where}.decision", f"is missing; say one of {', '.join(Outcome)}")
    read = {field: READERS[field](shape[key], f"{where}.{key}") for key, field in FIELDS.items() if key in shape}
    return Rule(conditions=read.pop("match", ()), **read)


def _refuse(where: str, why: str) -> NoReturn:
    raise InvalidPolicy(f"{where} {why}", field=where)


def _match(shape: Any, where: str) -> tuple[Condition, ...]:
    if not isinstance(shape, Mapping):
        _refuse(where, "must be an object of paths and values")
    entries = [parse_condition(path, wanted, f"{where}.{path}") for path, wanted in shape.items()]
    return tuple(condition for entry in entries for condition in entry)


def _outcome(word: Any, where: str) -> Outcome:
    if word not in tuple(Outcome):
        _refuse(where, f"must be one of {', '.join(Outcome)}")
    return Outcome(word)


def _each(check: Callable[[str], str]) -> Callable[[Any, str], tuple[str, ...]]:
    def read(shape: Any, where: str) -> tuple[str, ...]:
        if not isinstance(shape, Sequence) or isinstance(shape, str):
            _refuse(where, "must be a list of strings")
        return tuple(_checked(check, item, f"{where}[{place}]") for place, item in enumerate(shape))

    return read


def _checked(check: Callable[[str], str], item: Any, where: str) -> str:
    if not isinstance(item, str):
        _refuse(where, "must be a string")
    try:
        return check(item)
    except Invalid as error:
        raise InvalidPolicy(f"{where}: {error.sentence}", field=where) from error


def _count(number: Any, where: str) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= MOST_APPROVALS:
        _refuse(where, f"must be a whole number from 1 to {MOST_APPROVALS}")
    return number


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        _refuse(where, "must be true or false")
    return value


def _seconds(number: Any, where: str) -> timedelta:
    if not isinstance(number, int | float) or isinstance(number, bool) or not 0 < number <= LONGEST.total_seconds():
        _refuse(where, "must be a number of seconds above 0, at most ten years")
    return timedelta(seconds=number)


READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "match": _match,
    "outcome": _outcome,
    "approvers": _each(check_approver),
    "channels": _each(check_target),
    "approvals_needed": _count,
    "require_reason": _flag,
    "expires_in": _seconds,
    "remind_after": _seconds,
    "escalate_after": _seconds,
    "escalate_to": _each(check_target),
}
