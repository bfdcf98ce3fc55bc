"""What the agents of `world.py` ask for during their day, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.words import Status

AGENTS = ("deploy-bot", "billing-agent", "support-agent", "data-agent")
STAGING_RULE = {"match": {"action": "deploy.staging"}, "decision": "auto_approve"}
RELEASE_RULE = {
    "match": {"action": "deploy.production"},
    "decision": "route_to_human",
    "approvalsNeeded": 2,
    "requireReason": True,
    "channels": ["email:lea@example.com", "email:ben@example.com"],
}
MONEY_RULE = {"match": {"action": {"$glob": "payments.*"}}, "decision": "route_to_human", "expiresInSec": 2700}


@dataclass(frozen=True, slots=True)
class Asks:
    """An agent asks, so many minutes after the one before."""

    after: int
    agent: str
    action: str
    says: str
    params: Mapping[str, Any]
    urgency: str = "normal"
    ends: Status | None = None
    why: str | None = None


OVER = (
    Asks(
        23,
        "deploy-bot",
        "deploy.staging",
        "Nightly build passed all checks.",
        {"service": "checkout", "version": "2.14.0-rc.3"},
        "low",
    ),
    Asks(
        41,
        "data-agent",
        "database.delete_rows",
        "These carts were abandoned more than 90 days ago; removing them frees 18 GB.",
        {"table": "carts", "where": "updated_at < '2025-12-11'", "rows": 1_204_331},
        "high",
        Status.DENIED,
        "Finance still needs the December carts. Ask again after the quarter is closed.",
    ),
    Asks(
        35,
        "billing-agent",
        "invoices.send",
        "Monthly invoices for March are ready.",
        {"count": 212, "total": "48,310.50 EUR", "period": "2026-03"},
        ends=Status.APPROVED,
        why="Totals match the ledger.",
    ),
    Asks(
        38,
        "support-agent",
        "email.send",
        "A customer asked for a copy of their contract.",
        {"to": "j.ortega@example.com", "subject": "Your contract", "attachments": ["contract-8831.pdf"]},
        ends=Status.CANCELLED,
    ),
    Asks(
        26,
        "data-agent",
        "storage.delete_bucket",
        "The bucket has had no reads for 180 days.",
        {"bucket": "exports-2024", "objects": 48_112},
        "low",
        Status.EXPIRED,
    ),
)

WAITING = (
    Asks(
        64,
        "billing-agent",
        "payments.refund",
        "Customer was charged twice for order 20931. The second charge is confirmed by the bank.",
        {
            "customer": "Northwind Traders",
            "amount": "1,249.00 EUR",
            "order": "20931",
            "method": "original card",
            "api_key": "sk_live_51H8x",
            "charges": [{"id": "ch_3Nq1", "at": "2026-03-10T17:44Z"}, {"id": "ch_3Nq4", "at": "2026-03-10T17:44Z"}],
        },
        "critical",
    ),
    Asks(
        6,
        "deploy-bot",
        "deploy.production",
        "Fixes the double charge at checkout. Canary has served 5 % of the traffic for 40 minutes without an error.",
        {
            "service": "checkout",
            "version": "2.14.0",
            "commit": "9f31c2e",
            "strategy": "rolling",
            "regions": ["eu-1", "us-2"],
        },
        "high",
    ),
    Asks(
        9,
        "support-agent",
        "email.send",
        "Apology and voucher for everybody who was charged twice.",
        {
            "to": ["a.keller@example.com", "m.lindqvist@example.com", "and 41 more"],
            "subject": "We charged you twice, and we are sorry",
            "voucher": "15 EUR",
        },
    ),
    Asks(
        3,
        "data-agent",
        "database.migrate",
        "Adds an index that the new checkout page needs.",
        {"database": "orders", "migration": "0042_orders_by_customer", "locks_table": False},
        "low",
    ),
)
