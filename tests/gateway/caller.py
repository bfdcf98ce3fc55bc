"""One process that calls, for stories about several: `python -m tests.gateway.caller ADDRESS LIMIT CALLS`.

At each line it reads, it calls as often as told, and prints how many calls passed and how many were never counted.
"""

import asyncio
import sys

from app.wiring import now
from gateway.redis_limits import RedisLimiter
from gateway.shared_redis import SharedRedis
from tests.platforms.local_server import PATIENCE

AT_ONCE = 10


def say(words: str) -> None:
    """Write a line to whoever started this."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def main(address: str, limit: int, calls: int) -> None:
    """Call whenever told to, until there are no more lines."""
    shared = SharedRedis(address, patience=PATIENCE)
    limiter = RedisLimiter(shared, now=now)
    say("ready")
    while await asyncio.to_thread(sys.stdin.readline):
        passed = 0
        for _ in range(calls // AT_ONCE):
            answers = await asyncio.gather(*(limiter.hit("key:shared", limit=limit) for _ in range(AT_ONCE)))
            passed += sum(one.retry_after is None for one in answers)
        say(f"{passed} {limiter.uncounted}")
    await shared.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
