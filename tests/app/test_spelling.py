"""Which names count as misspelt."""

from app.spelling import misspelt_among

KNOWN = ("PORT", "LOG_LEVEL", "AGENTGATE_PUBLIC_URL", "SLACK_BOT_TOKEN")


def test_a_near_name_is_told_with_the_right_one() -> None:
    wrong = ["LOG_LEVLE", "SLACK_BOT_TOKENS"]
    assert misspelt_among(wrong, known=KNOWN, foreign=()) == {
        "LOG_LEVLE": "LOG_LEVEL",
        "SLACK_BOT_TOKENS": "SLACK_BOT_TOKEN",
    }


def test_what_begins_with_our_name_is_ours_however_unlike() -> None:
    assert misspelt_among(["AGENTGATE_XYZ"], known=KNOWN, foreign=()) == {"AGENTGATE_XYZ": "AGENTGATE_PUBLIC_URL"}


def test_right_and_foreign_names_are_left_alone() -> None:
    given = ["port", "PATH", "AGENTGATE_URL", "SLACK_WEBHOOK"]
    assert misspelt_among(given, known=KNOWN, foreign={"AGENTGATE_URL"}) == {}
