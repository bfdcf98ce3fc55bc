"""Who is pinged by a message. https://discord.com/developers/docs/resources/message#allowed-mentions-object"""

from typing import TYPE_CHECKING

from tests.platforms.discord.markdown import Seen
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.reading import texts_that_ping

if TYPE_CHECKING:
    from tests.platforms.discord.messages import Message


def pinged(message: "Message") -> list[str]:
    """Return whom a message pings, as it stands: `@everyone`, `@here`, `@name`, `@&role`; nobody twice."""
    seen = Seen()
    for text in texts_that_ping(message.content, message.components):
        seen.markdown(text)
    found = (_pinged(message, mention) for mention in seen.mentions)
    return list(dict.fromkeys(name for name in found if name))


def _pinged(message: "Message", mention: str) -> str:
    guild = message.channel.guild
    if mention in {"@everyone", "@here"}:
        return mention if guild and _may_ping_all(message) and _allows(message, "everyone") else ""
    if mention.startswith("@&"):
        role = next((role for role in guild.roles if role.id == mention[2:]), None) if guild else None
        if role is None or not (role.mentionable or _may_ping_all(message)):
            return ""
        return f"@&{role.name}" if _allows(message, "roles", role.id) else ""
    if mention.startswith("@"):
        there = [member.user for member in guild.members.values()] if guild else [message.channel.recipient]
        user = next((user for user in there if user and user.id == mention[1:]), None)
        return f"@{user.name}" if user and _allows(message, "users", user.id) else ""
    return ""


def _may_ping_all(message: "Message") -> bool:
    return Permission.MENTION_EVERYONE in message.channel.permissions_of(message.author)


def _allows(message: "Message", kind: str, id_: str = "") -> bool:
    """Without `allowed_mentions` everything pings, in answers to interactions only people; else what it says."""
    allowed = message.allowed_mentions
    if allowed is None:
        return kind == "users" or message.interaction_metadata is None
    return kind in (allowed.get("parse") or []) or id_ in [str(named) for named in allowed.get(kind) or []]
