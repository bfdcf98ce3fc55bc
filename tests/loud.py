"""The log as a server writes it, at its loudest, for tests that read it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from app.log import set_up_logging


@contextmanager
def loud() -> Iterator[None]:
    """Log everything as JSON to standard error until the block ends."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    set_up_logging(level="debug", pretty=False)
    try:
        yield
    finally:
        root.handlers[:], root.level = before
        structlog.reset_defaults()
