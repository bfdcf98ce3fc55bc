"""Pictures of every page, for people who want to see how they look: `make screenshots`."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from tests.browser.visitor import Visitor


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
        look = visitor.look
        if self.folder:
            height = await visitor.page.evaluate("document.documentElement.scrollHeight")
            await visitor.turns(replace(look, height=max(look.height, height)))  # so that what sticks is at the bottom
            await visitor.page.screenshot(path=self.folder / f"{name}-{look.width}-{look.scheme}.png", scale="css")
            await visitor.turns(look)
