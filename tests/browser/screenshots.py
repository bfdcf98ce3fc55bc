"""Pictures of every page, for people who want to see how they look: `make screenshots`.

Those that the documentation shows are taken once more, of one screen and with twice the dots, into `for-docs/`: copy
them to `docs/pictures/` when they have changed.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from tests.browser.visitor import Visitor

FOR_DOCS = {
    "requests-360-light", "request-360-light", "request-360-dark", "link-approve-360-light", "keys-360-dark",
    "letter-360-light",
}  # fmt: skip
FOR_DOCS_WIDE = {"requests-1280-light", "requests-1280-dark", "request-1280-light", "audit-1280-light"}


@dataclass(frozen=True, slots=True)
class Screenshots:
    """Where pictures go: to the folder that `SCREENSHOTS` in the environment names, else nowhere."""

    folder: Path | None

    @classmethod
    def wanted(cls) -> "Screenshots":
        """Return where whoever started the tests wants them."""
        folder = os.environ.get("SCREENSHOTS")
        return cls(Path(folder) if folder else None)

    async def take(self, visitor: Visitor, name: str) -> None:
        """Keep how a page looks from top to bottom."""
        if self.folder is None:
            return
        look, page = visitor.look, visitor.page
        file = f"{name}-{look.width}-{look.scheme}"
        if file in FOR_DOCS | FOR_DOCS_WIDE:
            path = self.folder / "for-docs" / f"{file}.png"
            await page.screenshot(path=path, scale="device" if file in FOR_DOCS else "css")
        height = await page.evaluate("document.documentElement.scrollHeight")
        await visitor.turns(replace(look, height=max(look.height, height)))  # so that what sticks is at the bottom
        await page.screenshot(path=self.folder / f"{file}.png", scale="css")
        await visitor.turns(look)
