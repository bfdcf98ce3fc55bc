"""Custom ids: what a button or a modal does, said by its id alone, so that cards from before a restart still work.

    agentgate:approve:now:req_…     approve; `ask` in place of `now` opens the modal for a reason first
    agentgate:deny:ask:req_…        deny
    agentgate:details:now:req_…     show everything
    agentgate:run:LINE              run a command line, such as `pending after:…`
    agentgate:page:KEY              run a line that is too long for an id; `Pages` knows it, until it is forgotten
    agentgate:reason:VERB:req_…     the modal that asks why

Within a message no two ids are the same: a second one like it carries a number (`agentgate:run.2:LINE`). A message's
patterns are `PRESSED`, `RUN` and `PAGE`, all with `fullmatch`; `ASKED` is the modal's.
"""

import re
from collections import OrderedDict
from hashlib import blake2b
from itertools import count

from gateway.card import Button, Verb

PREFIX = "agentgate"
LONGEST = 100
LONGEST_ID = 60
"""How long a request's id may be here; it has 30 characters."""

PRESSED = re.compile(rf"{PREFIX}:(?P<verb>approve|deny|details)(?:\.\d+)?:(?P<how>now|ask):(?P<request>\S+)")
RUN = re.compile(rf"{PREFIX}:run(?:\.\d+)?:(?P<line>.+)")
PAGE = re.compile(rf"{PREFIX}:page(?:\.\d+)?:(?P<key>[0-9a-f]+)")
ASKED = re.compile(rf"{PREFIX}:reason:(?P<verb>approve|deny):(?P<request>\S+)")


class Pages:
    """Command lines that are too long for a custom id, by a key; the one unused for longest is forgotten first.

    The key is made from the line, so the same line has the same key on every replica and after every restart.
    """

    def __init__(self, *, most: int = 1000) -> None:
        self._most = most
        self._lines: OrderedDict[str, str] = OrderedDict()

    def keep(self, line: str) -> str:
        """Remember a line and return its key."""
        key = blake2b(line.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        self._lines[key] = line
        self._lines.move_to_end(key)
        if len(self._lines) > self._most:
            self._lines.popitem(last=False)
        return key

    def line(self, key: str) -> str | None:
        """Return the line of a key, or None when it is forgotten."""
        if key in self._lines:
            self._lines.move_to_end(key)
        return self._lines.get(key)


def custom_id(button: Button, pages: Pages, *, taken: set[str]) -> str:
    """Return the id of a button, unlike those `taken` in its message, and take it."""
    for place in count(1):
        written = _written(button, pages, "" if place == 1 else f".{place}")
        if written not in taken:
            break
    taken.add(written)
    return written


def _written(button: Button, pages: Pages, place: str) -> str:
    if button.verb is not Verb.RUN:
        how = "ask" if button.asks_reason else "now"
        return f"{PREFIX}:{button.verb.value}{place}:{how}:{_request(button.value)}"
    line = f"{PREFIX}:run{place}:{button.value}"
    if len(line) <= LONGEST and RUN.fullmatch(line) and _is_kept_as_it_is(button.value):
        return line
    return f"{PREFIX}:page{place}:{pages.keep(button.value)}"


def _request(value: str) -> str:
    """Return a request's id; what is none finds no request, whatever is left of it."""
    return re.sub(r"\s", "", value)[:LONGEST_ID] or "-"


def _is_kept_as_it_is(line: str) -> bool:
    """Whether a line comes back from Discord unchanged for certain."""
    return line.isascii() and line.isprintable() and line == line.strip()


def reason_id(verb: Verb, request_id: str) -> str:
    """Return the id of the modal that asks why."""
    return f"{PREFIX}:reason:{verb.value}:{_request(request_id)}"
