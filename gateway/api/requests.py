"""Asking, reading, deciding, cancelling, confirming."""

from datetime import timedelta

from aiohttp import web

from gateway import browse
from gateway.api.bodies import AskBody, ConfirmBody, DecideBody
from gateway.api.call import Call, json_answer
from gateway.api.queries import RequestsQuery, WaitQuery
from gateway.api.shaping import pagination_shape
from gateway.cancel import cancel
from gateway.confirm import confirm
from gateway.decide import decide
from gateway.errors import Invalid
from gateway.shapes import RequestShape, audit_entry_shape, request_shape
from gateway.submit import submit
from gateway.views import Ask, RequestView
from gateway.wait import wait_for_decision
from models.requests import RequestFilter


def shape_of(call: Call, request: RequestView) -> RequestShape:
    """Return a request as this server shows it."""
    return request_shape(request, now=call.gate.now(), public_url=call.gate.options.public_url)


async def create(call: Call) -> web.Response:
    """Ask for an approval."""
    body = call.body(AskBody)
    ask = Ask(
        action=body.action,
        params=body.params,
        context=body.context,
        urgency=body.urgency,
        expires_at=body.expires_at,
        expires_in=timedelta(seconds=body.expires_in_sec) if body.expires_in_sec is not None else None,
        idempotency_key=_idempotency_key(call, body),
    )
    submitted = await submit(call.gate, ask, by=call.actor)
    request = submitted.request
    wait = call.query(WaitQuery).wait
    if wait and not request.status.is_final:
        request = await wait_for_decision(call.gate, request.id, by=call.actor, at_most=timedelta(seconds=wait))
    shape = shape_of(call, request)
    if submitted.warnings:
        shape["warnings"] = list(submitted.warnings)
    return json_answer(shape, status=201 if submitted.is_new else 200)


def _idempotency_key(call: Call, body: AskBody) -> str | None:
    header = call.http.headers.get("Idempotency-Key")
    if header is None:
        return body.idempotency_key
    if body.idempotency_key not in (None, header):
        raise Invalid("the header Idempotency-Key and idempotencyKey differ; send one of them", field="idempotencyKey")
    return header


async def list_all(call: Call) -> web.Response:
    """List requests, newest first."""
    query = call.query(RequestsQuery)
    which = RequestFilter(
        status=query.status, action=query.action, urgency=query.urgency, requested_by=query.requested_by
    )
    page = await browse.request_page(which, limit=query.limit, offset=query.offset, cursor=query.cursor)
    shapes = [shape_of(call, request) for request in page.items]
    return json_answer({"requests": shapes, "pagination": pagination_shape(page)})


async def show(call: Call) -> web.Response:
    """Read one request; with `wait`, as soon as it is decided."""
    wait = timedelta(seconds=call.query(WaitQuery).wait)
    request = await wait_for_decision(call.gate, call.ref, by=call.actor, at_most=wait)
    return json_answer(shape_of(call, request))


async def answer(call: Call) -> web.Response:
    """Approve or deny."""
    body = call.body(DecideBody)
    decided = await decide(
        call.gate,
        call.ref,
        body.decision,
        by=call.actor,
        reason=body.reason,
        digest=body.digest,
        claimed_by=body.decided_by,
    )
    return json_answer(shape_of(call, decided.request))


async def withdraw(call: Call) -> web.Response:
    """Cancel what was asked."""
    return json_answer(shape_of(call, await cancel(call.gate, call.ref, by=call.actor)))


async def report(call: Call) -> web.Response:
    """Say what came of an approved request."""
    result = call.body(ConfirmBody).result
    return json_answer(shape_of(call, await confirm(call.gate, call.ref, by=call.actor, result=result)))


async def history(call: Call) -> web.Response:
    """Read a request's audit entries, oldest first."""
    entries = await browse.history(call.gate, call.ref, by=call.actor)
    return json_answer([dict(audit_entry_shape(entry)) for entry in entries])
