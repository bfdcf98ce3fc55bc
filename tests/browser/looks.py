"""How somebody looks at a page: how wide, light or dark, with script or without."""

from dataclasses import dataclass, replace
from typing import Literal

Scheme = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Look:
    """A screen, and what its owner has set."""

    width: int
    height: int
    scheme: Scheme = "light"
    script: bool = True

    def __str__(self) -> str:
        return f"{self.width} px, {self.scheme}, {'with' if self.script else 'without'} script"

    @property
    def is_touched(self) -> bool:
        """Whether fingers press there."""
        return self.width < 1000

    @property
    def is_a_phone(self) -> bool:
        """Whether it is held in one hand."""
        return self.width < 500

    @property
    def in_the_dark(self) -> "Look":
        """The same in dark colours."""
        return replace(self, scheme="dark")

    @property
    def without_script(self) -> "Look":
        """The same in a browser that runs no script."""
        return replace(self, script=False)


PHONE = Look(360, 640)
TABLET = Look(768, 1024)
DESK = Look(1280, 800)
SMALLEST = Look(320, 512)
"""A desk of 1280 px at four times the size, to which pages have to fold. https://www.w3.org/TR/WCAG22/#reflow"""
EVERY = (PHONE, TABLET, DESK, *(look.in_the_dark for look in (PHONE, TABLET, DESK)))
