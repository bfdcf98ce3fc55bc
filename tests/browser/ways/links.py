"""What people see who were sent a link."""

from gateway.decide import decide
from models.words import Decision
from tests.browser.gallery import Scene, page


@page("link-approve")
async def approve(scene: Scene) -> None:
    await scene.opens(await scene.link("approve"))


@page("link-deny")
async def deny(scene: Scene) -> None:
    await scene.opens(await scene.link("deny"))


@page("link-view")
async def view(scene: Scene) -> None:
    await scene.opens(await scene.link("view"))


@page("link-asks-again")
async def asks_again(scene: Scene) -> None:
    """A reason is needed, and what was sent is blank: a browser does not notice."""
    await scene.opens(await scene.link("approve", scene.world.release))
    await scene.fills("Reason", "   ")
    await scene.presses("Approve")


@page("link-done")
async def done(scene: Scene) -> None:
    await scene.opens(await scene.link("deny"))
    await scene.fills("Reason", "Refund the second charge only, and by hand.")
    await scene.presses("Deny")


@page("link-over")
async def over(scene: Scene) -> None:
    """Somebody else was faster."""
    link = await scene.link("deny")
    ida = scene.world.ida.key.visitor
    await decide(scene.gate, scene.world.refund.id, Decision.APPROVED, by=ida, reason="Checked with the bank.")
    await scene.opens(link)


@page("link-too-late")
async def too_late(scene: Scene) -> None:
    link = await scene.link("approve")
    scene.clock.advance(hours=3)
    await scene.opens(link)


@page("link-unknown")
async def unknown(scene: Scene) -> None:
    await scene.opens(f"/l/{'x' * 43}")
