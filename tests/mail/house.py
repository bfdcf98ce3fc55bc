"""AgentGate with a mail server beside it: the real outbox, API and SDK, and people who read mail."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from agentgate import AsyncAgentGate

from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from gateway.notifiers.email.notifier import EmailNotifier
from gateway.notifiers.email.options import MailOptions, Security
from gateway.outbox import Outbox
from gateway.policies import PolicyDraft, create_policy
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.api.served import served
from tests.conftest import a_key
from tests.platforms.smtp import Mail, MailServer
from tests.gates import now

SENDER = "AgentGate <gate@example.com>"
LEAD = "lead@example.com"


@dataclass
class House:
    """A gate that people decide in by mail."""

    post: MailServer
    gate: Gate
    agent: AsyncAgentGate
    url: str

    async def asks(self, action: str = "deploy.prod", **request: Any) -> Any:
        """Let the agent ask."""
        return await self.agent.request(action, **request)

    async def rule(self, name: str = "rule", **rule: Any) -> None:
        """Save a policy of one rule."""
        rules: list[Mapping[str, Any]] = [{"match": {}, "decision": "route_to_human"} | rule]
        await create_policy(self.gate, PolicyDraft(name, rules), by=SYSTEM_START)


def options_for(post: MailServer, **more: Any) -> MailOptions:
    """Return what the settings would say about this server."""
    given: dict[str, Any] = {"host": post.host, "port": post.port, "sender": SENDER, "security": Security.NONE}
    return MailOptions(**(given | more))


@asynccontextmanager
async def a_house(
    post: MailServer, *, to: tuple[str, ...] = (LEAD,), tls: ssl.SSLContext | None = None, **more: Any
) -> AsyncIterator[House]:
    """Run AgentGate beside a mail server, on the open database, until the block ends."""
    mail = EmailNotifier(options_for(post, default_to=to, **more), clock=now, tls=tls)
    gate = Gate(
        options=Options(default_targets=mail.options.default_targets, rate_limit_rpm=100_000),
        now=now,
        secret=b"s" * 32,
        limiter=MemoryLimiter(now),
        notifiers={"email": mail},
    )
    gate.probes["smtp"] = mail.probe
    async with sending(gate), served(gate) as api:
        key = await a_key(gate, "agent", Scope.REQUEST_CREATE)
        async with AsyncAgentGate(api.url, api_key=key.secret) as agent:
            yield House(post, gate, agent, api.url)


@asynccontextmanager
async def sending(gate: Gate) -> AsyncIterator[None]:
    """Run the outbox until the block ends."""
    outbox = Outbox(gate)
    running = asyncio.create_task(outbox.run())
    try:
        yield
    finally:
        outbox.stop()
        await running


def address_in(mail: Mail, label: str) -> str:
    """Return the address that the text gives for this."""
    found = re.search(rf"^{label}: +(http\S+)$", mail.text, re.MULTILINE)
    assert found is not None, mail.text
    return found[1]
