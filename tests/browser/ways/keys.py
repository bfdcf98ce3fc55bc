"""API keys, for whoever manages them."""

from tests.browser.gallery import Scene, page


@page("keys", by="ida")
async def keys(scene: Scene) -> None:
    await scene.opens("/keys")


@page("keys-over", by="ida")
async def keys_over(scene: Scene) -> None:
    """With those that no longer work."""
    await scene.opens("/keys")
    await scene.visitor.page.locator("summary").click()


@page("key-new", by="ida")
async def new(scene: Scene) -> None:
    await scene.opens("/keys/new")


@page("key-new-refused", by="ida")
async def new_refused(scene: Scene) -> None:
    """The name is taken, and the rate is none."""
    await scene.opens("/keys/new")
    await scene.fills("Name", "lea")
    await scene.fills("Calls a minute", "often")
    await scene.presses("Create the key")


@page("key-secret", by="ida")
async def secret(scene: Scene) -> None:
    await scene.opens("/keys/new")
    await scene.fills("Name", "release-agent")
    await scene.visitor.page.get_by_label("request:create").check()
    await scene.presses("Create the key")


@page("key-secret-gone", by="ida")
async def secret_gone(scene: Scene) -> None:
    await scene.opens(f"/keys/{scene.world.lea.key.id}/secret")


@page("key-revoke", by="ida")
async def revoke(scene: Scene) -> None:
    await scene.opens(f"/keys/{scene.world.lea.key.id}/revoke")


@page("key-revoked", by="ida")
async def revoked(scene: Scene) -> None:
    await scene.opens(f"/keys/{scene.world.lea.key.id}/revoke")
    await scene.presses("Revoke the key")


@page("keys-closed", by="lea")
async def closed(scene: Scene) -> None:
    """A page that the key does not open."""
    await scene.opens("/keys")
