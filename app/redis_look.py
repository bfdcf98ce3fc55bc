"""A look at Redis: whether it is there, runs our scripts and carries our messages. Leaves nothing behind."""

from app.settings import Settings
from gateway.bells import LineDown
from gateway.findings import Finding, fine, trouble
from gateway.redis_line import redis_messenger
from gateway.shared_redis import SharedRedis, Trouble, word_of

PART = "REDIS_URL"
PATIENCE_SECONDS = 5.0
"""For each step; more than a server has, which must not keep its callers waiting."""


async def look_at_redis(settings: Settings) -> list[Finding]:
    """Connect, run a script that changes nothing, and listen for a moment."""
    if settings.redis_url is None:
        return [fine(PART, "not used: it is not set")]
    redis = SharedRedis(settings.redis_url.get_secret_value(), patience=PATIENCE_SECONDS)
    try:
        await redis.probe()
        await redis.try_script()
        async with redis_messenger(redis)():
            pass  # it listens, and that is all there was to know
    except (LineDown, *Trouble) as error:
        word = str(error) if isinstance(error, LineDown) else word_of(error)
        return [trouble(PART, f"cannot be used: {word}", remedy=_remedy(word))]
    finally:
        await redis.close()
    counts = (
        "all servers count calls there" if settings.rate_limit_backend == "redis" else "calls are not counted there"
    )
    return [fine(PART, f"reached; {counts}")]


def _remedy(word: str) -> str:
    if "REDIS_URL" in word:
        return "give REDIS_URL the name and password of a user who may run scripts, publish and subscribe"
    return "start it, or set REDIS_URL to where it is"
