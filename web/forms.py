"""What a form of ours sends: read with a bound, and only from our own pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.errors import Forbidden, Invalid
from web.origin import is_from_here
from web.pages import GATE

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 30
SEAL = "csrf"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, as they were sent."""

    pairs: Sequence[tuple[str, str]] = ()

    def get(self, name: str) -> str:
        """Return what a field holds, without the space around it; of one that stands there twice, the first counts."""
        return next(iter(self.all(name)), "").strip()

    def all(self, name: str) -> list[str]:
        """Return what every field of this name holds: a box that is ticked sends its value."""
        return [value for field, value in self.pairs if field == name]


async def read_form(http: web.Request) -> Form:
    """Return the fields of a form. Raises Invalid, HTTPUnsupportedMediaType or HTTPRequestEntityTooLarge."""
    try:
        raw = await http.read()
    except web.RequestPayloadError as error:
        raise Invalid("The form arrived broken; open the page again and answer there.") from error
    if raw and http.content_type != FORM:
        raise web.HTTPUnsupportedMediaType
    try:
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid("The form has more fields than ours; open the page again and answer there.") from error
    return Form(pairs)


def check_sender(http: web.Request, form: Form, *, token: str, otherwise: str) -> None:
    """Let a form through that stood on our page for this token. Raises Forbidden with the sentence of that page."""
    gate = http.app[GATE]
    comes_from_here = is_from_here(http.headers, public_url=gate.options.public_url)
    if not comes_from_here or not gate.tokens.is_form(form.get(SEAL), token):
        raise Forbidden(otherwise)
