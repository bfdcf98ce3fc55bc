"""Last of this folder: every route was seen to give every answer that the document declares."""

from gateway.api.openapi import problems_of
from gateway.api.routes import ROUTES
from tests.api.served import SEEN


def test_every_declared_answer_was_seen() -> None:
    """Holds after a run of all of tests/api; a part of it sees a part of the answers."""
    declared = {(route.name, status) for route in ROUTES for status in (*route.answers, *problems_of(route))}
    missing = sorted(f"{name} → {status}" for name, status in declared - SEEN)
    assert not missing, "no test of tests/api (run all of it) saw these declared answers: " + "; ".join(missing)
