"""What is asked in Slack, and the tokens it is asked with, stay out of the log, also at its loudest."""

import pytest

from tests.loud import loud
from tests.slack.house import APPROVE, House


async def test_the_log_knows_who_and_what_kind_and_nothing_that_was_asked(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    with loud():
        await house.asks(params={"password": "hunter2", "note": "hush-hush"}, context={"reason": "between-us"})
        card = await house.card()
        await house.slack.click(house.ada, card, APPROVE)
        await house.shows(card, "Approved")
        logged = capsys.readouterr().err
    assert "request.approved" in logged
    for secret in ("hunter2", "hush-hush", "between-us", house.slack.app.bot_token, house.slack.app.app_token):
        assert secret not in logged
