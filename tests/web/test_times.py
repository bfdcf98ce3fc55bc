"""Times as pages say them."""

from datetime import UTC, datetime, timedelta

import pytest

from web.render import templates
from web.times import distance

NOW = datetime(2026, 1, 31, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-3), "3 s ago"),
        (timedelta(minutes=-3), "3 min ago"),
        (timedelta(days=-3), "3 days ago"),
        (timedelta(minutes=25), "in 25 min"),
        (timedelta(hours=3), "in 3 h"),
    ],
)
def test_a_moment_is_so_far_from_now(ahead: timedelta, said: str) -> None:
    assert distance(NOW + ahead, NOW) == said


def test_the_exact_moment_stands_behind_it() -> None:
    page = templates().from_string('{% from "parts.html" import when %}{{ when(moment, now) }}')
    assert page.render(moment=NOW - timedelta(hours=2), now=NOW) == (
        '<time datetime="2026-01-31T12:05:09.000Z" title="2026-01-31 12:05:09 UTC">2 h ago</time>'
    )
