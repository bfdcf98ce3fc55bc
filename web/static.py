"""The few files that pages need: read once, named by what is in them, kept by browsers until that changes."""

import hashlib
from importlib.resources import files

from aiohttp import web

SHEET = "style.css"
PARTS = (
    *("tokens", "page", "top", "card", "forms", "marks", "desk", "filter", "table"),
    *("keys", "board", "request", "trail"),
)
"""The sheet's parts in `static/style/`, in the order in which they are served as one."""
SCRIPTS = ("at-once.js", "copy.js", "live.js")
ICON = "gate.svg"
MEDIA = {SHEET: "text/css", ICON: "image/svg+xml"} | dict.fromkeys(SCRIPTS, "text/javascript")
FOR_EVER = "public, max-age=31536000, immutable"
"""For an address that names what is there: another content has another address."""
LOOK_AGAIN = "public, no-cache"


class Shelf:
    """Every file with the digest of its content."""

    def __init__(self) -> None:
        folder = files("web") / "static"
        sheet = b"\n".join((folder / "style" / f"{part}.css").read_bytes() for part in PARTS)
        self._files = {SHEET: sheet} | {name: (folder / name).read_bytes() for name in MEDIA if name != SHEET}
        self._digests = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in self._files.items()}

    def address(self, name: str) -> str:
        """Return a file's path with what is in it."""
        return f"/static/{name}?v={self._digests[name]}"

    def answer(self, http: web.Request, name: str) -> web.Response:
        """Return a file, or that it is still the same. Raises HTTPNotFound."""
        content = self._files.get(name)
        if content is None:
            raise web.HTTPNotFound
        etag = f'"{self._digests[name]}"'
        is_named = http.query.get("v") == self._digests[name]
        headers = {
            "ETag": etag,
            "Cache-Control": FOR_EVER if is_named else LOOK_AGAIN,
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        }
        if etag in http.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(body=content, content_type=MEDIA[name], charset="utf-8", headers=headers)
