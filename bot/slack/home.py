"""App Home: what waits for you, what you decided lately and, for admins, how everything is."""

from bot.callers import Caller, Role
from bot.dispatch import run_line
from bot.slack.blocks import PART_OF_HOME, Block
from bot.slack.render import message_blocks
from gateway.card import Card, Entry
from gateway.cards import clock_time
from gateway.gate import Gate
from gateway.history import decided_lately
from gateway.redact import visible
from gateway.views import RequestView
from models.db import Unreachable

LATELY = 5


async def home_view(gate: Gate, *, by: Caller, notice: Card | None = None) -> Block:
    """Return the home page of one person; `notice` tells what became of a button pressed there."""
    shown = [*_part(notice), {"type": "divider"}] if notice else []
    shown += _part(await run_line(gate, "pending", by=by))
    shown += await _lately(gate, by=by)
    if by.has(Role.ADMIN):
        shown += [{"type": "divider"}, *_part(await run_line(gate, "status", by=by))]
    return {"type": "home", "blocks": shown}


def _part(card: Card) -> list[Block]:
    return message_blocks(card, room=PART_OF_HOME)


async def _lately(gate: Gate, *, by: Caller) -> list[Block]:
    try:
        decided = await decided_lately(by=by.actor, limit=LATELY)
    except Unreachable:
        return []
    entries = [_entry(request) for request in decided]
    if not entries:
        return []
    return [{"type": "divider"}, *_part(Card("What you decided lately", sections=tuple(entries)))]


def _entry(request: RequestView) -> Entry:
    when = clock_time(request.decided_at) if request.decided_at else "still open"
    return Entry(f"{request.shown_code} · {request.status.value}", (visible(request.action), when))
