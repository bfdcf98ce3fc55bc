"""A look at what a server keeps: its database and the secret beside it. Changes nothing."""

import os
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.secret import kept_in, secret_file, secret_of
from app.secret_mark import MEANING, REMEDY, is_another
from app.settings import Settings, SettingsError
from gateway.findings import Finding, fine, trouble
from gateway.undelivered import Undelivered, undelivered
from models import db, keys

READABLE_BY_ALL = 0o004
MAKE_WRITABLE = "name a SQLite file; it and its folder must be writable for whoever runs the server"
RESTORE = "restore it from the back-up of the database; with another secret no key works"


@dataclass(frozen=True, slots=True)
class Storage:
    """What was found in the database: how it is, whether there are keys in it, which cards never arrived."""

    finding: Finding
    has_keys: bool = False
    has_another_secret: bool = False
    undelivered: tuple[Undelivered, ...] = ()


async def look_at_database(settings: Settings, *, since: datetime) -> Storage:
    """Open the database, unless that would make it, and look at it; `since` limits the cards that never arrived."""
    address = settings.address
    if address.is_sqlite and address.path is None:
        return Storage(fine("DATABASE_URL", "in memory: everything is gone when the server stops"))
    if address.path is not None and not address.path.exists():
        return Storage(_yet_to_be_made(address.path))
    try:
        await db.open_database(address)
        try:
            return await _opened(settings, since=since)
        finally:
            await db.close_database()
    except db.Unreachable as error:
        return Storage(trouble("DATABASE_URL", f"cannot be used: {error}", remedy=_remedy(address, error)))


def _remedy(address: db.Address, error: Exception) -> str:
    if address.is_sqlite:
        return "end the other program that holds it" if "locked" in str(error) else MAKE_WRITABLE
    if "read-only" in str(error):
        return "name the primary server in DATABASE_URL; this one is a copy, or takes no writes at the moment"
    if isinstance(error, db.Refused):
        return "put the right user, password, database and TLS parameters into DATABASE_URL"
    return "start it, or set DATABASE_URL to where it is"


def _yet_to_be_made(path: Path) -> Finding:
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return fine("DATABASE_URL", f"{path} is made by the first start")
    return trouble(
        "DATABASE_URL", f"{path} cannot be made in {folder}", remedy="choose a folder that can be written to"
    )


async def _time_to_answer() -> float:
    """Return in how many seconds the database answers, once it is connected."""
    began = time.perf_counter()
    await db.ping()
    return time.perf_counter() - began


async def _opened(settings: Settings, *, since: datetime) -> Storage:
    address = settings.address
    seconds = await _time_to_answer()
    missing = len(await db.missing_migrations())
    if missing and not address.is_sqlite:
        meaning = f"{address}, not up to date: {missing} migrations are missing"
        return Storage(trouble("DATABASE_URL", meaning, remedy="run `agentgate-server migrate`"))
    if missing:
        return Storage(fine("DATABASE_URL", f"{address.path} is brought up to date by the next start"))
    await db.try_writing()
    where = f"{address}, version {await db.server_version()}, answers in {seconds * 1000:.0f} ms"
    return Storage(
        fine("DATABASE_URL", f"{address.path or where}, up to date and writable{_who_else_reads(address.path)}"),
        has_keys=await keys.count() > 0,
        has_another_secret=await _has_another_secret(settings),
        undelivered=await undelivered(since=since),
    )


def _who_else_reads(path: Path | None) -> str:
    """Return what to do about a file that everybody reads: no trouble, since it may be meant, but worth a word."""
    if path is None or not path.stat().st_mode & READABLE_BY_ALL:
        return ""
    return f"; everybody on this machine can read it, so `chmod 600 {path}*` unless that is meant"


async def _has_another_secret(settings: Settings) -> bool:
    """Whether the database was begun with another secret; one that is missing or damaged is told by the look at it."""
    kept = secret_file(settings)
    try:
        return (kept is None or kept.exists()) and await is_another(secret_of(settings))
    except SettingsError:
        return False


def look_at_secret(settings: Settings, *, has_keys: bool, is_another: bool = False) -> Finding:
    """Look at the secret, unless that would make it; a database with keys is of no use without theirs."""
    kept = secret_file(settings)
    part = "AGENTGATE_SECRET_KEY"
    if is_another:
        return trouble(part, MEANING, remedy=REMEDY)
    if kept is None:
        return fine(part, "given" if settings.secret_key else "made anew by each start")
    if not kept.exists():
        if has_keys:
            return trouble(part, f"{kept} is missing, and there are keys", remedy=RESTORE)
        return fine(part, f"{kept} is made by the first start")
    try:
        kept_in(kept)
    except SettingsError:
        return trouble(part, f"{kept} does not hold a secret", remedy=RESTORE)
    except OSError as error:
        return trouble(part, f"{kept}: {error.strerror}", remedy="make it readable for whoever runs the server")
    if kept.stat().st_mode & READABLE_BY_ALL:
        return trouble(part, f"everybody on this machine can read {kept}", remedy=f"chmod 600 {kept}")
    return fine(part, f"kept in {kept}")
