"""Card → HTML. Total over every card; whatever stands in it is text, never markup."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gateway.card import Card, macro_of
from gateway.cards import clock_time
from gateway.moments import write_moment
from gateway.redact import visible
from web.times import distance


def templates() -> Environment:
    """Return the templates of the pages: everything that is put into them is escaped."""
    environment = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"iso": write_moment, "clock": clock_time, "distance": distance, "visible": visible}
    environment.globals["card_html"] = lambda card: card_html(environment, card)
    return environment


def card_html(environment: Environment, card: Card) -> Markup:
    """Return a card without its headline and its buttons: those stand where the page wants them."""
    parts = [(macro_of(section), section) for section in card.sections]
    return Markup(environment.get_template("card.html").render(card=card, parts=parts))  # noqa: S704 - a template has escaped it
