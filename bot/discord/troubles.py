"""What it means that a connection to Discord has ended. PURE."""

from dataclasses import dataclass

import discord

TOKEN_REFUSED, INTENTS_INVALID, INTENTS_REFUSED = 4004, 4013, 4014
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes"""


class NoMoreStarts(discord.DiscordException):
    """Discord lets a bot begin a thousand sessions a day, and revokes the token of one that tries more."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is no connection. `remedy` is given where only a person can mend it."""

    event: str
    word: str
    remedy: str | None = None


def trouble_of(error: Exception) -> Trouble:
    """Say what ended a connection, without repeating what Discord or a proxy wrote."""
    if isinstance(error, discord.LoginFailure) or _code(error) == TOKEN_REFUSED:
        return Trouble(
            "discord.token_refused",
            "Discord refuses the bot's token; DISCORD_BOT_TOKEN must be set to a valid one",
            "set DISCORD_BOT_TOKEN to the token on the Bot page of the application in Discord's Developer Portal",
        )
    if isinstance(error, discord.PrivilegedIntentsRequired) or _code(error) in {INTENTS_INVALID, INTENTS_REFUSED}:
        return Trouble(
            "discord.intents_refused",
            "Discord refuses the bot's intents (4014)",
            "look at the application in Discord's Developer Portal: AgentGate asks for no privileged intent",
        )
    return Trouble("discord.not_connected", f"not connected: {_word(error)}")


def _code(error: Exception) -> int | None:
    return error.code if isinstance(error, discord.ConnectionClosed) else None


def _word(error: Exception) -> str:
    if isinstance(error, NoMoreStarts):
        return "Discord lets the bot connect no more times today; something ends its connections"
    if isinstance(error, discord.HTTPException):
        return f"Discord answers {error.status}"
    if isinstance(error, discord.ConnectionClosed):
        return f"Discord closed the connection with {error.code}"
    return type(error).__name__
