"""What a form of ours sends: read with a bound, and only from our own pages."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.errors import Forbidden, Invalid
from web.origin import is_from_here
from web.pages import GATE

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 20
SEAL = "csrf"
ELSEWHERE = (
    "This answer did not come from the link's own page, so it was not counted. "
    "Open the link again in your browser, and answer there."
)


async def read_form(http: web.Request) -> Mapping[str, str]:
    """Return the fields of a form. Raises Invalid, HTTPUnsupportedMediaType or HTTPRequestEntityTooLarge."""
    try:
        raw = await http.read()
    except web.RequestPayloadError as error:
        raise Invalid("The form arrived broken; open the link again and answer there.") from error
    if raw and http.content_type != FORM:
        raise web.HTTPUnsupportedMediaType
    try:
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid("The form has more fields than ours; open the link again and answer there.") from error
    return dict(reversed(pairs))  # of a field that stands there twice, the first counts


def check_sender(http: web.Request, form: Mapping[str, str], *, token: str) -> None:
    """Let a form through that stood on the page of this link. Raises Forbidden."""
    gate = http.app[GATE]
    comes_from_here = is_from_here(http.headers, public_url=gate.options.public_url)
    if not comes_from_here or not gate.tokens.is_form(form.get(SEAL, ""), token):
        raise Forbidden(ELSEWHERE)
