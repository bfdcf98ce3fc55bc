"""Custom ids: a press is understood by its id alone, after a restart and for any button."""

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.custom_ids import ASKED, LONGEST, PAGE, PRESSED, RUN, Pages, custom_id, reason_id
from gateway.card import Button, Verb

REQUEST = "req_01jabcdefghjkmnpqrstvwxyz0"
deciding = st.sampled_from([Verb.APPROVE, Verb.DENY, Verb.DETAILS])


@given(deciding, st.booleans(), st.integers(1, 12))
def test_a_button_of_a_request_says_what_it_does_to_which(verb: Verb, asks: bool, times: int) -> None:
    taken: set[str] = set()
    ids = [custom_id(Button(verb, "x", REQUEST, asks), Pages(), taken=taken) for _ in range(times)]
    assert len(set(ids)) == times
    assert ids[0] == f"agentgate:{verb.value}:{'ask' if asks else 'now'}:{REQUEST}"
    for one in ids:
        found = PRESSED.fullmatch(one)
        assert found
        assert found.groupdict() == {"verb": verb.value, "how": "ask" if asks else "now", "request": REQUEST}
        assert RUN.fullmatch(one) is PAGE.fullmatch(one) is ASKED.fullmatch(one) is None


@given(st.text(max_size=200) | st.text("ab :é.", max_size=200), st.integers(1, 12))
def test_a_line_comes_back_whole_however_long_it_is(line: str, times: int) -> None:
    pages = Pages()
    taken: set[str] = set()
    for one in [custom_id(Button(Verb.RUN, "x", line), pages, taken=taken) for _ in range(times)]:
        assert 1 <= len(one) <= LONGEST
        assert one.isascii()
        run, page = RUN.fullmatch(one), PAGE.fullmatch(one)
        assert (run["line"] if run else pages.line(page["key"]) if page else None) == line
        assert PRESSED.fullmatch(one) is ASKED.fullmatch(one) is None
    assert len(taken) == times


def test_a_short_line_needs_no_memory() -> None:
    written = custom_id(Button(Verb.RUN, "Older", "pending after:abc"), Pages(), taken=set())
    assert written == "agentgate:run:pending after:abc"


@given(deciding, st.text(max_size=300))
def test_an_id_that_is_none_still_makes_a_button_that_discord_takes(verb: Verb, value: str) -> None:
    written = custom_id(Button(verb, "x", value), Pages(), taken=set())
    assert len(written) <= LONGEST
    assert PRESSED.fullmatch(written)


def test_the_page_unused_for_longest_is_forgotten_first() -> None:
    pages = Pages(most=3)
    first, second, third = [pages.keep(f"audit after:{number}") for number in range(3)]
    assert pages.line(first) == "audit after:0"
    pages.keep("audit after:3")
    assert pages.line(second) is None
    assert [pages.line(first), pages.line(third)] == ["audit after:0", "audit after:2"]


def test_the_same_line_has_the_same_key_on_every_replica() -> None:
    pages = Pages(most=2)
    key = Pages().keep("audit")
    assert {pages.keep("audit") for _ in range(5)} == {key}
    pages.keep("pending")
    assert pages.line(key) == "audit"


def test_a_modal_says_what_it_is_for() -> None:
    for verb in (Verb.APPROVE, Verb.DENY):
        found = ASKED.fullmatch(reason_id(verb, REQUEST))
        assert found
        assert found.groupdict() == {"verb": verb.value, "request": REQUEST}
        assert PRESSED.fullmatch(found[0]) is None
