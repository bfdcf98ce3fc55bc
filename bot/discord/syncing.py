"""Telling Discord of the slash commands: once, and again only when they have changed."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import aiohttp
import discord
import structlog
from discord import app_commands

from models import memos
from models.db import Unreachable

MEMO = "discord.commands"
AGAIN_SECONDS = 60.0
"""How long to wait before commands that Discord did not take are offered again."""

log = structlog.get_logger()


def tree_digest(payload: Sequence[Mapping[str, Any]], *, application: int) -> str:
    """Return what tells one set of commands of an application from every other. PURE."""
    written = json.dumps([application, payload], sort_keys=True, ensure_ascii=False)
    return sha256(written.encode()).hexdigest()


async def sync_commands(tree: app_commands.CommandTree[Any], *, application: int) -> bool:
    """Tell Discord of the commands unless it has them; return whether that was needed.

    Raises what discord.py and aiohttp raise when Discord does not take them, and what `Unreachable` lists.
    """
    payload = [command.to_dict(tree) for command in tree.get_commands()]
    digest = tree_digest(payload, application=application)
    if await memos.recall(MEMO) == digest:
        return False
    await tree.sync()
    await memos.note(MEMO, digest)
    log.info("discord.commands_synced")
    return True


async def keep_synced(tree: app_commands.CommandTree[Any], *, application: int, again: float = AGAIN_SECONDS) -> None:
    """Tell Discord of the commands, trying until it takes them; buttons work meanwhile."""
    while True:
        try:
            await sync_commands(tree, application=application)
        except (discord.DiscordException, aiohttp.ClientError, TimeoutError, *Unreachable) as error:
            log.warning("discord.commands_not_synced", error=type(error).__name__, again_in_seconds=again)
        else:
            return
        await asyncio.sleep(again)
