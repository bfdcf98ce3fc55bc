"""The manifest that Slack makes an app from: what AgentGate needs there, and nothing more. PURE.

Its fields and limits: https://docs.slack.dev/reference/app-manifest. The app-level token is no part of a manifest.
"""

from typing import Any

from bot.commands import COMMANDS

COMMAND = "/agentgate"
EVENTS = ("app_home_opened",)
SCOPES = {
    "channels:read": "the doctor looks whether public channels are there and the bot is in them",
    "chat:write": "cards are posted and edited",
    "commands": f"{COMMAND} is typed",
    "groups:read": "the doctor looks at private channels that the bot is in",
    "im:write": "cards go to people as direct messages",
    "usergroups:read": "user groups decide, so their members are asked for",
}
"""What the bot may do, each with the reason."""
APP_SCOPES = {"connections:write": "the socket is opened by the app-level token"}


def manifest() -> dict[str, Any]:
    """Return the manifest as Slack's “create an app from a manifest” takes it."""
    return {
        "display_information": {
            "name": "AgentGate",
            "description": "AI agents ask here before they do something that matters.",
            "background_color": "#1f2a44",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,  # without it, no card reaches anybody as a direct message
                "messages_tab_read_only_enabled": False,  # commands can be typed there too
            },
            "bot_user": {"display_name": "agentgate", "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "What waits for approval, deciding, and the audit trail",
                    "usage_hint": usage_hint(),
                    "should_escape": False,  # what is typed arrives as it was typed
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def usage_hint() -> str:
    """Return the commands that can be typed, by their first words."""
    first = dict.fromkeys(command.name.split()[0] for command in COMMANDS)
    return f"[{' | '.join(first)}]"
