"""A connection: what aiohttp would answer by itself, as plain text, is a problem too."""

import asyncio
import secrets
from collections.abc import Callable
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from gateway.api.access import NOWHERE
from gateway.api.call import GATE
from gateway.api.problems import problem, problem_answer
from gateway.metrics import Metrics

TOO_LONG = "The address, or one header, is longer than 8 KB; send less."
NO_HTTP = "What was sent is no HTTP call that can be read; look at its method, its headers and how its body is framed."
UNEXPECTED = "The header Expect may say 100-continue, and nothing else."
BROKEN = "Something is broken in AgentGate; its log has more under {reference}."

log = structlog.get_logger()


def opened(runner: web.AppRunner) -> Callable[[], web.RequestHandler]:
    """Return what makes a connection of each caller who comes to an API that is set up."""
    server, metrics, loop = runner.server, runner.app[GATE].metrics, asyncio.get_running_loop()
    if server is None:
        raise RuntimeError("the runner is not set up yet")
    return lambda: Connection(server, metrics, loop=loop)


class Connection(web.RequestHandler):
    """aiohttp's end of a connection."""

    __slots__ = ("_metrics",)

    def __init__(self, server: web.Server, metrics: Metrics, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(server, loop=loop)
        self._metrics = metrics

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a call that cannot be read. What cannot be read is not quoted, neither here nor in the log."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the answer has been sent: there is no place for another")
        if status == HTTPStatus.BAD_REQUEST:
            return self._problem(status, "unreadable", TOO_LONG if isinstance(exc, LineTooLong) else NO_HTTP, exc)
        return self._problem(status, "internal", BROKEN, exc)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer; a refusal of aiohttp's own, before anything of ours was asked, is a problem as well."""
        if isinstance(resp, web.HTTPExpectationFailed):
            resp = self._problem(resp.status, "expectation_failed", UNEXPECTED, None)
        return await super().finish_response(request, resp, start_time)

    def _problem(self, status: int, code: str, sentence: str, error: BaseException | None) -> web.Response:
        reference = secrets.token_hex(8)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("http.crashed", reference=reference, exc_info=error)
        else:
            log.info("http.unreadable", reference=reference, status=status, error=type(error).__name__)
        self._metrics.answered("unknown", NOWHERE, status, seconds=None)
        answer = problem_answer(problem(status, code, sentence.format(reference=reference), reference=reference))
        answer.headers["X-Request-Id"] = reference
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.force_close()
        return answer
