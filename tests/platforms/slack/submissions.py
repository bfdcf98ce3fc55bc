"""What the ack of a submission does to the modal. https://docs.slack.dev/surfaces/modals#response_actions"""

import time

from tests.platforms.slack.methods.refusals import Refusal
from tests.platforms.slack.methods.views import checked_view, new_view
from tests.platforms.slack.reading import Json
from tests.platforms.slack.records import Trigger
from tests.platforms.slack.views import View
from tests.platforms.slack.workspace import Workspace


def answer_submission(slack: Workspace, view: View, payload: Json | None) -> None:
    """Do to a modal what the ack of its submission says."""
    match (payload or {}).get("response_action"):
        case None if not payload:
            view.is_open = False
        case "clear":
            for each in slack.modals(view.user):
                each.is_open = False
        case "errors":
            view.errors = _errors(view, (payload or {})["errors"])
        case "update":
            view.show(checked_view((payload or {})["view"], "modal"), f"{time.time()}")
        case "push":
            trigger = Trigger(view.user, time.monotonic())
            new_view(slack, view.app, trigger, checked_view((payload or {})["view"], "modal"), under=view)
        case _:
            raise Refusal("unexpected_payload", payload=payload)


def _errors(view: View, errors: dict[str, str]) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or errors.keys() - inputs:
        raise Refusal("errors_name_no_input_block", errors=errors)
    return errors
