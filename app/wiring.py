"""Build the gate from the settings, and what it shares with other replicas."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.platforms import Platforms
from app.secret import secret_of
from app.settings import Settings
from gateway.bells import Bells, Messenger
from gateway.gate import Gate, Options, Probe
from gateway.limits import Limiter, MemoryLimiter
from gateway.permission import Trust
from gateway.postgres_line import postgres_messenger
from gateway.redis_limits import RedisLimiter
from gateway.redis_line import redis_messenger
from gateway.shared_redis import SharedRedis


def now() -> datetime:
    """Return the time: the one clock of the process."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Shared:
    """What replicas share beside the database: who counts calls, the bells between them, how that is."""

    limiter: Limiter = field(default_factory=lambda: MemoryLimiter(now))
    bells: Bells = field(default_factory=Bells)
    probes: Mapping[str, Probe] = field(default_factory=dict)


@asynccontextmanager
async def sharing(settings: Settings) -> AsyncIterator[Shared]:
    """Give what the settings say is shared, until the end of the block. Nothing is connected yet."""
    redis = SharedRedis(settings.redis_url.get_secret_value()) if settings.redis_url else None
    bells = Bells(_messenger(settings, redis))
    if redis is None:
        yield Shared(bells=bells)
        return
    counts_there = settings.rate_limit_backend == "redis"
    limiter = RedisLimiter(redis, now=now) if counts_there else MemoryLimiter(now)
    try:
        yield Shared(limiter, bells, {"redis": redis.probe})
    finally:
        await redis.close()


def _messenger(settings: Settings, redis: SharedRedis | None) -> Messenger | None:
    """Return what carries bells to other replicas: Redis, else PostgreSQL, else nothing, for there are none."""
    place = settings.address.postgres
    if redis is not None:
        return redis_messenger(redis)
    return postgres_messenger(place) if place is not None else None


def make_gate(settings: Settings, platforms: Platforms, *, public_url: str, shared: Shared | None = None) -> Gate:
    """Build the gate from the settings, with its chats; without `shared` it is for itself."""
    timeout = settings.request_timeout_sec
    options = Options(
        public_url=public_url,
        request_timeout=timedelta(seconds=timeout) if timeout else None,
        default_targets=platforms.default_targets,
        trust=Trust(approvers=platforms.approvers, allow_self_approval=settings.allow_self_approval),
        rate_limit_rpm=settings.rate_limit_rpm,
        rate_limit_enabled=settings.rate_limit_enabled,
        audit_retention=timedelta(days=settings.audit_retention_days) if settings.audit_retention_days else None,
        link_ttl=timedelta(hours=settings.link_ttl_hours),
        single_click_links=settings.single_click_links,
        chat_link_buttons=settings.chat_link_buttons,
    )
    shared = shared or Shared()
    gate = Gate(
        options=options,
        now=now,
        secret=secret_of(settings),
        limiter=shared.limiter,
        notifiers=platforms.notifiers,
        bells=shared.bells,
        sender=settings.sender,
    )
    gate.probes.update(shared.probes)
    platforms.join(gate)
    return gate
