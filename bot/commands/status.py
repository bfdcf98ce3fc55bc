"""How everything is."""

from bot.callers import Caller, Role
from bot.registry import command
from gateway.card import Card, Facts, Tone, note_card
from gateway.gate import Gate
from gateway.health import check_health
from gateway.permission import listed
from gateway.redact import visible


@command("status", Role.ADMIN)
async def status(gate: Gate, *, by: Caller) -> Card:
    """Look at the database, the chats, mail and the outbox."""
    checks = await check_health(gate)
    ill = [check.name for check in checks if not check.ok]
    rows = tuple((check.name, visible(check.word if check.ok else f"not well: {check.word}")) for check in checks)
    if ill:
        return note_card(f"Not well: {listed(ill).replace(' or ', ' and ')}.", Facts(rows), tone=Tone.BAD)
    return note_card("All is well.", Facts(rows), tone=Tone.GOOD)
