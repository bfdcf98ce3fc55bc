"""Open everything, in order; close it in reverse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from app.platforms import Platforms
from app.secret import secret_of
from app.settings import Settings, SettingsError
from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from gateway.permission import Trust
from models import db


def now() -> datetime:
    """Return the time: the one clock of the process."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[None]:
    """Connect, bring SQLite up to date, close at the end. Raises SettingsError when that cannot be done."""
    try:
        await db.open_database(settings.address)
    except db.Unreachable as error:
        raise SettingsError(f"DATABASE_URL: {_where(settings)} cannot be opened ({error})") from error
    try:
        await _bring_up_to_date(settings)
        yield
    finally:
        await db.close_database()


async def _bring_up_to_date(settings: Settings) -> None:
    try:
        if settings.address.is_sqlite:
            await db.migrate(settings.address)
        elif await db.missing_migrations():
            raise SettingsError("DATABASE_URL: the database is not up to date; run `agentgate-server migrate` first")
    except db.Unreachable as error:
        raise SettingsError(f"DATABASE_URL: {_where(settings)} cannot be used ({error})") from error


def _where(settings: Settings) -> str:
    return str(settings.address.path) if settings.address.path else "the database"


def make_gate(settings: Settings, platforms: Platforms, *, public_url: str) -> Gate:
    """Build the gate from the settings, with its chats."""
    timeout = settings.request_timeout_sec
    options = Options(
        public_url=public_url,
        request_timeout=timedelta(seconds=timeout) if timeout else None,
        default_targets=platforms.default_targets,
        trust=Trust(approvers=platforms.approvers, allow_self_approval=settings.allow_self_approval),
        rate_limit_rpm=settings.rate_limit_rpm,
        rate_limit_enabled=settings.rate_limit_enabled,
    )
    limiter, secret = MemoryLimiter(now), secret_of(settings)
    gate = Gate(options=options, now=now, secret=secret, limiter=limiter, notifiers=platforms.notifiers)
    platforms.join(gate)
    return gate
