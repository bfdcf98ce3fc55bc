"""Clean-up: what is long over goes, a batch at a time. The audit trail stays for ever unless the settings say less."""

from datetime import timedelta

import structlog

from gateway.gate import Gate
from models import cleaning

KEEP = timedelta(days=30)
"""How long deliveries that are over, and links that no longer work, can still be looked up."""
AT_ONCE = 1000
MOST_ROUNDS = 50
"""How many batches one clean-up takes: what is left waits for the next one."""

log = structlog.get_logger()


async def clean_up(gate: Gate) -> dict[str, int]:
    """Delete what is long over; return how much of each. Several replicas at once do no harm."""
    wanted = {"deliveries": (cleaning.delete_deliveries, KEEP), "links": (cleaning.delete_links, KEEP)}
    retention = gate.options.audit_retention
    if retention is not None:
        wanted["events"] = (cleaning.delete_events, retention)
    deleted: dict[str, int] = {}
    for name, (delete, keep) in wanted.items():
        before = gate.now() - keep
        for _ in range(MOST_ROUNDS):
            count = await delete(before=before, limit=AT_ONCE)
            deleted[name] = deleted.get(name, 0) + count
            if count < AT_ONCE:
                break
    if any(deleted.values()):
        log.info("clean_up.done", deleted=deleted)
    return deleted
