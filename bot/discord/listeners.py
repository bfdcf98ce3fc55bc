"""What people do in Discord, each answered before anything is looked up: slash commands, buttons, modals."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
import structlog
from discord import app_commands

from bot.callers import Caller
from bot.discord.answers import Answers
from bot.discord.client import GateClient
from bot.discord.custom_ids import ASKED, PAGE, PRESSED, RUN, Pages
from bot.discord.modals import reason_in, reason_modal
from bot.discord.people import DiscordPeople
from bot.discord.presence import Presence
from bot.discord.pressing import Press, Pressing, hanging
from bot.discord.tree import SlashCommands, slash_command
from bot.dispatch import fault_card, press, run_command, run_line, suggest
from bot.registry import Command, Kind
from bot.suggest import Suggestion
from gateway.card import Card, Verb, problem_card
from gateway.errors import Unavailable
from gateway.gate import Gate

SUGGEST_SECONDS = 2.0
"""How long may be spent on finding out what could be meant: after three seconds nobody sees it."""
FORGOTTEN = problem_card("This page is not known here any more.", hint="Run the command again.")
UNKNOWN = problem_card("AgentGate does not know this any more.", hint="/agentgate help lists what it knows.")

PRESS, SUBMISSION = discord.InteractionType.component, discord.InteractionType.modal_submit

log = structlog.get_logger()

Interaction = discord.Interaction[Any]


class Listeners:
    """The doors of one client to one gate."""

    def __init__(self, gate: Gate, people: DiscordPeople, pages: Pages) -> None:
        self.gate = gate
        self.people = people
        self.pages = pages
        self.pressing = Pressing(gate, pages)
        self._listeners = (
            (PRESS, PRESSED, self.pressed),
            (PRESS, RUN, self.turned),
            (PRESS, PAGE, self.turned),
            (SUBMISSION, ASKED, self.submitted),
        )

    def register(self, client: GateClient) -> SlashCommands:
        """Tell discord.py who listens to what; return the tree of slash commands."""
        tree = SlashCommands(client, self.not_run)
        tree.add_command(slash_command(self.typed, self.complete))
        client.take = self.taken
        return tree

    async def typed(self, interaction: Interaction, command: Command, texts: Mapping[str, str]) -> None:
        """Run a slash command; only who typed it reads the answer."""
        async with self._attending(interaction) as answers:
            await answers.think()
            if answers.is_elsewhere:  # what another replica runs must not run twice
                return
            caller = await self._caller(interaction)
            card = caller if isinstance(caller, Card) else await run_command(self.gate, command, texts, by=caller)
            await answers.tell(card)

    async def complete(self, interaction: Interaction, kind: Kind, typed: str) -> Sequence[Suggestion]:
        """Return what could complete an option; nothing when it cannot be found out in time."""
        with interaction.client.underway.going_on():
            try:
                async with asyncio.timeout(SUGGEST_SECONDS):
                    caller = await self._caller(interaction)
                    return () if isinstance(caller, Card) else await suggest(self.gate, kind, typed, by=caller)
            except Exception as error:  # noqa: BLE001 - a list that stays empty is better than one that fails
                log.warning("discord.nothing_suggested", kind=kind.value, error=type(error).__name__)
                return ()

    async def pressed(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Do what a button says; where a reason is asked for, its modal opens before anything else."""
        async with self._attending(interaction) as answers:
            verb, request = Verb(match["verb"]), match["request"]
            refusal = self.people.refusal(Presence.of(interaction))
            if refusal is not None:
                await answers.tell(refusal)
            elif match["how"] == "ask":
                await answers.ask(reason_modal(verb, request, required=verb is Verb.APPROVE))
            elif verb is Verb.DETAILS:
                await self._show_details(interaction, answers, request)
            else:
                await self._decide(interaction, answers, Press(verb, request, card=hanging(interaction.message)))

    async def _show_details(self, interaction: Interaction, answers: Answers, request: str) -> None:
        await answers.think()
        caller = await self._caller(interaction)
        card = caller if isinstance(caller, Card) else await press(self.gate, Verb.DETAILS, request, by=caller)
        await answers.tell(card)

    async def _decide(self, interaction: Interaction, answers: Answers, pressed: Press) -> None:
        await self.pressing.begin(pressed, answers)
        try:
            caller = await self._caller(interaction)
        except asyncio.CancelledError:
            await self.pressing.let_go(pressed)
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours must not leave the card without its buttons
            caller = fault_card(self.gate, error)
        if isinstance(caller, Card):
            await self.pressing.refuse(pressed, answers, caller)
        else:
            await self.pressing.decide(pressed, answers, by=caller)

    async def turned(self, interaction: Interaction, match: re.Match[str]) -> None:
        """Run the line of a button, such as the next page, in the place of the private answer it stands in."""
        async with self._attending(interaction) as answers:
            line = match.groupdict().get("line") or self.pages.line(match.groupdict().get("key") or "")
            if line is None:
                await answers.tell(FORGOTTEN)
                return
            await answers.hold()
            caller = await self._caller(interaction)
            card = caller if isinstance(caller, Card) else await run_line(self.gate, line, by=caller)
            await (answers.tell(card) if card.is_refusal else answers.replace(card))

    async def taken(self, interaction: Interaction) -> None:
        """Take a press or a modal to its listener, by its id alone: a press may be older than the card as it is now.

        discord.py would look for the button on the card, and say nothing to whoever pressed one that is gone.
        """
        data: Mapping[str, Any] = interaction.data or {}
        for kind, pattern, listener in self._listeners:
            if interaction.type is kind and (match := pattern.fullmatch(str(data.get("custom_id")))):
                await listener(interaction, match)
                return
        if interaction.type in {PRESS, SUBMISSION}:
            await self._unknown(interaction)

    async def submitted(self, interaction: Interaction, asked: re.Match[str]) -> None:
        """Record a verdict with its reason."""
        async with self._attending(interaction) as answers:
            refusal = self.people.refusal(Presence.of(interaction))
            if refusal is not None:
                await answers.tell(refusal)
                return
            card = hanging(interaction.message)
            pressed = Press(Verb(asked["verb"]), asked["request"], reason_in(interaction), card)
            await self._decide(interaction, answers, pressed)

    async def _unknown(self, interaction: Interaction) -> None:
        async with self._attending(interaction) as answers:
            await answers.tell(UNKNOWN)

    async def not_run(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Answer to a slash command that could not be run: Discord still shows one of an older version."""
        log.warning("discord.command_not_run", error=type(error).__name__)
        async with self._attending(interaction) as answers:
            if interaction.type is discord.InteractionType.autocomplete:
                await answers.complete([])
            else:
                await answers.tell(UNKNOWN)

    @asynccontextmanager
    async def _attending(self, interaction: Interaction) -> AsyncIterator[Answers]:
        """Answer somebody; a fault of ours is logged and told under a reference."""
        answers = Answers(interaction, self.pages)
        with interaction.client.underway.going_on():
            try:
                yield answers
            except Exception as error:  # noqa: BLE001 - a fault of ours must not go unanswered; it is logged with its trace
                await answers.tell(fault_card(self.gate, error))

    async def _caller(self, interaction: Interaction) -> Caller | Card:
        """Return who acts, or the card that refuses them."""
        who = Presence.of(interaction)
        refusal = self.people.refusal(who)
        if refusal is not None:
            return refusal
        try:
            return await self.people.caller(who)
        except Unavailable as error:
            return problem_card(error.sentence)
