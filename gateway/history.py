"""What somebody decided lately."""

from gateway import browse
from gateway.views import Actor, RequestView
from models import votes


async def decided_lately(*, by: Actor, limit: int) -> tuple[RequestView, ...]:
    """Return the requests that an actor answered last, the latest first."""
    return tuple([await browse.load(vote.request_id) for vote in await votes.by(str(by), limit=limit)])
