"""Which names count as misspelt."""

import pytest

from app.settings import names
from app.spelling import ELSEWHERE, hinted_among, misspelt_among

KNOWN = ("PORT", "LOG_LEVEL", "AGENTGATE_PUBLIC_URL", "SLACK_BOT_TOKEN")


def test_a_near_name_is_told_with_the_right_one() -> None:
    wrong = ["LOG_LEVLE", "SLACK_BOT_TOKENS"]
    assert misspelt_among(wrong, known=KNOWN, foreign=()) == {
        "LOG_LEVLE": "LOG_LEVEL",
        "SLACK_BOT_TOKENS": "SLACK_BOT_TOKEN",
    }


def test_what_begins_with_our_name_is_ours_however_unlike() -> None:
    wrong = ["AGENTGATE_XYZ", "AGENTGATE_PORT"]
    assert misspelt_among(wrong, known=KNOWN, foreign=()) == {
        "AGENTGATE_XYZ": "AGENTGATE_PUBLIC_URL",
        "AGENTGATE_PORT": "PORT",
    }


def test_right_and_foreign_names_are_left_alone() -> None:
    given = ["port", "PATH", "AGENTGATE_URL", "SLACK_WEBHOOK"]
    assert misspelt_among(given, known=KNOWN, foreign={"AGENTGATE_URL"}) == {}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("DISCORD_DEFAULT_CHANNEL", "DISCORD_DEFAULT_CHANNEL_ID"),
        ("DISCORD_APPROVER", "DISCORD_APPROVERS"),
        ("DISCORD_ALLOWED_GUILD", "DISCORD_ALLOWED_GUILDS"),
        ("SLACK_DEFAULT_CHANNELS", "SLACK_DEFAULT_CHANNEL"),
    ],
)
def test_what_is_plainly_ours_is_misspelt(wrong: str, right: str) -> None:
    assert misspelt_among([wrong], known=names(), foreign=()) == {wrong: right}


def test_what_other_programs_use_too_is_a_hint_and_no_mistake() -> None:
    assert hinted_among(["PATH", "PORT", *ELSEWHERE]) == ELSEWHERE
    assert misspelt_among(ELSEWHERE, known=names(), foreign=()) == {}
    assert set(ELSEWHERE.values()) <= set(names())


def test_where_ours_is_given_there_is_no_hint() -> None:
    assert hinted_among(["PUBLIC_URL", "AGENTGATE_PUBLIC_URL", "slack_token"]) == {"slack_token": "SLACK_BOT_TOKEN"}
