"""What replicas tell each other, as it is written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.news import MOST_KEPT, MOST_NAMED, News, read_news, write_news

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
IDS = st.text(ALPHABET, min_size=26, max_size=26).map(lambda text: f"req_{text}")
NEWS = st.builds(
    News,
    ended=st.frozensets(IDS, max_size=5),
    changed=st.frozensets(IDS, max_size=5),
    keys=st.booleans(),
    policies=st.booleans(),
    more=st.booleans(),
)
ENOUGH_FOR_POSTGRESQL = 7_999
SENDER = "0123456789abcdef"


def ids(count: int) -> frozenset[str]:
    return frozenset(f"req_{number:026}" for number in range(count))


@given(NEWS)
def test_what_is_written_is_read(news: News) -> None:
    (message,) = write_news(news, sender=SENDER)
    assert read_news(message) == (SENDER, news)


@pytest.mark.parametrize("count", [0, 1, MOST_NAMED, MOST_NAMED + 1, 10 * MOST_NAMED])
def test_however_many_have_ended_every_message_is_small_enough(count: int) -> None:
    messages = write_news(News(ended=ids(count), keys=True), sender=SENDER)
    assert len(messages) == max(1, -(-count // MOST_NAMED))
    assert max(len(message.encode()) for message in messages) <= ENOUGH_FOR_POSTGRESQL
    told = News()
    for message in messages:
        told |= read_news(message)[1]
    assert told == News(ended=ids(count), keys=True)


@given(NEWS, NEWS)
def test_news_add_up(first: News, second: News) -> None:
    both = first | second
    assert both.ended == first.ended | second.ended
    assert both.keys == (first.keys or second.keys)
    assert bool(both) == (bool(first) or bool(second))


def test_too_many_to_name_is_a_reason_to_look_everywhere() -> None:
    assert (News(ended=ids(MOST_KEPT)) | News(keys=True)).ended == ids(MOST_KEPT)
    assert News(ended=ids(MOST_KEPT)) | News(ended=frozenset({"req_" + "z" * 26})) == News(more=True)


def test_nothing_is_nothing() -> None:
    assert not News()
    assert read_news(json.dumps({"from": "x"})) == ("x", News())


def test_what_a_newer_version_adds_is_ignored() -> None:
    assert read_news('{"from":"x","keys":true,"people":true,"v":2}') == ("x", News(keys=True))


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "hello",
        "{}",
        "[]",
        "null",
        '"from"',
        '{"from":7}',
        '{"from":"x","ended":7}',
        '{"from":"x","ended":["a"]}',
        '{"from":"x","ended":[7]}',
        '{"from":"x","ended":{"req_1":1}}',
        '{"from":"x","ended":["req_0123456789abcdefghijklmnop\\n"]}',
        '{"from":"x","keys":1}',
        '{"from":"x","more":"yes"}',
        '{"from":' + "9" * 5000 + "}",
        "[" * 100_000,
    ],
)
def test_what_no_replica_has_written_is_refused(nonsense: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_news(nonsense)
