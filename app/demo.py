"""The demo: an agent asks for four things, and the terminal shows the conversation as it happens.

Everything is real – the server, its database in a temporary folder, the SDK over HTTP, the chat's commands – and gone
afterwards. Only the person who types is played.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from agentgate import AsyncAgentGate, Refused, Request
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from app.database import open_database
from app.platforms import Platforms
from app.server import listen, running, url_of
from app.settings import Settings
from app.wiring import make_gate
from bot.callers import Caller, Role
from bot.dispatch import run_line
from bot.terminal.render import card_view, outcome_view
from gateway.card import Card, Tone
from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import create_key
from gateway.notifiers import Receipt
from gateway.policies import PolicyDraft, create_policy
from gateway.redact import without_secrets
from gateway.views import SYSTEM_START, Actor
from models.words import Scope

TARGET = "terminal:local"
PERSON = Caller(Actor("terminal", "alice", place=TARGET), frozenset({Role.ADMIN}))
READING_PAUSE = 0.6
"""Seconds between the lines, so that eyes can follow."""

POLICIES = (
    PolicyDraft("reads", [{"match": {"action": {"$glob": "read.*"}}, "decision": "auto_approve"}], priority=10),
    PolicyDraft("no-drops", [{"match": {"action": {"$regex": "^db\\.drop"}}, "decision": "auto_deny"}], priority=20),
)


class SettingsAlone(Settings):
    """Settings that no environment and no `.env` touches: the demo is the same everywhere."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **__: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what the demo says, and nothing else."""
        return (init_settings,)


class Stage:
    """The terminal as the audience sees it; also the place where cards hang."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._numbers = count(1)
        self.shown = asyncio.Event()

    def show(self, view: RenderableType) -> None:
        """Print something."""
        self._console.print(view)

    async def say(self, who: str, words: str, style: str) -> None:
        """Print a line of the conversation, and let it be read."""
        self.show(Text.assemble("\n", (f"{who:>6} ", f"bold {style}"), ("▸ ", "dim"), words))
        await asyncio.sleep(READING_PAUSE)

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        """Hang up a card."""
        self.show(card_view(card, number=lambda _: next(self._numbers)))
        self.shown.set()
        return {"target": target, "event": event}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        """Show what became of a card."""
        self.show(outcome_view(card))
        return {**receipt, "target": target, "event": event}


class Play:
    """The conversation: who asks, who answers, and how each request ended."""

    def __init__(self, stage: Stage, gate: Gate, agent: AsyncAgentGate) -> None:
        self.stage = stage
        self.gate = gate
        self.agent = agent
        self.ends: list[tuple[str, str, str]] = []

    async def asks(self, action: str, why: str, *, expires_in: timedelta | None = None, **params: object) -> Request:
        """Let the agent ask."""
        shown = " ".join(f"{name}={value}" for name, value in without_secrets(params).items())
        await self.stage.say("agent", f"May I {action} {shown}? {why}", "cyan")
        return await self.agent.request(action, params=params, context={"reason": why}, expires_in=expires_in)

    async def learns(self, request: Request) -> Request | None:
        """Let the agent wait for the answer; None when it is not a yes."""
        try:
            answered = await self.agent.wait(request, timeout=30)
        except Refused as refusal:
            refused = refusal.request or await self.agent.get(request)
            await self.ended(refused, f"Understood, I leave it: {refused.status}.")
            return None
        await self.ended(answered, f"Thank you – I go on: {answered.status}.")
        return answered

    async def ended(self, request: Request, words: str) -> None:
        """Note how a request ended."""
        self.ends.append((request.action, request.status, request.decided_by or ""))
        await self.stage.say("agent", words, "cyan")

    async def types(self, line: str) -> None:
        """Let the person type a command in the chat; the card that is edited shows what came of it."""
        await self.stage.say("alice", line, "magenta")
        answer = await run_line(self.gate, line, by=PERSON)
        if answer.tone is Tone.BAD:
            self.stage.show(card_view(answer, number=lambda _: 0))


async def run_demo() -> None:
    """Play the demo; raises SystemExit(1) when it did not end as it should."""
    began = time.monotonic()
    console = Console(highlight=False, markup=False, emoji=False)
    stage = Stage(console)
    async with a_gate(stage) as (gate, url):
        key = await create_key(gate, KeyDraft("deploy-bot", (Scope.REQUEST_CREATE,)), by=SYSTEM_START)
        for draft in POLICIES:
            await create_policy(gate, draft, by=SYSTEM_START)
        stage.show(Text.assemble(("AgentGate demo", "bold"), f" – a real gateway at {url}, gone when this ends"))
        async with AsyncAgentGate(url, api_key=key.secret) as agent:
            play = Play(stage, gate, agent)
            await the_four(play)
    console.print(_summary(play))
    console.print(f"\nThat took {time.monotonic() - began:.0f} s. Now yours: make run")
    if [status for _, status, _ in play.ends] != ["approved", "denied", "approved", "expired"]:
        raise SystemExit(1)


async def the_four(play: Play) -> None:
    """One thing a policy approves, one it denies, one a person approves, one nobody answers in time."""
    await play.learns(await play.asks("read.file", "I need the changelog.", path="CHANGELOG.md"))
    await play.learns(await play.asks("db.drop", "The table looks unused.", table="customers"))
    play.stage.shown.clear()
    params: dict[str, Any] = {"version": "1.4", "api_token": "shown-to-nobody"}
    deploy = await play.asks("deploy.prod", "Release 1.4 passed all checks.", **params)
    async with asyncio.TaskGroup() as both:
        waiting = both.create_task(play.learns(deploy))
        await play.stage.shown.wait()
        await asyncio.sleep(READING_PAUSE)
        await play.types(f"approve {deploy.code} checked with the on-call engineer")
    if waiting.result():
        await play.agent.confirm(deploy, {"version": "1.4", "healthy": True})
    await play.learns(
        await play.asks("mail.send", "The newsletter is ready.", expires_in=timedelta(seconds=3), to="everybody")
    )


@asynccontextmanager
async def a_gate(stage: Stage) -> AsyncIterator[tuple[Gate, str]]:
    """Serve a gate on a free port with a database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="agentgate-demo-") as folder:
        settings = SettingsAlone(
            HOST="127.0.0.1",
            PORT=0,
            AGENTGATE_PUBLIC_URL="",
            DATABASE_URL=str(Path(folder) / "demo.db"),
            REQUEST_TIMEOUT_SEC=600,
            RATE_LIMIT_ENABLED=True,
            RATE_LIMIT_RPM=600,
        )
        with listen(settings) as door:
            url = url_of(door, settings)
            platforms = Platforms(notifiers={"terminal": stage}, targets=[TARGET])
            async with open_database(settings):
                gate = make_gate(settings, platforms, public_url=url)
                async with running(settings, gate, door=door):
                    yield gate, url


def _summary(play: Play) -> Table:
    table = Table(title="\nWhat became of the four", title_style="bold", box=None, padding=(0, 2), title_justify="left")
    for head in ("action", "outcome", "by"):
        table.add_column(head, header_style="dim")
    colours = {"approved": "green", "denied": "red", "expired": "yellow"}
    for action, status, by in play.ends:
        table.add_row(action, Text(status, colours.get(status, "")), by)
    return table
