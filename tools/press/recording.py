"""`make pictures`: what `make demo` shows in a terminal, and a card before and after its decision, as pictures."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, Group, RenderableType
from rich.text import Text

from bot.terminal.render import card_view
from gateway.cards import request_card
from gateway.digest import digest_of
from gateway.views import PolicyDecision, RequestView
from models.words import DeciderType, Outcome, Status, Urgency
from tools.press.pages import DOCS

PICTURES = DOCS / "pictures"
WIDTH = 100
FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""The reader's own fonts do: a picture that fetches some would call somebody."""


NOW = datetime(2026, 3, 11, 14, 30, tzinfo=UTC)
ACTION = "payments.refund"
PARAMS = {"amount": "1,249.00 EUR", "api_key": "sk_live_51H8x", "customer": "Northwind Traders", "order": 20931}
WAITS = RequestView(
    id="req_01kkeg9rsr5hd3qsa4njhca0gn", code="k7qm3vtx", action=ACTION, params=PARAMS,
    context={"reason": "Customer was charged twice for order 20931."}, digest=digest_of(ACTION, PARAMS),
    status=Status.PENDING, urgency=Urgency.HIGH, requested_by="api:billing-agent", asker_key_id=None,
    created_at=NOW, updated_at=NOW, expires_at=NOW + timedelta(minutes=26), decided_at=None, decided_by=None,
    decided_by_type=None, decision_reason=None, approvals_needed=1, require_reason=False, approvals=(),
    policy_decision=PolicyDecision(Outcome.ROUTE_TO_HUMAN, "money", 0), targets=("slack:#ops",), escalated_at=None,
    confirmed_at=None, result=None,
)  # fmt: skip
APPROVED = replace(
    WAITS, status=Status.APPROVED, decided_at=NOW + timedelta(minutes=2), decided_by="slack:U0ADA",
    decided_by_type=DeciderType.HUMAN, decision_reason="The bank confirms it.",
)  # fmt: skip


def main() -> int:
    """Play the demo, draw the cards, and keep how both look."""
    PICTURES.mkdir(exist_ok=True)
    for name, title, shown in (("demo", "make demo", played()), ("card", "one request, one card", cards())):
        (PICTURES / f"{name}.svg").write_text(drawn(shown, name=name, title=title), encoding="utf-8")
        print(f"written: {name}.svg")
    return 0


def played() -> RenderableType:
    """Return what the demo shows."""
    server = Path(sys.executable).with_name("agentgate-server")
    colours = {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    done = subprocess.run([server, "demo"], env=colours, capture_output=True, text=True, check=True)
    return Text.from_ansi(done.stdout.strip("\n"))


def cards() -> RenderableType:
    """Return the card of a request that waits, and the same card when it is approved."""
    numbers = count(1)
    both = [request_card(one, now=NOW, public_url="https://gate.example.com") for one in (WAITS, APPROVED)]
    return Group(*[card_view(card, number=lambda _button: next(numbers)) for card in both])


def drawn(shown: RenderableType, *, name: str, title: str) -> str:
    """Return what a terminal shows as SVG that loads nothing."""
    everywhere = {"width": WIDTH, "height": 100, "force_terminal": True, "color_system": "truecolor", "no_color": False}
    console = Console(record=True, file=StringIO(), **everywhere)  # type: ignore[arg-type]  # each is of its own kind
    console.print(shown)
    text = console.export_svg(title=title, code_format=FONTS.sub("", CONSOLE_SVG_FORMAT), unique_id=name)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
