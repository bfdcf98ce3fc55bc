"""Log lines: readable on a terminal, JSON otherwise, always on standard error."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

NOISY = dict.fromkeys(
    (
        "aiohttp", "aiosqlite", "asyncio", "asyncpg", "discord", "httpcore", "httpx", "redis", "slack_bolt",
        "slack_sdk", "tortoise",
    ),
    logging.WARNING,
) | {"apscheduler": logging.ERROR}  # fmt: skip
"""From which level on libraries are heard: their news are not ours, and hold what was asked. The clock's warnings are
that a job waits for the database and so is not started again, which is as it should be."""

FIRST = ("timestamp", "level", "event")


def set_up_logging(*, level: str, pretty: bool) -> None:
    """Send structlog's and the standard library's lines the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = _pretty() if pretty else _json()
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_ToStandardError,
        cache_logger_on_first_use=False,
    )
    _route_standard_logging(threshold, [*shared], renderer)


def _pretty() -> list[Any]:
    """Return what renders lines for people. Plain tracebacks: the values of variables are no business of a log."""
    tracebacks = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=tracebacks)]


def _json() -> list[Any]:
    """Return what renders lines for machines, without the values of variables for the same reason."""
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    rendered = structlog.processors.JSONRenderer(ensure_ascii=False)
    return [structlog.processors.ExceptionRenderer(tracebacks), _first_things_first, rendered]


def _first_things_first(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Return a line that begins with when and what, for those who read it without a program."""
    return {**{name: line[name] for name in FIRST if name in line}, **line}


def _route_standard_logging(threshold: int, shared: list[Any], renderer: list[Any]) -> None:
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    )
    output = _CurrentStandardError()
    output.setFormatter(formatter)
    output.addFilter(_OnlyTrouble())
    output.addFilter(_WithoutQuotes())
    logging.basicConfig(handlers=[output], level=threshold, force=True)


class _OnlyTrouble(logging.Filter):
    """Lets through only warnings of noisy libraries. Their loggers' own levels do not help: Bolt sets them anew."""

    def filter(self, record: logging.LogRecord) -> bool:
        library = record.name.partition(".")[0]
        return record.levelno >= NOISY.get(library, logging.NOTSET)


class _WithoutQuotes(logging.Filter):
    """Says of a call that aiohttp cannot read only what kind of fault it has: the message quotes it, keys and all."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError | web.RequestPayloadError):
            record.msg, record.args, record.exc_info = "http.unreadable: %s", (type(error).__name__,), None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class _ToStandardError:
    """Writes where standard error is now: the local chat puts itself in front of it."""

    def __init__(self, *_: object) -> None:
        """Take no notice of the logger's name."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    log = debug = info = warning = warn = error = critical = fatal = failure = exception = msg


class _CurrentStandardError(logging.StreamHandler[Any]):
    """The same for the standard library."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr
