"""The variables that `.env.example` explains."""

import re

from tests.house.tree import ROOT

EXAMPLE = ROOT / ".env.example"
LINE = re.compile(r"^# (.+)\n# ([A-Z_]+)=(.*)$", re.MULTILINE)


def exemplified() -> dict[str, tuple[str, str]]:
    """Return what the example says of each variable, in its order: what it is for, and its default."""
    lines = LINE.findall(EXAMPLE.read_text(encoding="utf-8"))
    named = {name: (meaning, default) for meaning, name, default in lines}
    assert len(named) == len(lines), "a variable stands in .env.example twice"
    return named
