"""The ids that Slack makes up where a payload has none."""

import itertools
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]


def with_ids(blocks: Iterable[Json]) -> list[Json]:
    """Return the blocks with ids where they, or what can be pressed in them, have none, as Slack gives them."""
    named = {block.get("block_id") for block in blocks}
    fresh = (name for number in itertools.count() if (name := f"b{number:03x}") not in named)
    return [{**_with_action_ids(block), "block_id": block.get("block_id") or next(fresh)} for block in blocks]


def _with_action_ids(block: Json) -> Json:
    fresh = (f"a{number:03x}" for number in itertools.count())

    def named(element: Json) -> Json:
        return element if element["type"] == "image" else {"action_id": next(fresh), **element}

    whole = dict(block)
    for key in {"accessory", "element"} & block.keys():
        whole[key] = named(block[key])
    if block["type"] == "actions":
        whole["elements"] = [named(element) for element in block["elements"]]
    return whole
