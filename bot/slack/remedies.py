"""What to do about each word that Slack refuses with. PURE."""

COPY_ANEW = "copy both tokens anew from the app's pages (Install App; Basic Information, App-Level Tokens)"
INSTALL = "install the app in the workspace again and copy the new token"
INVITE = "type /invite @{bot} in that channel"
ID = "use the right id: a profile's ⋮ menu shows it"
OUR_FAULT = "a fault of AgentGate's: report it with the request's code"
POLICY = "a workspace admin has restricted this: let the app post there, or name another channel"

REMEDIES = {
    "account_inactive": INSTALL,
    "cannot_dm_bot": "name a person; a bot reads no direct messages",
    "cant_update_message": "the card is another app's: go back to the bot token that posted it, or let it be",
    "channel_not_found": f"check the name or id; if the channel is private, {INVITE}",
    "edit_window_closed": "let apps edit messages at any time, in the workspace's settings",
    "ekm_access_denied": POLICY,
    "invalid_auth": COPY_ANEW,
    "invalid_blocks": OUR_FAULT,
    "invalid_blocks_format": OUR_FAULT,
    "is_archived": "unarchive the channel, or name another",
    "message_not_found": "somebody deleted the card; the request is decided elsewhere, or expires",
    "messages_tab_disabled": "turn the Messages tab on, under App Home",
    "missing_scope": "add the scope{needed} under OAuth & Permissions, then install the app again",
    "msg_blocks_too_long": OUR_FAULT,
    "msg_too_long": OUR_FAULT,
    "no_such_subteam": "use the id of a user group in use: S…, from the group's ⋮ menu",
    "no_text": OUR_FAULT,
    "not_allowed_token_type": "SLACK_BOT_TOKEN takes the bot's token (xoxb-…), SLACK_APP_TOKEN the app's (xapp-…)",
    "not_authed": COPY_ANEW,
    "not_in_channel": INVITE,
    "paid_teams_only": "user groups need a paid plan: name users by their ids",
    "ratelimited": "wait a minute; Slack has had enough calls for now",
    "restricted_action": POLICY,
    "restricted_action_read_only_channel": POLICY,
    "team_access_not_granted": "let an admin of the organisation grant the app this workspace",
    "token_expired": "turn token rotation off (the manifest has it off), then install the app again",
    "token_revoked": INSTALL,
    "user_disabled": "that person has left: name somebody else",
    "user_not_found": ID,
    "users_not_found": ID,
}
OUT_OF_ORDER = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""What Slack says when it is not well itself; a bare HTTP status means the same."""
UNREACHABLE = "look at the network, at HTTPS_PROXY and SLACK_API_URL, and at https://slack-status.com"
UNKNOWN = "look the word up at https://docs.slack.dev"


def remedy_for(word: str, *, bot: str = "agentgate", needed: str = "") -> str:
    """Return what to do about a word of Slack's, or about no answer at all."""
    if word.startswith(("Slack cannot be reached", "no answer")) or word.isdecimal() or word in OUT_OF_ORDER:
        return UNREACHABLE
    return REMEDIES.get(word, UNKNOWN).format(bot=bot, needed=f" {needed}" if needed else "")
