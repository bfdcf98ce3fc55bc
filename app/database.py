"""The database at the start: waited for, if it is a server that is not there yet, and brought up to date."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from app.settings import Settings, SettingsError
from models import db

PATIENCE = timedelta(minutes=1)
"""How long a PostgreSQL that does not answer is waited for: after a power cut everything starts at once."""
AGAIN_SECONDS = 1.0

log = structlog.get_logger()


@asynccontextmanager
async def open_database(settings: Settings, *, patience: timedelta = PATIENCE) -> AsyncIterator[None]:
    """Connect, bring SQLite up to date, close at the end. Raises SettingsError when that cannot be done."""
    await _connect(settings.address, patience=patience)
    try:
        await _bring_up_to_date(settings.address)
        yield
    finally:
        await db.close_database()


async def migrate(settings: Settings, *, patience: timedelta = PATIENCE) -> list[str]:
    """Bring the database up to date; return what was applied. Raises SettingsError when that cannot be done."""
    await _connect(settings.address, patience=patience, unhurried=True)
    try:
        return await db.migrate(settings.address)
    except db.Unreachable as error:
        raise SettingsError(f"DATABASE_URL: {settings.address} cannot be migrated ({error})") from error
    finally:
        await db.close_database()


async def _connect(address: db.Address, *, patience: timedelta, unhurried: bool = False) -> None:
    """Connect, again and again where that may help: it does not for a file, nor where a server says no."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + patience.total_seconds()
    told = ""
    while True:
        try:
            return await db.open_database(address, unhurried=unhurried)
        except db.Unreachable as error:
            if address.is_sqlite or isinstance(error, db.Refused) or loop.time() >= ends_at:
                raise SettingsError(f"DATABASE_URL: {address} cannot be opened ({error})") from error
            reason = str(error)
        if reason != told:
            log.warning("database.waited_for", database=str(address), reason=reason, seconds=patience.total_seconds())
        told = reason
        await asyncio.sleep(AGAIN_SECONDS)


async def _bring_up_to_date(address: db.Address) -> None:
    try:
        if address.is_sqlite:
            await db.migrate(address)
        elif await db.missing_migrations():
            raise SettingsError(f"DATABASE_URL: {address} is not up to date; run `agentgate-server migrate` first")
    except db.Unreachable as error:
        raise SettingsError(f"DATABASE_URL: {address} cannot be used ({error})") from error
