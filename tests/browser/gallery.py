"""Every page that people can come to: its name, and the way there."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gateway.decide import decide
from models.words import Decision
from tests.browser.visitor import Visitor
from tests.browser.world import World
from tests.clock import Clock
from tests.gateway.linked import LEA, token


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody with a browser, in a furnished world."""

    visitor: Visitor
    world: World
    clock: Clock

    async def opens_link(self, purpose: str) -> None:
        """Open one of the links that Lea was sent for the refund."""
        await self.visitor.opens(f"/l/{await token(self.visitor.site.gate, self.world.refund, LEA, purpose)}")


Way = Callable[[Scene], Awaitable[None]]


async def _approve(scene: Scene) -> None:
    await scene.opens_link("approve")


async def _deny(scene: Scene) -> None:
    await scene.opens_link("deny")


async def _view(scene: Scene) -> None:
    await scene.opens_link("view")


async def _asks_again(scene: Scene) -> None:
    """A required reason was left out, and the browser did not notice: it was blank."""
    gate = scene.visitor.site.gate
    await scene.visitor.opens(f"/l/{await token(gate, scene.world.release, LEA)}")
    await scene.visitor.page.locator("textarea").fill("   ")
    await scene.visitor.presses("Approve")


async def _done(scene: Scene) -> None:
    await scene.opens_link("deny")
    await scene.visitor.page.locator("textarea").fill("Refund the second charge only, and by hand.")
    await scene.visitor.presses("Deny")


async def _over(scene: Scene) -> None:
    gate, refund = scene.visitor.site.gate, scene.world.refund
    link = await token(gate, refund, LEA, "deny")
    await decide(gate, refund.id, Decision.APPROVED, by=scene.world.ida.key.visitor, reason="Checked with the bank.")
    await scene.visitor.opens(f"/l/{link}")


async def _too_late(scene: Scene) -> None:
    link = await token(scene.visitor.site.gate, scene.world.refund, LEA)
    scene.clock.advance(hours=3)
    await scene.visitor.opens(f"/l/{link}")


async def _unknown(scene: Scene) -> None:
    await scene.visitor.opens(f"/l/{'x' * 43}")


async def _nowhere(scene: Scene) -> None:
    await scene.visitor.opens("/nowhere")


PAGES: Mapping[str, Way] = {
    "link-approve": _approve,
    "link-deny": _deny,
    "link-view": _view,
    "link-asks-again": _asks_again,
    "link-done": _done,
    "link-over": _over,
    "link-too-late": _too_late,
    "link-unknown": _unknown,
    "nowhere": _nowhere,
}
