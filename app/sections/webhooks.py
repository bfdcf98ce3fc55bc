"""Webhooks: how long a receiver may take, and where it may be."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from gateway.notifiers.webhook import WebhookSender


class WebhookSettings(BaseSettings):
    """What webhooks are called with."""

    webhook_timeout_ms: int = Field(
        5000,
        alias="WEBHOOK_TIMEOUT_MS",
        ge=100,
        le=25_000,
        description="How many milliseconds a webhook's receiver may take to answer",
    )
    allow_private_webhooks: bool = Field(
        False,
        alias="ALLOW_PRIVATE_WEBHOOKS",
        description="Whether webhooks may lead to this machine and to private networks",
    )

    @property
    def sender(self) -> WebhookSender:
        """Return what calls webhooks as these settings say."""
        timeout = timedelta(milliseconds=self.webhook_timeout_ms)
        return WebhookSender(timeout=timeout, allow_private=self.allow_private_webhooks)
