"""Requests: the list of them, and each by itself, before and after its answer."""

from tests.browser.gallery import Scene, page


@page("requests", by="lea")
async def requests(scene: Scene) -> None:
    await scene.opens("/requests")


@page("requests-filtered", by="lea")
async def filtered(scene: Scene) -> None:
    await scene.opens("/requests?status=denied&urgency=high")


@page("requests-none", by="lea")
async def none(scene: Scene) -> None:
    await scene.opens("/requests?action=nothing.like.it")


@page("requests-empty", by="newcomer")
async def empty(scene: Scene) -> None:
    await scene.opens("/requests")


@page("request", by="lea")
async def request(scene: Scene) -> None:
    await scene.opens(f"/requests/{scene.world.refund.id}")


@page("request-reason-needed", by="lea")
async def reason_needed(scene: Scene) -> None:
    """One of two has approved, and a reason is needed: a blank one does not count."""
    await scene.opens(f"/requests/{scene.world.release.id}")
    await scene.fills("Reason", "   ")
    await scene.presses("Approve")


@page("request-approved", by="lea")
async def answered(scene: Scene) -> None:
    """The second of two approves."""
    await scene.opens(f"/requests/{scene.world.release.id}")
    await scene.fills("Reason", "Canary and error budget look good.")
    await scene.presses("Approve")


@page("request-denied", by="lea")
async def denied(scene: Scene) -> None:
    await scene.opens(f"/requests/{scene.world.denied.id}")


@page("request-own", by="agent")
async def own(scene: Scene) -> None:
    """Whoever asked may look, and may not decide."""
    await scene.opens(f"/requests/{scene.world.refund.id}")


@page("request-unknown", by="lea")
async def unknown(scene: Scene) -> None:
    await scene.opens("/requests/zzzz-zzzz")
