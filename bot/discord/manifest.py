"""The address that invites the bot into a server: what AgentGate needs there, and nothing more. PURE.

Its parameters: https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow.
"""

import re
from base64 import urlsafe_b64decode
from urllib.parse import urlencode

import discord

AUTHORIZE = "https://discord.com/oauth2/authorize"
SCOPES = ("bot", "applications.commands")
PERMISSIONS = {
    "view_channel": "cards are posted only where the bot sees the channel, and edited only there",
    "send_messages": "cards are posted",
    "send_messages_in_threads": "cards go to threads too, where a rule names one",
}
"""What the bot may do in a server, each with the reason. It reads no messages, not even its own to edit them."""
APPLICATION_ID = re.compile(r"[0-9]{1,20}")


def invitation(application_id: str) -> str:
    """Return the address at which an admin of a server lets the bot in."""
    permissions = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))
    query = {"client_id": application_id, "scope": " ".join(SCOPES), "permissions": str(permissions.value)}
    return f"{AUTHORIZE}?{urlencode(query)}"


def application_id_in(token: str) -> str | None:
    """Return the application's id that a bot token begins with – its digits in base64 – or None when it is no token."""
    first = token.partition(".")[0]
    try:
        decoded = urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except ValueError:
        return None
    return decoded if APPLICATION_ID.fullmatch(decoded) else None


def shown(permission: str) -> str:
    """Return a permission as Discord's own pages call it: “Send Messages in Threads”."""
    return permission.replace("_", " ").title().replace(" In ", " in ")
