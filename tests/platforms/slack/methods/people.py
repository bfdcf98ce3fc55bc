"""`users.*`, `usergroups.*`, `team.info` and `auth.test`: who is who."""

from tests.platforms.slack.accounts import App
from tests.platforms.slack.methods.refusals import Refusal
from tests.platforms.slack.reading import Json
from tests.platforms.slack.workspace import Workspace


def myself(slack: Workspace, app: App, arguments: Json) -> Json:
    """`auth.test`: whose token this is."""
    return {
        "ok": True,
        "url": f"https://{slack.domain}.slack.com/",
        "team": slack.domain,
        "team_id": slack.team_id,
        "user": app.bot_user.name,
        "user_id": app.bot_user.id,
        "bot_id": app.bot_id,
        "app_id": app.id,
        "is_enterprise_install": False,
    }


def about(slack: Workspace, app: App, arguments: Json) -> Json:
    """`users.info`: one person, by id."""
    user = slack.users.get(str(arguments.get("user", "")))
    if user is None:
        raise Refusal("user_not_found")
    return {"ok": True, "user": user.as_json()}


def by_email(slack: Workspace, app: App, arguments: Json) -> Json:
    """`users.lookupByEmail`: one person who is still there, by e-mail address."""
    email = str(arguments.get("email", "")).lower()
    found = [user for user in slack.users.values() if user.email.lower() == email and not user.deleted]
    if not found:
        raise Refusal("users_not_found")
    return {"ok": True, "user": found[0].as_json()}


def groups(slack: Workspace, app: App, arguments: Json) -> Json:
    """`usergroups.list`: the user groups in use."""
    disabled_too = arguments.get("include_disabled") in {True, "true", "1"}
    found = [group for group in slack.groups.values() if disabled_too or not group.disabled]
    return {"ok": True, "usergroups": [group.as_json() for group in found]}


def group_members(slack: Workspace, app: App, arguments: Json) -> Json:
    """`usergroups.users.list`: who is in one."""
    group = slack.groups.get(str(arguments.get("usergroup", "")))
    if group is None or (group.disabled and not arguments.get("include_disabled")):
        raise Refusal("no_such_subteam")
    return {"ok": True, "users": [user.id for user in group.users]}


def team(slack: Workspace, app: App, arguments: Json) -> Json:
    """`team.info`: the workspace."""
    return {"ok": True, "team": {"id": slack.team_id, "name": "Acme", "domain": slack.domain}}
