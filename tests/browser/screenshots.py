"""Pictures of every page, for people who want to see how they look: `make screenshots`."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.browser.looks import DESK, PHONE
from tests.browser.visitor import Visitor

WIDTHS = {PHONE.width, DESK.width}


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
        """Keep how a page looks from top to bottom, on a phone and on a desk, with script."""
        look = visitor.look
        if self.folder and look.script and look.width in WIDTHS:
            path = self.folder / f"{name}-{look.width}-{look.scheme}.png"
            await visitor.page.screenshot(path=path, full_page=True, scale="css", animations="disabled")
