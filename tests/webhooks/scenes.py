"""The short way to what a story about webhooks needs."""

from gateway.gate import Gate
from gateway.outbox import Outbox
from gateway.views import Actor
from gateway.webhooks import NewSecret, WebhookDraft, create_webhook, target_of
from models import deliveries
from models.tables import Delivery
from tests.platforms.receiver import Receiver

ADMIN = Actor("api", "ops")


async def hooked(gate: Gate, receiver: Receiver, *events: str, secret: str | None = None) -> NewSecret:
    """Let a receiver hear of these events, or of all."""
    return await create_webhook(gate, WebhookDraft(receiver.url, events or ("*",), secret), by=ADMIN)


async def sent_to(hook: NewSecret) -> list[Delivery]:
    """Return what was sent to a webhook, or is on its way, the oldest first."""
    return list(reversed(await deliveries.latest_to(target_of(hook.webhook.id), limit=1000)))


async def states(hook: NewSecret) -> list[tuple[str, str]]:
    """Return how each delivery to a webhook stands."""
    return [(one.event_type, one.state) for one in await sent_to(hook)]


async def until_quiet(outbox: Outbox) -> None:
    """Send until nothing more is due."""
    while await outbox.round():
        pass
