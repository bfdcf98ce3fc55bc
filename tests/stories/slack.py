"""A real server in a local Slack."""

from tests.slack.house import Workspace


def slack_settings(place: Workspace) -> dict[str, str]:
    """Return the settings of a server that posts to #ops."""
    app = place.slack.app
    return {
        "SLACK_BOT_TOKEN": app.bot_token, "SLACK_APP_TOKEN": app.app_token, "SLACK_API_URL": place.slack.base_url,
        "SLACK_DEFAULT_CHANNEL": place.ops.id,
    }  # fmt: skip
