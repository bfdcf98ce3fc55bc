"""People who speak to the gate, and requests that wait for them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.callers import Caller, Role
from bot.dispatch import run_line
from gateway.card import Block, Card, Entry, Facts, Note, Quote, Table
from gateway.gate import Gate
from gateway.outbox import Outbox
from gateway.policies import PolicyDraft, create_policy
from gateway.submit import submit
from gateway.views import SYSTEM_START, Actor, Ask, RequestView

AGENT = Actor("api", "deploy-bot")
HINTS = {Role.ADMIN: "Nobody is admin yet: set SLACK_ADMINS.", Role.AUDITOR: "Set SLACK_AUDITORS."}

Say = Callable[[str, Caller], Awaitable[Card]]
Ask_ = Callable[..., Awaitable[RequestView]]


def somebody(name: str, *roles: Role, place: str | None = None) -> Caller:
    """Return a caller as Slack would make one."""
    return Caller(Actor("slack", name, place=place), frozenset(roles), HINTS)


@pytest.fixture
def alice() -> Caller:
    """The admin, at the terminal."""
    return Caller(Actor("terminal", "alice", place="terminal:local"), frozenset({Role.ADMIN}))


@pytest.fixture
def bob() -> Caller:
    """An approver who is no admin, at another terminal."""
    return Caller(Actor("terminal", "bob", place="terminal:local"), frozenset({Role.APPROVER}), HINTS)


@pytest.fixture
def mallory() -> Caller:
    """Somebody without any role, in a channel that no card was posted to."""
    return somebody("MALLORY", place="slack:C9")


@pytest.fixture
def say(gate: Gate) -> Say:
    """Type a line as somebody."""

    async def typed(line: str, by: Caller) -> Card:
        return await run_line(gate, line, by=by)

    return typed


@pytest.fixture
def ask(gate: Gate) -> Ask_:
    """Let the agent ask for something."""

    async def asked(action: str = "deploy.prod", *, by: Actor = AGENT, **more: Any) -> RequestView:
        return (await submit(gate, Ask(action, **more), by=by)).request

    return asked


async def a_policy(gate: Gate, *rules: dict[str, Any], name: str = "prod", priority: int = 10) -> None:
    """Store a policy."""
    await create_policy(gate, PolicyDraft(name, rules, priority), by=SYSTEM_START)


@asynccontextmanager
async def at_work(gate: Gate) -> AsyncIterator[None]:
    """Let the outbox send whatever comes, until the block ends."""
    outbox = Outbox(gate)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run())
        yield
        outbox.stop()


def text_of(card: Card) -> str:
    """Return everything that stands on a card, for asking whether something is said at all."""
    parts = [card.headline, card.footer or "", *(button.label for button in card.buttons)]
    for section in card.sections:
        match section:
            case Facts():
                parts += [f"{label}: {value}" for label, value in section.rows]
            case Quote():
                parts += [section.label, section.text, section.left_out or ""]
            case Block():
                parts += [section.label, *section.lines, section.left_out or ""]
            case Note():
                parts.append(section.text)
            case Table():
                parts += [" ".join(row) for row in (section.head, *section.rows)]
            case Entry():
                parts += [section.title, *section.lines, *(button.label for button in section.buttons)]
    return "\n".join(parts)
