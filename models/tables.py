"""Every table: the whole schema in one file.

JSON is kept as text, in the order it came: PostgreSQL's JSONB would reorder keys and rewrite numbers, and what
was asked must come back as it was asked. Ids are prefixed ULIDs, so their order is the order of time and a page
needs no index but the primary key.
"""

import json
from functools import partial
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.words import DeliveryState, Status

compact_json = partial(json.dumps, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class JsonText(fields.JSONField[Any]):
    """A JSON value stored as text on every database."""

    SQL_TYPE = "TEXT"

    class _db_postgres:  # noqa: N801 - the name Tortoise looks for
        SQL_TYPE = "TEXT"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("encoder", compact_json)
        kwargs.setdefault("decoder", json.loads)
        super().__init__(**kwargs)


class Request(Model):
    """An agent asks to do one action with params, in a context."""

    id = fields.CharField(max_length=30, primary_key=True)
    code = fields.CharField(max_length=8, unique=True)
    action = fields.CharField(max_length=200)
    params = JsonText()
    context = JsonText()
    digest = fields.CharField(max_length=71)
    status = fields.CharField(max_length=10, default=Status.PENDING.value)
    urgency = fields.CharField(max_length=10)
    requested_by = fields.CharField(max_length=255)
    asker_key_id = fields.CharField(max_length=30, null=True)
    idempotency_key = fields.CharField(max_length=255, null=True)
    fingerprint = fields.CharField(max_length=64)
    policy_decision = JsonText()
    targets = JsonText()
    approvals_needed = fields.IntField()
    require_reason = fields.BooleanField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=255, null=True)
    decided_by_type = fields.CharField(max_length=10, null=True)
    decision_reason = fields.TextField(null=True)
    confirmed_at = fields.DatetimeField(null=True)
    result = JsonText(null=True)
    remind_at = fields.DatetimeField(null=True)
    escalate_at = fields.DatetimeField(null=True)
    escalated_at = fields.DatetimeField(null=True)

    class Meta:
        table = "requests"
        table_description = "approval requests"
        unique_together = (("asker_key_id", "idempotency_key"),)
        indexes = (
            Index(fields=("status", "id")),
            Index(fields=("status", "expires_at")),
            Index(fields=("action", "id")),
            Index(fields=("requested_by", "id")),
            Index(fields=("asker_key_id", "id")),
            Index(fields=("urgency", "id")),
            Index(fields=("status", "remind_at")),
            Index(fields=("status", "escalate_at")),
        )


class Vote(Model):
    """One person's answer to one request; a person counts once, whichever identity they used."""

    id = fields.CharField(max_length=30, primary_key=True)
    request_id = fields.CharField(max_length=30)
    voter = fields.CharField(max_length=255)
    by = fields.CharField(max_length=255)
    decision = fields.CharField(max_length=10)
    reason = fields.TextField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "votes"
        table_description = "answers of people"
        unique_together = (("request_id", "voter"),)


class Event(Model):
    """What happened: the audit trail. `trail` says how its indexes are used."""

    id = fields.CharField(max_length=30, primary_key=True)
    type = fields.CharField(max_length=40)
    request_id = fields.CharField(max_length=30, null=True)
    action = fields.CharField(max_length=200, null=True)
    actor = fields.CharField(max_length=255)
    details = JsonText()
    created_at = fields.DatetimeField()

    class Meta:
        table = "events"
        table_description = "the audit trail"
        indexes = (
            Index(fields=("request_id", "id")),
            Index(fields=("type", "id")),
            Index(fields=("actor", "type", "id")),
            Index(fields=("action", "type", "id")),
            Index(fields=("actor", "action", "type", "id")),
        )


class Delivery(Model):
    """One notification that must reach one target. Leasing one moves its `due_at` to the lease's end.

    A webhook's carries its body as `payload`, as it was when the event happened, and keeps the last HTTP `answer`;
    `request_id` is empty where the event is about no request.
    """

    id = fields.CharField(max_length=30, primary_key=True)
    event_id = fields.CharField(max_length=30)
    event_type = fields.CharField(max_length=40)
    request_id = fields.CharField(max_length=30)
    target = fields.CharField(max_length=320)
    state = fields.CharField(max_length=10, default=DeliveryState.DUE.value)
    attempts = fields.IntField(default=0)
    due_at = fields.DatetimeField()
    leased_by = fields.CharField(max_length=30, null=True)
    last_error = fields.TextField(null=True)
    payload = JsonText(null=True)
    answer = fields.IntField(null=True)
    created_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "deliveries"
        table_description = "notifications on their way"
        indexes = (Index(fields=("state", "due_at")), Index(fields=("request_id", "target", "id")))


class Message(Model):
    """A card that was posted, and the platform's receipt by which it can be edited.

    `shows` is the request's `updated_at` as of the card that stands there; an edit that shows nothing new is left out.
    """

    id = fields.CharField(max_length=30, primary_key=True)
    request_id = fields.CharField(max_length=30)
    target = fields.CharField(max_length=320)
    receipt = JsonText()
    shows = fields.DatetimeField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "messages"
        table_description = "cards that were posted"
        unique_together = (("request_id", "target"),)


class Key(Model):
    """An API key: its digest, never the key. `active_name` is the name until the key is revoked, then NULL."""

    id = fields.CharField(max_length=30, primary_key=True)
    name = fields.CharField(max_length=100)
    active_name = fields.CharField(max_length=100, null=True, unique=True)
    digest = fields.CharField(max_length=64, unique=True)
    scopes = JsonText()
    rate_limit = fields.IntField(null=True)
    created_by = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "keys"
        table_description = "API keys"


class Policy(Model):
    """Ordered rules under a name and a priority."""

    id = fields.CharField(max_length=30, primary_key=True)
    name = fields.CharField(max_length=100, unique=True)
    priority = fields.IntField()
    enabled = fields.BooleanField()
    rules = JsonText()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "policies"
        table_description = "rules"


class Identity(Model):
    """One actor that belongs to a person: their Slack, Discord or e-mail identity."""

    actor = fields.CharField(max_length=255, primary_key=True)
    person = fields.CharField(max_length=100)
    created_at = fields.DatetimeField()

    class Meta:
        table = "identities"
        table_description = "which actors are one person"
        indexes = (Index(fields=("person",)),)


class Link(Model):
    """A one-time address that lets one recipient look at, approve or deny one request; only the token's digest."""

    id = fields.CharField(max_length=30, primary_key=True)
    request_id = fields.CharField(max_length=30)
    digest = fields.CharField(max_length=64, unique=True)
    verdict = fields.CharField(max_length=10)
    recipient = fields.CharField(max_length=330)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    spent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "links"
        table_description = "one-time addresses"
        indexes = (Index(fields=("request_id",)), Index(fields=("expires_at",)))


class Webhook(Model):
    """Somebody else's address that hears of events; the secret that signs them is stored encrypted."""

    id = fields.CharField(max_length=30, primary_key=True)
    url = fields.CharField(max_length=2000)
    events = JsonText()
    secret = fields.TextField()
    enabled = fields.BooleanField()
    disabled_reason = fields.CharField(max_length=255, null=True)
    created_by = fields.CharField(max_length=255)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "webhooks"
        table_description = "addresses that hear of events"


class Lease(Model):
    """What only one replica may do at a time, and who does it until when."""

    name = fields.CharField(max_length=40, primary_key=True)
    holder = fields.CharField(max_length=30)
    until = fields.DatetimeField()

    class Meta:
        table = "leases"
        table_description = "who does what only one replica may do"


class Memo(Model):
    """A small fact that outlives the process, such as the digest of the commands that a platform was told."""

    name = fields.CharField(max_length=40, primary_key=True)
    value = fields.CharField(max_length=255)

    class Meta:
        table = "memos"
        table_description = "small facts that outlive the process"
