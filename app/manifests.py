"""`agentgate-server manifest`: what a platform lets AgentGate in with. Needs no network, and no server's settings."""

import json
import sys
from typing import Annotated

import typer

from app.settings import SettingsError, read_discord_token
from bot.discord.manifest import APPLICATION_ID, application_id_in, invitation
from bot.slack.manifest import manifest

manifests = typer.Typer(help="Print what a chat platform lets AgentGate in with.", no_args_is_help=True)

SLACK_HINTS = """\
1. https://api.slack.com/apps → Create New App → From a manifest: choose the workspace, paste the JSON.
2. Install App → Install to workspace: the bot token (xoxb-…) is SLACK_BOT_TOKEN.
3. Basic Information → App-Level Tokens → Generate, with the scope connections:write: it (xapp-…) is SLACK_APP_TOKEN.
4. In Slack, type /invite @agentgate in the channel that SLACK_DEFAULT_CHANNEL names.
5. agentgate-server doctor"""
DISCORD_HINTS = """\
1. https://discord.com/developers/applications → New Application → Bot → Reset Token: the token is DISCORD_BOT_TOKEN.
2. Open the address above, choose the server, and authorize.
3. In Discord, User Settings → Advanced → Developer Mode; then a click with the right button on the channel where cards
   are to go → Copy Channel ID: it is DISCORD_DEFAULT_CHANNEL_ID.
4. agentgate-server doctor"""
PORTAL = "https://discord.com/developers/applications → Bot → Reset Token"
NOTHING_TO_READ = (
    f"DISCORD_BOT_TOKEN is not set: put the token of your application into .env ({PORTAL}), "
    "or say --application-id with the id from its General Information page"
)
NO_APPLICATION = (
    f"DISCORD_BOT_TOKEN: it is no bot token, since there is no application's id in it; copy it anew from {PORTAL}"
)


def _application_id(given: str | None) -> str | None:
    if given is not None and not APPLICATION_ID.fullmatch(given):
        raise typer.BadParameter("an application's id has digits only; its General Information page shows it")
    return given


ApplicationOption = Annotated[
    str | None,
    typer.Option("--application-id", callback=_application_id, help="The application's id; default: the token's"),
]


@manifests.command()
def slack() -> None:
    """Print the manifest to paste at “Create New App, From a manifest”; what to do with it goes to standard error."""
    print(json.dumps(manifest(), indent=2, ensure_ascii=False), flush=True)
    print(SLACK_HINTS, file=sys.stderr)


@manifests.command()
def discord(application_id: ApplicationOption = None) -> None:
    """Print the address that invites the bot into a server; what to do with it goes to standard error."""
    print(invitation(application_id or _own_application()), flush=True)
    print(DISCORD_HINTS, file=sys.stderr)


def _own_application() -> str:
    token = read_discord_token()
    if token is None:
        raise SettingsError(NOTHING_TO_READ)
    found = application_id_in(token)
    if found is None:
        raise SettingsError(NO_APPLICATION)
    return found
