"""The pages of links: `GET /l/TOKEN` shows and changes nothing, `POST /l/TOKEN/decide` answers."""

from http import HTTPStatus

from aiohttp import web

from gateway.errors import AlreadyFinal, Forbidden, Gone, Invalid, NotFound
from gateway.follow import LinkView, check_link, decide_by_link, open_link
from gateway.guesses import count_wrong_link
from models.words import Decision
from web import words
from web.forms import check_sender, read_form
from web.pages import GATE, PAGES
from web.peer import address_of

AT_ONCE = "at-once.js"
ELSEWHERE = (
    "This answer did not come from the link's own page, so it was not counted. "
    "Open the link again in your browser, and answer there."
)


async def show(http: web.Request) -> web.Response:
    """Show what a link leads to."""
    link = await _known(http)
    try:
        await check_link(http.app[GATE], link)
    except (Gone, AlreadyFinal) as error:
        return _over(http, link, error)
    except Forbidden as error:
        return http.app[PAGES].say(words.refused(error.sentence, link.request), status=HTTPStatus.FORBIDDEN)
    return _shown(http, link) if link.decision is None else _asked(http, link, link.decision)


async def answer(http: web.Request) -> web.Response:
    """Answer as the link says, once."""
    gate, pages, token = http.app[GATE], http.app[PAGES], http.match_info["token"]
    link = await _known(http)
    form = await read_form(http)
    check_sender(http, form, token=token, otherwise=ELSEWHERE)
    reason = form.get("reason").replace("\r\n", "\n")
    try:
        decided = await decide_by_link(gate, token, reason=reason)
    except (Gone, AlreadyFinal) as error:
        return _over(http, await open_link(gate, token), error)
    except Forbidden as error:
        return pages.say(words.refused(error.sentence, link.request), status=HTTPStatus.FORBIDDEN)
    except Invalid as error:
        if link.decision is None:
            raise
        return _asked(http, link, link.decision, problem=error.sentence, reason=reason)
    return pages.say(words.done(decided, link), status=HTTPStatus.OK if decided.counted else HTTPStatus.CONFLICT)


async def _known(http: web.Request) -> LinkView:
    """Return the link that was opened. An address with many wrong ones is limited, but a right one still opens."""
    gate = http.app[GATE]
    try:
        return await open_link(gate, http.match_info["token"])
    except NotFound:
        await count_wrong_link(gate, address=address_of(http))
        raise


def _asked(
    http: web.Request, link: LinkView, decision: Decision, *, problem: str | None = None, reason: str = ""
) -> web.Response:
    gate, token = http.app[GATE], http.match_info["token"]
    question = words.question(link, decision)
    at_once = gate.options.single_click_links and question.reason is words.ReasonField.WELCOME
    return http.app[PAGES].answer(
        "question.html",
        status=HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK,
        runs=(AT_ONCE,) if at_once and not problem and not _is_ahead(http) else (),
        card=words.whole(link.request, now=gate.now()),
        question=question,
        as_whom=words.as_whom(link),
        token=token,
        form_seal=gate.tokens.form(token),
        problem=problem,
        reason=reason,
    )


def _is_ahead(http: web.Request) -> bool:
    """Whether a browser loads the page before somebody wants it."""
    return "pre" in http.headers.get("Sec-Purpose", http.headers.get("Purpose", ""))


def _shown(http: web.Request, link: LinkView, *, status: int = HTTPStatus.OK) -> web.Response:
    gate = http.app[GATE]
    card = words.whole(link.request, now=gate.now())
    waits = not link.request.status.is_final
    remark = words.looking_only(link.request) if waits else "There is nothing left to do."
    return http.app[PAGES].answer("shown.html", status=status, card=card, as_whom=words.as_whom(link), remark=remark)


def _over(http: web.Request, link: LinkView, error: Gone | AlreadyFinal) -> web.Response:
    gate = http.app[GATE]
    now = gate.now()
    status = HTTPStatus.GONE if isinstance(error, Gone) else HTTPStatus.CONFLICT
    if link.decision is None and not link.is_out_of_time(now):
        return _shown(http, link, status=status)
    return http.app[PAGES].say(words.over(link, now=now), status=status)
