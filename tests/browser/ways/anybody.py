"""Pages for whoever comes."""

from tests.browser.gallery import Scene, page


@page("login")
async def login(scene: Scene) -> None:
    await scene.opens("/login")


@page("login-refused")
async def login_refused(scene: Scene) -> None:
    await scene.opens("/login")
    await scene.fills("API key", "agk_this-was-never-a-key")
    await scene.presses("Log in")


@page("login-again", by="lea")
async def login_again(scene: Scene) -> None:
    """A session is over."""
    scene.clock.advance(hours=13)
    await scene.opens("/")


@page("nowhere")
async def nowhere(scene: Scene) -> None:
    await scene.opens("/nowhere")
