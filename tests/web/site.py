"""The pages of a gate, served on loopback, and somebody who reads them and presses their button."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
from aiohttp import web
from tortoise import Tortoise

from gateway.api.door import make_api
from gateway.api.protocol import opened
from gateway.gate import Gate
from gateway.keys import NewKey
from models.db import select
from web.door import add_pages

VOID = {"meta", "link", "input", "img", "br", "hr"}


@dataclass
class Form:
    """A form on a page: where it goes, and what a browser would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    button: str = ""


@dataclass
class Page:
    """What stands on a page, as far as tests look. `action`, `button`, `fields` are those of its own forms."""

    status: int
    headers: Mapping[str, str]
    source: str
    text: str = ""
    title: str = ""
    heading: str = ""
    action: str | None = None
    button: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)

    def form(self, action: str) -> Form:
        """Return the form that goes there."""
        (found,) = [form for form in self.forms if form.action == action]
        return found


class Reader(HTMLParser):
    """Reads a page as a browser without scripts would; fails where tags do not match."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self._page = page
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._page.tags.append((tag, given))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "form":
            self._page.forms.append(Form(str(given["action"]), given.get("method") or "get"))
            if self._is_own:
                self._page.action = given["action"]
        if tag in {"input", "textarea"} and given.get("type") not in {"checkbox", "radio"}:
            self._fill(str(given["name"]), given.get("value") or "")

    @property
    def _is_own(self) -> bool:
        """Whether it is the page itself that is read, and not the head that every page has."""
        return "header" not in self._open

    def _fill(self, name: str, text: str) -> None:
        if "form" in self._open:
            fields = self._page.forms[-1].fields
            fields[name] = fields.get(name, "") + text
        if self._is_own:
            self._page.fields[name] = self._page.fields.get(name, "") + text

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, text: str) -> None:
        if "textarea" in self._open:
            self._fill("reason", text)
        if "title" in self._open:
            self._page.title += text
        elif "h1" in self._open:
            self._page.heading += text
        elif "button" in self._open and "form" in self._open:  # where whoever has no browser looks for it
            self._page.forms[-1].button += text
            self._page.button += text if self._is_own else ""
        if "body" in self._open:
            self._page.text += text


def read(answer: httpx.Response) -> Page:
    """Return what an answer shows."""
    page = Page(answer.status_code, answer.headers, answer.text)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8", answer.text[:300]
    Reader(page).feed(answer.text)
    return page


@dataclass
class Site:
    """A served gate, and a browser in front of it."""

    gate: Gate
    url: str
    browser: httpx.AsyncClient

    @property
    def port(self) -> int:
        """Return where it listens."""
        return httpx.URL(self.url).port or 80

    async def looks(self, token: str, *, method: str = "GET", **headers: str) -> Page:
        """Open a link."""
        return read(await self.browser.request(method, f"/l/{token}", headers=headers))

    async def presses(self, page: Page, *, reason: str | None = None, **headers: str) -> Page:
        """Send a page's form, as a browser would."""
        assert page.action is not None, page.text
        fields = page.fields | ({} if reason is None else {"reason": reason})
        sent = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"} | headers
        return read(await self.browser.post(page.action, data=fields, headers=sent))

    async def opens(self, path: str, **headers: str) -> Page:
        """Open a page, and be led on as a browser is."""
        return read(await self.browser.get(path, headers=headers, follow_redirects=True))

    async def sends(self, form: Form, **fields: str) -> Page:
        """Send a form with what was filled in, and be led on as a browser is."""
        sent = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        return read(
            await self.browser.post(form.action, data=form.fields | fields, headers=sent, follow_redirects=True)
        )

    async def logs_in(self, key: NewKey | str, *, to: str = "/") -> Page:
        """Log in with a key, and be led to a page."""
        page = await self.opens(f"/login?{urlencode({'next': to})}")
        return await self.sends(page.form("/login"), key=key if isinstance(key, str) else key.secret)

    async def answers(self, token: str, *, reason: str | None = None) -> Page:
        """Open a link and press its button."""
        return await self.presses(await self.looks(token), reason=reason)


@asynccontextmanager
async def site_of(gate: Gate, *, trusted_proxies: Sequence[str] = (), port: int = 0) -> AsyncIterator[Site]:
    """Serve the API and the pages of a gate until the block ends, on a free port where none is given."""
    app = make_api(gate)
    add_pages(app, gate, trusted_proxies=trusted_proxies)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    door = await asyncio.get_running_loop().create_server(opened(runner), "127.0.0.1", port)
    url = f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}"
    try:
        async with httpx.AsyncClient(
            base_url=url,
            timeout=30,
            limits=httpx.Limits(max_connections=100),
            verify=False,  # noqa: S501 - plain HTTP on loopback; loading certificates takes longer than a test
        ) as browser:
            yield Site(gate, url, browser)
    finally:
        gate.answer_all()
        door.close()
        await runner.cleanup()


async def stored() -> dict[str, list[dict[str, object]]]:
    """Return every row of every table."""
    tables = [model._meta.db_table for model in Tortoise.apps["models"].values()]
    return {table: await select(f"SELECT * FROM {table} ORDER BY 1") for table in tables}  # noqa: S608 - names of ours
