"""Where somebody wanted to go before they had to log in: a path on this server, never another place. PURE."""

import re
from urllib.parse import quote, urlsplit

LOCAL = re.compile(r"/(?!/)[!-\[\]-~]{0,1999}")
"""One slash, then printable ASCII but the backslash, which browsers take for a slash."""
NO_PLACES = ("/login", "/logout")


def local_path(text: str) -> str:
    """Return a path with its query as it was given; where it is none of ours to lead to, the first page."""
    is_local = LOCAL.fullmatch(text) and text.partition("?")[0] not in NO_PLACES
    return text if is_local else "/"


def path_of(referer: str, *, base: str) -> str:
    """Return the path of a page of ours that sent a form."""
    try:
        parts = urlsplit(referer)
    except ValueError:
        return "/"
    path = parts.path.removeprefix(base)
    return local_path(f"{path}?{parts.query}" if parts.query else path)


def login_path(next_path: str) -> str:
    """Return where to log in, to be led on from there."""
    return "/login" if next_path == "/" else f"/login?next={quote(next_path, safe='/')}"
