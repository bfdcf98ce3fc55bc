"""The page of one request: everything about it, and its answer."""

import asyncio
from http import HTTPStatus

from aiohttp import web

from gateway import browse
from gateway.arrivals import told
from gateway.decide import decide
from gateway.errors import AlreadyFinal, DigestMismatch, Forbidden, GateError, Invalid
from gateway.standing import Standing, standing_of
from gateway.views import RequestView
from models.words import Decision
from web import history_words as past
from web import request_words as words
from web.trouble import trouble_of
from web.visit import Visit

SCRIPTS = ("live.js", "copy.js")
BROKEN = "the form was not whole. Look at the request again, and answer here."
OTHERWISE = "this is not what you were shown. Look at it again."


async def show(visit: Visit) -> web.Response:
    """Show everything about a request. Raises NotFound or Forbidden."""
    request = await browse.show(visit.gate, visit.ref, by=visit.actor)
    return await _page(visit, request)


async def answer(visit: Visit) -> web.Response:
    """Record an answer to what was shown, and lead on to the outcome. Raises NotFound, Forbidden or Unavailable."""
    request = await browse.show(visit.gate, visit.ref, by=visit.actor)
    try:
        decision, digest = _answered(visit)
        await decide(visit.gate, request.id, decision, by=visit.actor, reason=_reason(visit), digest=digest)
    except (AlreadyFinal, DigestMismatch, Forbidden, Invalid) as refusal:
        return await _refused(visit, request.id, refusal)
    return visit.go(f"/requests/{request.id}")


def _answered(visit: Visit) -> tuple[Decision, str]:
    """Return the verdict and the digest that stood on the page. Raises Invalid."""
    verdict, digest = visit.form.get("decision"), visit.form.get("digest")
    if verdict not in tuple(Decision) or not digest:
        raise Invalid(BROKEN)
    return Decision(verdict), digest


def _reason(visit: Visit) -> str:
    return visit.form.get("reason").replace("\r\n", "\n")


async def _refused(visit: Visit, request_id: str, refusal: GateError) -> web.Response:
    """Return the request as it stands now, with why the answer did not count; a doubled one did, so it leads on."""
    request = await browse.load(request_id)
    standing = await standing_of(visit.gate, request, by=visit.actor)
    if standing.own is not None and standing.own.decision.value == visit.form.get("decision"):
        return visit.go(f"/requests/{request.id}")
    sentence = OTHERWISE if isinstance(refusal, DigestMismatch) else refusal.sentence
    status, _ = trouble_of(refusal)
    return await _page(visit, request, status=status, problem=sentence, standing=standing)


async def _page(
    visit: Visit,
    request: RequestView,
    *,
    status: int = HTTPStatus.OK,
    problem: str | None = None,
    standing: Standing | None = None,
) -> web.Response:
    gate, now = visit.gate, visit.gate.now()
    standing = standing or await standing_of(gate, request, by=visit.actor)
    before, after = words.card_of(request, now=now)
    line = words.headline(request, now=now)
    return visit.page(
        "request.html",
        status=status,
        runs=SCRIPTS,
        request=request,
        headline=line,
        tone=before.tone,
        before=before,
        after=after,
        blocks=await asyncio.to_thread(words.written_out, request),
        steps=past.steps(await browse.history(gate, request.id, by=visit.actor)),
        fates=past.fates(await told(request.id)),
        may_answer=standing.may_answer,
        place=None if standing.may_answer else words.place_of(request, standing, now=now),
        afterwards=words.afterwards(request),
        problem=problem,
        reason=_reason(visit) if problem else "",
        now=now,
    )
