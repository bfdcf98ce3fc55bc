"""`agentgate-server manifest`: what a platform makes an app for AgentGate from. Needs no setting and no network."""

import json
import sys

import typer

from bot.slack.manifest import manifest

manifests = typer.Typer(help="Print what a chat platform makes an app from.", no_args_is_help=True)

SLACK_HINTS = """\
1. https://api.slack.com/apps → Create New App → From a manifest: choose the workspace, paste the JSON above.
2. Install App → Install to workspace: the bot token (xoxb-…) is SLACK_BOT_TOKEN.
3. Basic Information → App-Level Tokens → Generate, with the scope connections:write: it (xapp-…) is SLACK_APP_TOKEN.
4. In Slack, type /invite @agentgate in the channel that SLACK_DEFAULT_CHANNEL names.
5. agentgate-server doctor"""


@manifests.command()
def slack() -> None:
    """Print the manifest to paste at “Create New App, From a manifest”; what to do with it goes to standard error."""
    print(json.dumps(manifest(), indent=2, ensure_ascii=False), flush=True)
    print(SLACK_HINTS, file=sys.stderr)
