"""A look at everything that a server needs before it starts: settings, database, secret, Redis, the chats and mail."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from app.redis_look import look_at_redis
from app.settings import Settings, SettingsError, hinted, misspelt, read_settings
from app.storage import Storage, look_at_database, look_at_secret
from bot.discord import doctor as discord_doctor
from bot.slack import doctor as slack_doctor
from gateway.findings import Finding, fine, trouble
from gateway.notifiers.email import doctor as mail_doctor
from gateway.targets import kind_of
from gateway.undelivered import Undelivered

PATIENCE_SECONDS = 17.0
"""How long each part may take; all are looked at at once."""
LATELY = timedelta(days=1)

LOST_CARDS = {
    "slack": slack_doctor.about_undelivered,
    "discord": discord_doctor.about_undelivered,
    "email": mail_doctor.about_undelivered,
}
"""Who says of cards why they never arrived."""

T = TypeVar("T")


async def examine(*, clock: Callable[[], datetime]) -> list[Finding]:
    """Look at everything; takes 17 seconds at most. Changes nothing, not even an old database."""
    try:
        settings = read_settings()
    except SettingsError as error:
        return [*_wrong_settings(error), *_misspelt(), *_hinted(), _not_looked_at()]
    storage, *others = await asyncio.gather(
        _patient("DATABASE_URL", look_at_database(settings, since=clock() - LATELY)),
        _patient("REDIS_URL", look_at_redis(settings)),
        _patient("Slack", _slack(settings)),
        _patient("Discord", _discord(settings)),
        _patient("mail", _mail(settings)),
    )
    found = storage if isinstance(storage, Storage) else Storage(storage)
    return [
        *(_misspelt() or [fine("settings", "every one that is set can be used")]),
        *_hinted(),
        found.finding,
        look_at_secret(settings, has_keys=found.has_keys, is_another=found.has_another_secret),
        *(finding for other in others for finding in ([other] if isinstance(other, Finding) else other)),
        *map(_never_arrived, found.undelivered),
    ]


async def _patient(part: str, look: Awaitable[T]) -> T | Finding:
    """Turn silence and faults into findings."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await look
    except TimeoutError:
        meaning = f"no answer within {PATIENCE_SECONDS:.0f} s"
        return trouble(part, meaning, remedy="look at its address, and whether anything stands in between")
    except Exception as error:  # noqa: BLE001 - whatever a part raises means that it is not well
        return trouble(part, type(error).__name__, remedy="start the server: its log says more")


def _wrong_settings(error: SettingsError) -> list[Finding]:
    remedy = "change it in .env or in the environment; docs/reference/settings.md says what it takes"
    found = [(re.match(r"([A-Z_]+): ", sentence), sentence) for sentence in str(error).splitlines()]
    return [
        trouble(name[1] if name else "settings", sentence[name.end() :] if name else sentence, remedy=remedy)
        for name, sentence in found
    ]


def _misspelt() -> list[Finding]:
    return [
        trouble(wrong, "not a setting, so it has no effect", remedy=f"did you mean {right}?")
        for wrong, right in misspelt().items()
    ]


def _hinted() -> list[Finding]:
    return [
        fine(name, f"not a setting of AgentGate; if it was meant for AgentGate, its name is {ours}")
        for name, ours in hinted().items()
    ]


def _not_looked_at() -> Finding:
    return trouble("everything else", "not looked at", remedy="mend the settings, then ask the doctor again")


async def _slack(settings: Settings) -> list[Finding]:
    if settings.slack is None:
        return [fine("Slack", "not used: its tokens are not set")]
    return await slack_doctor.examine(settings.slack)


async def _discord(settings: Settings) -> list[Finding]:
    if settings.discord is None:
        return [fine("Discord", "not used: its token is not set")]
    return await discord_doctor.examine(settings.discord)


async def _mail(settings: Settings) -> list[Finding]:
    if settings.mail is None:
        return [fine("mail", "not used: SMTP_HOST is not set")]
    return await mail_doctor.examine(settings.mail)


def _never_arrived(one: Undelivered) -> Finding:
    about = LOST_CARDS.get(kind_of(one.target))
    if about is not None:
        return about(one)
    meaning = f"{one.times} given up in the last day: {one.word}"
    return trouble(one.target, meaning, remedy="set up what the target needs, or name another target in the rule")
