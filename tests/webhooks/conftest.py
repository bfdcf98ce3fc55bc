"""A gate that may call this machine, a receiver on it, and a webhook that leads there."""

from collections.abc import AsyncIterator

import pytest

from gateway.gate import Gate
from gateway.notifiers.webhook import WebhookSender
from gateway.outbox import Outbox
from gateway.webhooks import NewSecret
from tests.platforms.receiver import Receiver, receiving
from tests.webhooks.scenes import hooked


@pytest.fixture
def gate(gate: Gate) -> Gate:
    gate.sender = WebhookSender(allow_private=True)
    return gate


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def hook(gate: Gate, receiver: Receiver) -> NewSecret:
    """A webhook that hears of everything from now on."""
    return await hooked(gate, receiver)


@pytest.fixture
def outbox(gate: Gate) -> Outbox:
    return Outbox(gate)
