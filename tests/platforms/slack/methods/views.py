"""`views.*`: modals and home tabs. https://docs.slack.dev/reference/methods/views.open"""

import secrets
import time
from typing import Any

from tests.platforms.slack.accounts import App
from tests.platforms.slack.block_kit.ids import with_ids
from tests.platforms.slack.block_kit.surfaces import VIEW_BYTES, view_size, wrong_with_view
from tests.platforms.slack.methods.refusals import Refusal, wrong
from tests.platforms.slack.reading import Json
from tests.platforms.slack.records import Trigger
from tests.platforms.slack.views import View
from tests.platforms.slack.workspace import Workspace

DEEPEST = 3


def open_modal(slack: Workspace, app: App, arguments: Json) -> Json:
    """`views.open`: a modal for whoever did what the trigger id stands for."""
    trigger = _trigger(slack, arguments)
    content = checked_view(arguments.get("view"), "modal")
    return _shown(slack, trigger, new_view(slack, app, trigger, content))


def push_modal(slack: Workspace, app: App, arguments: Json) -> Json:
    """`views.push`: one more on top of the modal that is open."""
    trigger = _trigger(slack, arguments)
    content = checked_view(arguments.get("view"), "modal")
    stack = slack.modals(trigger.user)
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= DEEPEST:
        raise Refusal("push_limit_reached")
    return _shown(slack, trigger, new_view(slack, app, trigger, content, under=stack[-1]))


def update(slack: Workspace, app: App, arguments: Json) -> Json:
    """`views.update`: show something else in a modal that is open."""
    view = _known(slack, app, arguments)
    if arguments.get("hash", view.hash) != view.hash:
        raise Refusal("hash_conflict")
    view.show(checked_view(arguments.get("view"), view.content["type"]), _hash())
    slack.bell.ring()
    return {"ok": True, "view": view.as_json()}


def publish(slack: Workspace, app: App, arguments: Json) -> Json:
    """`views.publish`: what somebody sees in the app's home tab."""
    user = slack.users.get(str(arguments.get("user_id", "")))
    if user is None:
        raise wrong("invalid_arguments", ["invalid `user_id` [json-pointer:/user_id]"])
    content = checked_view(arguments.get("view"), "home")
    home = slack.homes.get((app, user))
    if home and arguments.get("hash", home.hash) != home.hash:
        raise Refusal("hash_conflict")
    if home:
        home.show(content, _hash())
    else:
        home = slack.homes[app, user] = View(slack.new_id("V"), app, user, content, _hash())
        slack.views[home.id] = home
    slack.bell.ring()
    return {"ok": True, "view": home.as_json()}


def checked_view(view: Any, kind: str) -> Json:
    """Return the view with ids in its blocks, when Slack would take it."""
    if view_size(view) > VIEW_BYTES:
        raise Refusal("view_too_large")
    notes = wrong_with_view(view)
    if not notes and view["type"] != kind:
        notes = [f"must be a {kind} [json-pointer:/view/type]"]
    if notes:
        raise wrong("invalid_arguments", notes)
    return {**view, "blocks": with_ids(view["blocks"])}


def new_view(slack: Workspace, app: App, trigger: Trigger, content: Json, *, under: View | None = None) -> View:
    """Open a modal before somebody's eyes; one that is not pushed takes the place of what was open."""
    external_id = content.get("external_id")
    if external_id and any(view.content.get("external_id") == external_id for view in slack.views.values()):
        raise Refusal("duplicate_external_id")
    if under is None:
        for view in slack.modals(trigger.user):
            view.is_open = False
    view = View(slack.new_id("V"), app, trigger.user, content, _hash(), under)
    slack.views[view.id] = view
    slack.bell.ring()
    return view


def _trigger(slack: Workspace, arguments: Json) -> Trigger:
    trigger = slack.triggers.get(str(arguments.get("trigger_id", "")))
    if trigger is None:
        raise Refusal("invalid_trigger_id")
    if trigger.used:
        raise Refusal("exchanged_trigger_id")
    if time.monotonic() - trigger.made_at > slack.trigger_seconds:
        raise Refusal("expired_trigger_id")
    return trigger


def _shown(slack: Workspace, trigger: Trigger, view: View) -> Json:
    trigger.used, trigger.view = True, view
    slack.bell.ring()
    return {"ok": True, "view": view.as_json()}


def _known(slack: Workspace, app: App, arguments: Json) -> View:
    view_id, external_id = arguments.get("view_id"), arguments.get("external_id")
    for view in slack.views.values():
        matches = view.id == view_id or (external_id and view.content.get("external_id") == external_id)
        if matches and view.is_open and view.app is app:
            return view
    raise Refusal("not_found")


def _hash() -> str:
    return f"{int(time.time())}.{secrets.token_hex(4)}"
