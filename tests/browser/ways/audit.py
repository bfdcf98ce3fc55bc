"""The audit trail, for whoever reads it."""

from tests.browser.gallery import Scene, page


@page("audit", by="nora")
async def audit(scene: Scene) -> None:
    await scene.opens("/audit")


@page("audit-filtered", by="lea")
async def filtered(scene: Scene) -> None:
    await scene.opens("/audit?event=request.denied")


@page("audit-none", by="nora")
async def none(scene: Scene) -> None:
    await scene.opens("/audit?actor=nobody:at-all")
