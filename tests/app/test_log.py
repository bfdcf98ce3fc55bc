"""Log lines: on standard error, pretty or JSON, and never with what was asked."""

import asyncio
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from aiohttp import web

from app.log import NOISY, set_up_logging


@pytest.fixture(autouse=True)
def _undo() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the JSON lines that were logged; nothing may stand on standard output."""
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def test_json_lines_say_what_happened(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level="info", pretty=False)
    structlog.contextvars.bind_contextvars(reference="r1")
    structlog.get_logger().info("request.decided", request="req_1", actor="terminal:zoë")
    structlog.contextvars.clear_contextvars()
    (line,) = lines(capsys)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request.decided", "request": "req_1", "actor": "terminal:zoë", "level": "info", "reference": "r1",
    }  # fmt: skip


def test_pretty_lines_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(level="info", pretty=True)
    structlog.get_logger().info("request.decided", request="req_1")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "request.decided" in captured.err
    assert "req_1" in captured.err
    assert "\x1b" not in captured.err


@pytest.mark.parametrize(("level", "heard"), [("debug", "diwe"), ("info", "iwe"), ("warning", "we"), ("error", "e")])
def test_the_level_is_kept_by_both_kinds_of_loggers(capsys: pytest.CaptureFixture[str], level: str, heard: str) -> None:
    set_up_logging(level=level, pretty=False)
    for log in (structlog.get_logger(), logging.getLogger("somebody")):
        for word in ("debug", "info", "warning", "error"):
            getattr(log, word)(word[0])
    assert "".join(line["event"] for line in lines(capsys)) == heard * 2


@pytest.mark.parametrize("level", ["debug", "info"])
def test_noisy_libraries_are_heard_when_something_is_wrong(capsys: pytest.CaptureFixture[str], level: str) -> None:
    set_up_logging(level=level, pretty=False)
    for name in sorted(NOISY):
        logging.getLogger(f"{name}.part").setLevel(logging.DEBUG)  # as some of them do by themselves
        logging.getLogger(f"{name}.part").log(NOISY[name] - 10, "chatter")
        logging.getLogger(f"{name}.part").log(NOISY[name], "trouble in %s", name)
    assert [line["event"] for line in lines(capsys)] == [f"trouble in {name}" for name in sorted(NOISY)]


ASKED = {"password": "hunter2"}


def fail(params: dict[str, str]) -> None:
    """Break down while holding what was asked."""
    password = params["password"]
    raise LookupError(f"{len(password)} characters are too many")


@pytest.mark.parametrize("pretty", [True, False])
@pytest.mark.parametrize("standard", [True, False])
def test_a_traceback_tells_where_and_never_with_which_values(
    capsys: pytest.CaptureFixture[str], pretty: bool, standard: bool
) -> None:
    set_up_logging(level="info", pretty=pretty)
    log: Any = logging.getLogger("somebody") if standard else structlog.get_logger()
    try:
        fail(ASKED)
    except LookupError:
        log.exception("it.broke")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "LookupError" in captured.err
    assert "7 characters are too many" in captured.err
    assert "test_log.py" in captured.err
    assert "hunter2" not in captured.err


@pytest.mark.parametrize("pretty", [True, False])
@pytest.mark.parametrize(
    "unreadable",
    [
        b"GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer agk_hunter2\x01\r\n\r\n",
        b"POST /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nhunter2\r\n",
        b"GET /?password=hunter2\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_a_call_that_cannot_be_read_is_not_quoted(
    capsys: pytest.CaptureFixture[str], pretty: bool, unreadable: bytes
) -> None:
    set_up_logging(level="info", pretty=pretty)
    runner = web.AppRunner(web.Application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        answers, caller = await asyncio.open_connection("127.0.0.1", site.port)
        caller.write(unreadable)
        answer = await answers.read()
        caller.close()
    finally:
        await runner.cleanup()
    assert b" 400 " in answer
    logged = capsys.readouterr().err
    assert "http.unreadable" in logged
    assert "hunter2" not in logged


def test_lines_go_where_standard_error_is_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The local chat puts itself in front of standard error, so that lines do not tear what is being typed."""
    set_up_logging(level="info", pretty=False)
    written: list[str] = []

    class Chat:
        def write(self, text: str) -> None:
            written.append(text)

        def flush(self) -> None:
            written.append("")

    monkeypatch.setattr(sys, "stderr", Chat())
    structlog.get_logger().info("ours")
    logging.getLogger("somebody").warning("theirs")
    assert [json.loads(text)["event"] for text in written if text.strip()] == ["ours", "theirs"]
    assert capsys.readouterr().err == ""
