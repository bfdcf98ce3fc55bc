"""The pictures that are drawn by a program."""

from tools.press.recording import PICTURES, cards, drawn


def test_the_card_in_the_documentation_is_today_s() -> None:
    kept = (PICTURES / "card.svg").read_text(encoding="utf-8")
    assert kept == drawn(cards(), name="card", title="one request, one card"), "run `make pictures`"
