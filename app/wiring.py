"""Build the gate from the settings."""

from datetime import UTC, datetime, timedelta

from app.platforms import Platforms
from app.secret import secret_of
from app.settings import Settings
from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from gateway.permission import Trust


def now() -> datetime:
    """Return the time: the one clock of the process."""
    return datetime.now(UTC)


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
