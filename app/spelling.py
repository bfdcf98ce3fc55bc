"""Names that look like ours and are not: a misspelt setting would be silently without effect."""

import difflib
from collections.abc import Collection, Iterable

NEAR = 0.83
"""How like one of ours an unknown name must be to count as misspelt (difflib's ratio)."""

OURS = "AGENTGATE_"
"""What begins so is meant for us, however unlike."""
ELSEWHERE = {
    "DISCORD_CHANNEL": "DISCORD_DEFAULT_CHANNEL_ID",
    "DISCORD_CHANNEL_ID": "DISCORD_DEFAULT_CHANNEL_ID",
    "DISCORD_GUILD_ID": "DISCORD_ALLOWED_GUILDS",
    "DISCORD_TOKEN": "DISCORD_BOT_TOKEN",
    "PUBLIC_URL": "AGENTGATE_PUBLIC_URL",
    "SECRET_KEY": "AGENTGATE_SECRET_KEY",
    "SLACK_CHANNEL": "SLACK_DEFAULT_CHANNEL",
    "SLACK_TOKEN": "SLACK_BOT_TOKEN",
}
"""Names that other programs use too, with ours: worth a hint where ours is not set, and never a fault."""


def misspelt_among(given: Iterable[str], *, known: Collection[str], foreign: Collection[str]) -> dict[str, str]:
    """Return the given names that look like a known one and are none, each with the nearest known one.

    `foreign` names are right although they are not ours. What begins with our own name is ours, however unlike.
    """
    nearest = {}
    right = {*known, *foreign, *ELSEWHERE}
    for name in sorted(given):
        if name.upper() in right:  # the case of a name does not matter
            continue
        found = _nearest(name.upper(), known)
        if found:
            nearest[name] = found
    return nearest


def _nearest(name: str, known: Collection[str]) -> str | None:
    if name.removeprefix(OURS) in known:
        return name.removeprefix(OURS)
    cutoff = 0 if name.startswith(OURS) else NEAR
    found = difflib.get_close_matches(name, known, n=1, cutoff=cutoff)
    return found[0] if found else None


def hinted_among(given: Iterable[str]) -> dict[str, str]:
    """Return the given names that other programs use too, each with ours, unless ours is given as well."""
    names = sorted(given)
    present = {name.upper() for name in names}
    return {
        name: ELSEWHERE[name.upper()]
        for name in names
        if name.upper() in ELSEWHERE and ELSEWHERE[name.upper()] not in present
    }
