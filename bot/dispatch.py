"""Run what somebody typed or pressed. The answer is always a card: refusals, faults and outages are cards too."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import structlog

from bot.callers import Caller, RoleMissing
from bot.commands import COMMANDS
from bot.commands.decisions import answer_card, approve, deny
from bot.commands.help import list_card
from bot.commands.requests import check_shown, show
from bot.lookup import command_words, find
from bot.parse import arguments, read_all
from bot.registry import Command, Kind
from bot.suggest import Suggestion, suggestions
from bot.values import UsageError
from gateway import browse
from gateway.admission import admit
from gateway.card import Card, Facts, Note, Tone, Verb, problem_card
from gateway.cards import clock_time, details_button, footer
from gateway.decide import Decided, check_open, vote_of
from gateway.errors import AlreadyFinal, Forbidden, GateError, ReasonRequired, RequestConflict, Unavailable
from gateway.gate import Gate
from gateway.redact import folded, visible
from models.db import Unreachable

log = structlog.get_logger()

Answer = TypeVar("Answer")

NOTHING_CHANGED = "Nothing was changed."
COME_BACK = f"{NOTHING_CHANGED} Try again in a moment."
HINTS: Mapping[type[GateError], str] = {
    ReasonRequired: "Write it behind the code, like: approve k7qm-3vtx agreed with the on-call engineer.",
    Unavailable: COME_BACK,
}
"""What to do next about a refusal."""


async def run_line(gate: Gate, line: str, *, by: Caller) -> Card:
    """Run a typed line; an empty one shows the help."""

    async def work() -> Card:
        typed = command_words(line)
        if not typed:
            return list_card(COMMANDS, by=by)
        command = find(typed, COMMANDS)
        _check_role(command, by)
        return await command.run(gate, **arguments(command, line, now=gate.now()), by=by)

    return await _answer(gate, work, by=by)


async def run_command(gate: Gate, command: Command, texts: Mapping[str, str], *, by: Caller) -> Card:
    """Run a command whose options a platform has split already; `texts` are by option name."""

    async def work() -> Card:
        _check_role(command, by)
        return await command.run(gate, **read_all(command, texts, now=gate.now()), by=by)

    return await _answer(gate, work, by=by)


async def press(gate: Gate, verb: Verb, value: str, *, by: Caller, reason: str = "") -> Card:
    """Do what a button says: `value` is a request's id, or for `run` the line that it types."""
    match verb:
        case Verb.RUN:
            return await run_line(gate, value, by=by)
        case Verb.APPROVE:
            return await run_command(gate, approve, {"request": value, "reason": reason}, by=by)
        case Verb.DENY:
            return await run_command(gate, deny, {"request": value, "reason": reason}, by=by)
        case Verb.DETAILS:
            return await run_command(gate, show, {"request": value}, by=by)


async def why_not(gate: Gate, request_id: str, *, by: Caller) -> Card | None:
    """Return the card that tells why this caller's answer would change nothing, or None: for before asking a reason."""

    async def work() -> Card | None:
        request = await browse.load(request_id)
        check_open(request)
        if request.is_overdue(gate.now()):
            raise AlreadyFinal(f"{request.shown_code} has expired: nobody answered in time.", request=request)
        voter = await admit(gate, request, by=by.actor)
        if await vote_of(request, voter, by=by.actor):
            return answer_card(gate, Decided(request, counted=False), by=by)
        return None

    return await _answer(gate, work, by=by)


async def suggest(gate: Gate, kind: Kind, typed: str, *, by: Caller) -> tuple[Suggestion, ...]:
    """Return what could complete a value, 25 at most; nothing when that cannot be found out."""
    try:
        return await suggestions(gate, kind, typed, by=by, commands=COMMANDS)
    except Unreachable:
        log.warning("suggestions.unavailable")
        return ()


def _check_role(command: Command, by: Caller) -> None:
    """Keep commands for those they are for; one that checks itself knows more than the role. Raises RoleMissing."""
    if not command.checks_itself and not by.has(command.role):
        raise by.lacks(command.role, command.name)


async def _answer(gate: Gate, work: Callable[[], Awaitable[Answer]], *, by: Caller) -> Answer | Card:
    """Do the work; whatever goes wrong becomes a card that says what, and what to do next."""
    try:
        return await work()
    except UsageError as mistake:
        hint = f"Usage: {mistake.usage}" if mistake.usage else None
        return problem_card(visible(mistake.sentence), hint=hint)
    except RequestConflict as conflict:
        told = conflict  # the name ends with the clause, the work comes later
        return await _answer(gate, lambda: _conflict_card(gate, told, by=by), by=by)
    except RoleMissing as refusal:
        return problem_card(visible(refusal.sentence), hint=refusal.hint)
    except GateError as refusal:
        return problem_card(visible(refusal.sentence), hint=HINTS.get(type(refusal)))
    except Unreachable:
        log.exception("database.unreachable")
        return problem_card("The database does not answer.", hint=COME_BACK)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not end the conversation; it is logged with its trace
        return fault_card(gate, error)


def fault_card(gate: Gate, error: Exception) -> Card:
    """Log a fault of ours with its trace; return the card that tells of it."""
    reference = gate.new_id("err")
    log.error("command.crashed", reference=reference, exc_info=error)
    return problem_card(
        "Something went wrong here, and it is not your fault.",
        hint=f"Whoever runs this server finds it in the log under {reference}.",
    )


async def _conflict_card(gate: Gate, conflict: RequestConflict, *, by: Caller) -> Card:
    """Return that it cannot be done any more; what it was about is for those to whom the request is shown."""
    request, sentence = conflict.request, visible(conflict.sentence)
    try:
        await check_shown(gate, request, by=by)
    except (Forbidden, Unavailable, *Unreachable):
        return problem_card(sentence, hint=NOTHING_CHANGED)
    rows = [("Action", visible(request.action))]
    if request.decided_at:
        rows.append(("When", clock_time(request.decided_at)))
    if request.decision_reason:
        rows.append(("Reason", folded(request.decision_reason)))
    return Card(
        sentence,
        Tone.BAD,
        (Facts(tuple(rows)), Note(NOTHING_CHANGED)),
        buttons=(details_button(request),),
        footer=footer(request, public_url=gate.options.public_url),
        request_id=request.id,
        is_refusal=True,
    )
