"""Ids are ordered by time, codes are unguessable."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.ids import CODE_ALPHABET, Ids, first_id_at, milliseconds, new_code
from tests.clock import Clock

moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def test_ids_have_their_shape() -> None:
    ids = Ids(Clock())
    assert re.fullmatch(r"req_[0-9a-hjkmnp-tv-z]{26}", ids("req"))
    assert len(ids("evt")) == 30


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=50))
def test_each_id_is_greater_than_all_before_also_when_the_clock_steps_back(steps: list[float]) -> None:
    clock = Clock()
    ids = Ids(clock)
    made = []
    for step in steps:
        clock.advance(seconds=step)
        made += [ids("req"), ids("req")]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ten_thousand_of_one_moment_are_in_order() -> None:
    ids = Ids(Clock())
    made = [ids("req") for _ in range(10_000)]
    assert made == sorted(set(made))


@given(moments, st.timedeltas(timedelta(0), timedelta(days=365)))
def test_the_first_id_of_a_moment_bounds_all_ids(moment: datetime, later: timedelta) -> None:
    made = Ids(lambda: moment)("evt")
    bound = first_id_at("evt", moment)
    assert len(bound) == len(made)
    assert bound <= made
    assert made < first_id_at("evt", moment + timedelta(milliseconds=1))
    assert bound <= first_id_at("evt", moment + later)


@given(moments)
def test_milliseconds_are_whole_and_exact(moment: datetime) -> None:
    exact = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert milliseconds(moment) == exact


def test_before_1970_is_the_beginning() -> None:
    assert first_id_at("evt", datetime(1066, 1, 1, tzinfo=UTC)) == "evt_" + "0" * 26
    assert first_id_at("evt", datetime.max.replace(tzinfo=UTC)) > first_id_at("evt", datetime(2999, 1, 1, tzinfo=UTC))


def test_codes_use_every_sign_and_no_look_alikes() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert set("".join(codes)) == set(CODE_ALPHABET)
    assert not set(CODE_ALPHABET) & set("0o1il")
