"""Somebody who watches a browser: what it complains of, and whom it calls."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Request, WebError

QUIET = {"log", "info", "debug", "verbose"}
A_PAGE_ITSELF = "Failed to load resource: the server responded with a status of"
"""What a console says of a page that is a refusal; of a part of a page it would be wrong."""

NOBODY_THERE = "net::ERR_CONNECTION_REFUSED"
"""What a browser says of anything it asks for while no server runs."""

HELD = "blob"
"""The scheme of what a page has in its own memory: nobody is called for it."""


@dataclass
class Watch:
    """Keeps every complaint: errors of scripts and of the console, what a policy forbids, calls to elsewhere."""

    origin: str = ""
    expected: str | None = None
    """How a complaint ends that a test itself gives reason for."""
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context from now on."""
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("request", self._follow)
        context.on("requestfailed", self._miss)

    def _hear(self, message: ConsoleMessage) -> None:
        is_about_page = message.text.startswith(A_PAGE_ITSELF) and message.page is not None
        if is_about_page and message.location["url"] == getattr(message.page, "url", None):
            return
        if message.type not in QUIET:
            self._note(f"console, {message.type}: {message.text}")

    def _catch(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _follow(self, request: Request) -> None:
        place = urlsplit(request.url)
        if place.scheme != HELD and f"{place.scheme}://{place.netloc}" != self.origin:
            self.complaints.append(f"called {request.url}")

    def _miss(self, request: Request) -> None:
        if not request.is_navigation_request() and request.failure != "net::ERR_ABORTED":
            self._note(f"did not get {request.url}: {request.failure}")

    def _note(self, complaint: str) -> None:
        if self.expected is None or not complaint.endswith(self.expected):
            self.complaints.append(complaint)
