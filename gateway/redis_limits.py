"""How often somebody may call, counted in Redis: exact over all replicas.

A sorted set for each subject holds the moments of the calls that passed, in microseconds of Redis' own clock: a log of
the sliding window. One script counts and decides, so a call costs one round trip, and of two calls at once only one is
the last that may pass. While Redis is away, calls pass uncounted: better asked too often than not at all.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from gateway.limits import WINDOW, Allowance
from gateway.patience import patiently
from gateway.shared_redis import CONNECTIONS, SharedRedis, Trouble, word_of

TRY_AGAIN = timedelta(seconds=1)
"""How long Redis is left alone after it did not answer; then one call tries it again, and the others do not wait."""

AT_ONCE = CONNECTIONS - 4
"""How many calls are counted at the same time; some connections are left to others."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SLIDING_WINDOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, limit = tonumber(ARGV[1]), tonumber(ARGV[2])

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf') -- from before the clock stepped back
local passed = redis.call('ZCARD', KEYS[1])
local may_pass = passed < limit
if may_pass then
  redis.call('ZADD', KEYS[1], now, string.format('%.0f:%s', now, ARGV[3]))
  redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
  passed = passed + 1
end

local leaves_next = now
if limit > 0 then
  local place = may_pass and 0 or -limit
  leaves_next = tonumber(redis.call('ZRANGE', KEYS[1], place, place, 'WITHSCORES')[2])
end
return {may_pass and 1 or 0, passed, now, leaves_next}
"""
"""KEYS: the subject's set. ARGV: window in µs, limit, a mark that tells two calls of one microsecond apart.

Returns whether the call passed, how many have, now, and the moment whose leaving of the window makes the next room.
"""

log = structlog.get_logger()


class RedisLimiter:
    """Counts where every replica counts. `window` and `try_again` are shorter in tests."""

    def __init__(
        self,
        redis: SharedRedis,
        *,
        now: Callable[[], datetime],
        window: timedelta = WINDOW,
        try_again: timedelta = TRY_AGAIN,
    ) -> None:
        self.uncounted = 0
        self._script = redis.client.register_script(SLIDING_WINDOW)
        self._patience = redis.patience
        self._now = now
        self._window = window
        self._try_again = try_again
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._is_away = False
        self._leave_alone_until = 0.0

    async def hit(self, subject: str, *, limit: int) -> Allowance:
        """Count one call if fewer than `limit` passed in the last minute; let it pass where Redis does not answer."""
        async with self._turn:  # the patience is for Redis, not for those who are before us
            if self._is_away and not self._may_try():
                return self._pass_uncounted(limit)
            try:
                allowance = self._read(await self._ask(subject, limit), limit)
            except Trouble as error:
                self._lose(error)
                return self._pass_uncounted(limit)
            self._find()
            return allowance

    async def _ask(self, subject: str, limit: int) -> object:
        window = self._window // timedelta(microseconds=1)
        async with patiently(self._patience):
            return await self._script(keys=[f"agentgate:limit:{subject}"], args=[window, limit, secrets.token_hex(4)])

    def _may_try(self) -> bool:
        """Whether this call is the one that looks whether Redis is back."""
        if self._time() < self._leave_alone_until:
            return False
        self._leave_alone()
        return True

    def _read(self, answer: object, limit: int) -> Allowance:
        match answer:
            case [int(passes), int(passed), int(now), int(leaves_next)]:
                at, resets_at = _moment(now), _moment(leaves_next) + self._window
                return Allowance(
                    limit, max(0, limit - passed), resets_at, retry_after=None if passes else resets_at - at
                )
            case _:
                raise ValueError("its answer makes no sense")

    def _pass_uncounted(self, limit: int) -> Allowance:
        self.uncounted += 1
        return Allowance(limit, limit, self._now() + self._window)

    def _lose(self, error: BaseException) -> None:
        self._leave_alone()
        if not self._is_away:
            self._is_away = True
            log.warning("limits.redis_away", error=word_of(error), calls="pass uncounted")

    def _find(self) -> None:
        if self._is_away:
            self._is_away = False
            log.warning("limits.redis_back", uncounted=self.uncounted)

    def _leave_alone(self) -> None:
        self._leave_alone_until = self._time() + self._try_again.total_seconds()

    @staticmethod
    def _time() -> float:
        return asyncio.get_running_loop().time()


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
