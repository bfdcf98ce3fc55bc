"""What callers get: every answer's shape, declared once, for the type checker and for the OpenAPI document."""

from typing import (
    Any,
    NotRequired,  # pydantic reads these on every Python we support
)

from typing_extensions import TypedDict

from gateway.shapes import AuditEntryWithRequestShape, PolicyDecisionShape, RequestShape


class LinkShape(TypedDict):
    """A one-time link: whoever has it may use it."""

    token: str
    url: str


class LinkTokensShape(TypedDict):
    """One link for each decision."""

    approve: LinkShape
    deny: LinkShape


class LinkPairShape(TypedDict):
    """A pair of links; using one ends both."""

    requestId: str
    tokens: LinkTokensShape
    expiresAt: str
    expiresInHours: float


class PaginationShape(TypedDict):
    """Where in a list an answer stands."""

    total: int
    totalIsCapped: bool
    limit: int
    offset: int
    hasMore: bool
    nextCursor: str | None


class RequestsShape(TypedDict):
    """A page of requests."""

    requests: list[RequestShape]
    pagination: PaginationShape


class AuditPaginationShape(PaginationShape):
    """Where in the audit trail an answer stands; it can be read both ways."""

    previousCursor: str | None


class AuditShape(TypedDict):
    """A page of the audit trail."""

    entries: list[AuditEntryWithRequestShape]
    pagination: AuditPaginationShape


class ActionsShape(TypedDict):
    """Every action that was asked for."""

    actions: list[str]


class ActorsShape(TypedDict):
    """Everybody who did something."""

    actors: list[str]


class PolicyShape(TypedDict):
    """A policy."""

    id: str
    name: str
    priority: int
    enabled: bool
    rules: list[dict[str, Any]]
    createdAt: str
    updatedAt: str


class PoliciesShape(TypedDict):
    """A page of policies."""

    policies: list[PolicyShape]
    pagination: PaginationShape


class RuleTriedShape(TypedDict):
    """How one rule met an ask."""

    policy: str
    rule: int
    decision: str
    matched: bool
    whyNot: list[str]


class ExplanationShape(PolicyDecisionShape, TypedDict):
    """Which rule would answer, and why those before it do not."""

    approvalsNeeded: int
    requireReason: bool
    tried: list[RuleTriedShape]


class KeyShape(TypedDict):
    """An API key, without the key."""

    id: str
    name: str
    scopes: list[str]
    rateLimit: int | None
    createdAt: str
    lastUsedAt: str | None
    revokedAt: str | None
    expiresAt: str | None
    active: bool


class KeysShape(TypedDict):
    """Every API key."""

    keys: list[KeyShape]


class NewKeyShape(TypedDict):
    """A key that was just made; `key` is shown this once."""

    id: str
    key: str
    name: str
    scopes: list[str]
    rateLimit: int | None
    expiresAt: str | None
    message: str


class WebhookShape(TypedDict):
    """A webhook, without its secret."""

    id: str
    url: str
    events: list[str]
    enabled: bool
    disabledReason: str | None
    createdBy: str
    createdAt: str
    updatedAt: str


class WebhooksShape(TypedDict):
    """A page of webhooks."""

    webhooks: list[WebhookShape]
    pagination: PaginationShape


class NewWebhookShape(WebhookShape):
    """A webhook that was just made; `secret` is shown this once."""

    secret: str
    message: str


class DeliveryShape(TypedDict):
    """An event on its way to a webhook, or sent, or given up; `answer` is the last HTTP status."""

    id: str
    event: str
    requestId: str | None
    state: str
    attempts: int
    answer: int | None
    lastError: str | None
    createdAt: str
    nextTryAt: str | None
    settledAt: str | None


class WebhookWithDeliveriesShape(WebhookShape):
    """A webhook, and what was last sent to it."""

    deliveries: list[DeliveryShape]


class ProbeShape(TypedDict):
    """What a webhook answered to a test call."""

    success: bool
    status: int | None
    message: str


class DeletedShape(TypedDict):
    """Something is gone."""

    success: bool
    id: str


class CheckShape(TypedDict):
    """How one part is."""

    status: str
    message: str


class HealthShape(TypedDict):
    """How the gateway is; `checks` with `?deep=true`: each part by its name, also one that is not used."""

    status: str
    timestamp: str
    checks: NotRequired[dict[str, CheckShape]]


class ProblemShape(TypedDict):
    """An error, by RFC 9457; `error` and `message` repeat `detail` for older clients."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    error: str
    message: str
    reference: str
    field: NotRequired[str]
    request: NotRequired[RequestShape]
