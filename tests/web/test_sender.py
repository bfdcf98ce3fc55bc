"""A form counts only when it stood on the link's own page: the seal proves it, and the browser says so."""

from collections.abc import Callable

import pytest

from gateway import browse
from gateway.gate import Gate
from gateway.views import RequestView
from models.words import Status
from tests.gateway.linked import BEN, LEA, token
from tests.web.site import Page, Site, read
from web.origin import is_from_here

HERE = "https://gate.example.com"

Said = Callable[[str], dict[str, str]]
"""What a browser says of where a form stood, made from this server's address."""

FOREIGN: dict[str, Said] = {
    "another origin": lambda here: {"Origin": "https://evil.example"},
    "another port": lambda here: {"Origin": here.rpartition(":")[0]},
    "a longer name": lambda here: {"Origin": f"{here}.evil.example"},
    "our address as a user's name": lambda here: {"Origin": f"{here}@evil.example"},
    "another scheme": lambda here: {"Origin": "chrome-extension://abcdef"},
    "nonsense": lambda here: {"Origin": "http://[::1"},
    "null": lambda here: {"Origin": "null"},
    "null from another site": lambda here: {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "null with a foreign referer": lambda here: {"Origin": "null", "Referer": "https://evil.example/"},
    "a foreign referer alone": lambda here: {"Referer": "https://evil.example/l/x"},
    "our address in a foreign referer": lambda here: {"Referer": f"https://evil.example/?{here}"},
    "another site, as the browser says": lambda here: {"Origin": here, "Sec-Fetch-Site": "cross-site"},
    "a forwarded host": lambda here: {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"},
}  # fmt: skip

OURS: dict[str, Said] = {
    "our origin": lambda here: {"Origin": here, "Sec-Fetch-Site": "same-origin"},
    "the public address, behind a proxy": lambda here: {"Origin": "http://localhost:3000"},
    "null, and the browser says ours": lambda here: {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    "null, and our referer": lambda here: {"Origin": "null", "Referer": f"{here}/l/x"},
    "our referer alone": lambda here: {"Referer": f"{here}/l/x"},
    "nothing: no browser": lambda here: {},
}


async def sent(site: Site, link: str, fields: dict[str, str], **headers: str) -> Page:
    return read(await site.browser.post(f"/l/{link}/decide", data=fields, headers=headers))


async def still_waits(request: RequestView) -> bool:
    return (await browse.load(request.id)).status is Status.PENDING


@pytest.mark.parametrize("said", FOREIGN.values(), ids=FOREIGN)
async def test_a_form_from_elsewhere_is_not_counted(gate: Gate, site: Site, request_: RequestView, said: Said) -> None:
    link = await token(gate, request_, LEA)
    page = await sent(site, link, {"csrf": gate.tokens.form(link)}, **said(site.url))
    assert (page.status, page.heading) == (403, "This was not counted")
    assert "did not come from the link's own page" in page.text
    assert "Open the link again in your browser" in page.text
    assert await still_waits(request_)
    assert (await site.answers(link)).status == 200  # the link is as good as before


@pytest.mark.parametrize("said", OURS.values(), ids=OURS)
async def test_a_form_from_here_is_counted(gate: Gate, site: Site, request_: RequestView, said: Said) -> None:
    link = await token(gate, request_, LEA)
    page = await sent(site, link, {"csrf": gate.tokens.form(link)}, **said(site.url))
    assert (page.status, page.heading) == (200, "You approved this request")


async def test_without_the_seal_of_this_link_nothing_is_counted(gate: Gate, site: Site, request_: RequestView) -> None:
    link = await token(gate, request_, LEA)
    others = gate.tokens.form(await token(gate, request_, BEN))
    for fields in ({}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": others}, {"csrf": link}, {"csrf": "ü\x00"}):
        page = await sent(site, link, fields, Origin=site.url)
        assert (page.status, page.heading) == (403, "This was not counted"), fields
    assert await still_waits(request_)


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b'{"csrf": "x"}', "application/json", 415),
        (b"csrf=x", "text/plain", 415),
        (b"--b\r\n\r\n--b--", "multipart/form-data; boundary=b", 415),
        (b"a=1&" * 50, "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe=%ff", "application/x-www-form-urlencoded; charset=nonsense", 403),
        (b"csrf=" + b"x" * 1_100_000, "application/x-www-form-urlencoded", 413),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
async def test_what_is_no_form_of_ours_is_refused_with_a_page(
    gate: Gate, site: Site, request_: RequestView, body: bytes, media: str, status: int
) -> None:
    link = await token(gate, request_, LEA)
    answer = await site.browser.post(f"/l/{link}/decide", content=body, headers={"Content-Type": media})
    page = read(answer)
    assert (page.status, bool(page.heading)) == (status, True)
    assert await still_waits(request_)


@pytest.mark.parametrize(
    ("host", "origin", "is_ours"),
    [
        ("gate.example.com", "https://gate.example.com", True),
        ("gate.example.com", "https://GATE.example.com", True),
        ("gate.example.com:443", "https://gate.example.com", True),
        ("internal:3000", "https://gate.example.com", True),
        ("internal:3000", "http://internal:3000", True),
        ("internal:3000", "http://internal", False),
        ("gate.example.com", "https://gate.example.com:8443", False),
        ("gate.example.com", "ftp://gate.example.com", False),
        ("", "http://", False),
        ("", "", True),  # says nothing
    ],
)
def test_what_counts_as_ours(host: str, origin: str, *, is_ours: bool) -> None:
    assert is_from_here({"Host": host, "Origin": origin}, public_url=HERE) is is_ours
