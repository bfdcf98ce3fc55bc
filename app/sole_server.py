"""A SQLite file has one server, which notices when the file is taken away from under it, or the disk is full."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from app.settings import SettingsError
from gateway.errors import Unavailable
from gateway.gate import Probe
from models.db import Address

LEAST_FREE = 32 * 1024 * 1024
"""So many bytes must be free on the file's disk."""
MB = 1024 * 1024

log = structlog.get_logger()


@contextmanager
def alone_on(address: Address) -> Iterator[None]:
    """Hold a lock beside a SQLite file until the block ends; with the process it ends too, however that goes.

    Raises SettingsError when another server holds it: it would take over what this one is sending.
    """
    if address.path is None:
        yield
        return
    lock = _opened(address.path)
    try:
        _take(lock, address.path)
        yield
    finally:
        os.close(lock)


def _opened(path: Path) -> int:
    real = path.resolve()
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        return os.open(real.with_name(real.name + ".serving"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(f"DATABASE_URL: {path} cannot be opened ({error.strerror})") from error


def _take(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SettingsError(
            f"DATABASE_URL: another server is running on {path}. End it, or give this one a file of its own; "
            "several servers need PostgreSQL."
        ) from error
    except OSError as error:  # a file system without locks; whoever chose it has to take care
        log.warning("file.not_locked", file=str(path), error=error.strerror)


def file_probe(path: Path, *, least_free: int = LEAST_FREE) -> Probe:
    """Return what looks after a file that is open: is it still the same, and is there room on its disk?"""
    opened = _identity(path)

    async def storage() -> str:
        if _identity(path) != opened:
            raise Unavailable(
                "the database file was deleted or replaced while it was open: what is written now is lost at the end"
            )
        free = shutil.disk_usage(path.parent).free
        if free < least_free:
            raise Unavailable(f"only {free // MB} MB are free on the disk of the database")
        return f"{free // MB} MB free"

    return storage


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from every other one, or None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
