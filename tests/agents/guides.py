"""The examples of the guides, taken from the pages as they stand there."""

import re

from tests.house.tree import ROOT


def examples(page: str, language: str) -> list[str]:
    """Return the code blocks of a guide in one language."""
    text = (ROOT / "docs/howto" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
