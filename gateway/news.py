"""What replicas tell each other, and how it is written: JSON, small enough for every messenger. PURE.

    {"from": "5f0c…", "ended": ["req_…"], "changed": ["req_…"], "keys": true, "policies": true, "webhooks": true,
     "deliveries": true, "more": true}

News only say where to look again; nothing is believed that the database does not say. Unknown parts are ignored, so
that replicas of two versions understand each other.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_NAMED = 200
"""How many requests fit into one message: 33 characters each, and PostgreSQL takes fewer than 8 000 bytes."""
MOST_KEPT = 5_000
"""How many requests are named at all; beyond, everybody looks for themselves."""
REQUEST_ID = re.compile(r"req_[0-9a-z]{26}")


@dataclass(frozen=True, slots=True)
class News:
    """What has been committed: requests that ended, requests that are new or have changed in another way, and whether
    keys, policies, webhooks or deliveries were written.

    `more` says that there was something else, nobody knows what: look everywhere.
    """

    ended: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    keys: bool = False
    policies: bool = False
    webhooks: bool = False
    deliveries: bool = False
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.ended or self.changed) or any(getattr(self, flag) for flag in FLAGS)

    def __or__(self, other: "News") -> "News":
        """Return both in one."""
        ended, changed = self.ended | other.ended, self.changed | other.changed
        too_many = len(ended) + len(changed) > MOST_KEPT
        return News(
            ended=frozenset() if too_many else ended,
            changed=frozenset() if too_many else changed,
            keys=self.keys or other.keys,
            policies=self.policies or other.policies,
            webhooks=self.webhooks or other.webhooks,
            deliveries=self.deliveries or other.deliveries,
            more=self.more or other.more or too_many,
        )


NAMED = ("ended", "changed")
FLAGS = ("keys", "policies", "webhooks", "deliveries", "more")


def write_news(news: News, *, sender: str) -> list[str]:
    """Return the messages that say this: one, unless more requests are named than fit."""
    named = [(part, one) for part in NAMED for one in sorted(getattr(news, part))]
    parts = [named[start : start + MOST_NAMED] for start in range(0, len(named), MOST_NAMED)] or [[]]
    first, *others = ({"from": sender, **_by_part(part)} for part in parts)
    said = {flag: True for flag in FLAGS if getattr(news, flag)}
    return [json.dumps(message, separators=(",", ":")) for message in (first | said, *others)]


def _by_part(named: Sequence[tuple[str, str]]) -> dict[str, object]:
    found = {part: [one for where, one in named if where == part] for part in NAMED}
    return {part: ids for part, ids in found.items() if ids}


def read_news(text: str) -> tuple[str, News]:
    """Return who says what. Raises ValueError for what no replica of ours has written."""
    try:
        message = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    match message:
        case {"from": str(sender)}:
            ended, changed = (_ids(message.get(part, [])) for part in NAMED)
            return sender, News(ended, changed, **{flag: _said(message, flag) for flag in FLAGS})
        case _:
            raise ValueError("it does not say who sends it")


def _ids(ids: object) -> frozenset[str]:
    if not isinstance(ids, list) or not all(isinstance(one, str) and REQUEST_ID.fullmatch(one) for one in ids):
        raise ValueError("it does not list requests")
    return frozenset(ids)


def _said(message: Mapping[str, object], flag: str) -> bool:
    match message.get(flag, False):
        case bool(said):
            return said
        case _:
            raise ValueError(f"{flag} is neither true nor false")
