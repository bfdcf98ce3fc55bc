"""The gallery: a page has a name, somebody who looks at it, and a way there. `ways/` holds the ways."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.views import RequestView
from tests.browser.visitor import Visitor
from tests.browser.world import World
from tests.clock import Clock
from tests.gateway.linked import LEA, token


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody with a browser in a furnished world."""

    visitor: Visitor
    world: World
    clock: Clock

    @property
    def gate(self) -> Gate:
        """Return the gate whose pages these are."""
        return self.visitor.site.gate

    async def opens(self, path: str) -> None:
        """Open a page."""
        await self.visitor.opens(path)

    async def fills(self, label: str, text: str) -> None:
        """Fill in a field."""
        await self.visitor.page.get_by_label(label).fill(text)

    async def presses(self, button: str) -> None:
        """Press a button, and wait for the page that comes."""
        await self.visitor.presses(button)

    async def link(self, purpose: str, request: RequestView | None = None) -> str:
        """Return the path of a link that Lea was sent, for the refund where no other request is named."""
        return f"/l/{await token(self.gate, request or self.world.refund, LEA, purpose)}"


Way = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Stop:
    """One page, and who looks at it."""

    way: Way
    by: str | None

    def key(self, world: World) -> NewKey | None:
        """Return the key that is logged in."""
        return getattr(world, self.by) if self.by else None


PAGES: dict[str, Stop] = {}


def page(name: str, *, by: str | None = None) -> Callable[[Way], Way]:
    """Hang a page into the gallery, for somebody of the world or for whoever comes."""

    def hang(way: Way) -> Way:
        PAGES[name] = Stop(way, by)
        return way

    return hang
