"""Pages by cursor, as Slack cuts them."""

import base64
from typing import Any

from tests.platforms.slack.methods.refusals import Refusal
from tests.platforms.slack.reading import Json
from tests.platforms.slack.workspace import Workspace


def page(slack: Workspace, arguments: Json, name: str, everything: list[Any]) -> Json:
    """Return the page that `cursor` and `limit` ask for; never more than the workspace gives."""
    start = _decoded(str(arguments.get("cursor") or ""))
    end = start + min(int(arguments.get("limit") or slack.page_size), slack.page_size)
    more = base64.b64encode(f"next:{end}".encode()).decode() if end < len(everything) else ""
    return {"ok": True, name: everything[start:end], "response_metadata": {"next_cursor": more}}


def _decoded(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("next:"))
    except ValueError as error:
        raise Refusal("invalid_cursor") from error
