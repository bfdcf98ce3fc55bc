"""AgentGate with a mail server beside it: the real outbox, API and SDK, and people who read mail."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from agentgate import AsyncAgentGate

from gateway.decide import decide
from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from gateway.notifiers import Notifier
from gateway.notifiers.email.notifier import EmailNotifier
from gateway.notifiers.email.options import MailOptions, Security
from gateway.views import Actor
from models.words import Decision, Scope
from tests.api.served import served
from tests.conftest import a_key
from tests.gates import SECRET, Asked, now, sending
from tests.platforms.smtp import Mail, MailServer

SENDER = "AgentGate <gate@example.com>"
LEAD = "lead@example.com"


@dataclass
class House(Asked):
    """A gate that people decide in by mail."""

    post: MailServer
    url: str

    async def decides(self, request: Any, decision: Decision, *, by: str = LEAD, reason: str = "") -> None:
        """Let somebody answer, elsewhere than in their mail."""
        await decide(self.gate, request.id, decision, by=Actor("email", by), reason=reason or None)


def options_for(post: MailServer, **more: Any) -> MailOptions:
    """Return what the settings would say about this server."""
    given: dict[str, Any] = {"host": post.host, "port": post.port, "sender": SENDER, "security": Security.NONE}
    return MailOptions(**(given | more))


@asynccontextmanager
async def a_house(
    post: MailServer,
    *,
    to: tuple[str, ...] = (LEAD,),
    tls: ssl.SSLContext | None = None,
    clock: Callable[[], datetime] = now,
    others: Mapping[str, Notifier] = MappingProxyType({}),
    **more: Any,
) -> AsyncIterator[House]:
    """Run AgentGate beside a mail server, on the open database, until the block ends."""
    mail = EmailNotifier(options_for(post, default_to=to, **more), clock=clock, tls=tls)
    gate = Gate(
        options=Options(default_targets=mail.options.default_targets, rate_limit_rpm=100_000),
        now=clock,
        secret=SECRET,
        limiter=MemoryLimiter(clock),
        notifiers={"email": mail, **others},
    )
    gate.probes["smtp"] = mail.probe
    async with served(gate) as api:
        key = await a_key(gate, "agent", Scope.REQUEST_CREATE)
        async with AsyncAgentGate(api.url, api_key=key.secret) as agent, standing_by(mail, gate), sending(gate):
            yield House(gate, agent, post, api.url)


@asynccontextmanager
async def standing_by(mail: EmailNotifier, gate: Gate) -> AsyncIterator[None]:
    """Run what mail runs beside the API, until the block ends."""
    running = asyncio.create_task(mail.run(gate))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait({running})


def address_in(mail: Mail, label: str) -> str:
    """Return the address that the text gives for this."""
    found = re.search(rf"^{label}: +(http\S+)$", mail.text, re.MULTILINE)
    assert found is not None, mail.text
    return found[1]
