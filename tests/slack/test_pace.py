"""About one message a second and channel, after a short burst; and the last word wins."""

import asyncio

from bot.slack.pace import BURST, Pace
from gateway.decide import decide
from gateway.views import Actor
from models.words import Decision
from tests.slack.house import House, Workspace, a_house


class Seconds:
    """Counts seconds as a test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_burst_everybody_waits_for_their_second() -> None:
    clock = Seconds()
    pace = Pace(clock)
    assert [pace.take("C1") for _ in range(BURST)] == [0.0] * BURST
    assert pace.take("C1") == 1.0
    clock.now = 1.0
    assert pace.take("C1") == 1.0


def test_channels_do_not_wait_for_each_other() -> None:
    pace = Pace(Seconds())
    for _ in range(BURST + 3):
        pace.take("C1")
    assert pace.take("C2") == 0.0


def test_quiet_time_is_saved_up_to_a_burst() -> None:
    clock = Seconds()
    pace = Pace(clock)
    clock.now = 1000.0
    assert [pace.take("C1") for _ in range(BURST + 1)] == [0.0] * BURST + [1.0]


async def test_those_who_wait_go_in_their_order() -> None:
    pace = Pace(Seconds(), per_second=1000)
    went: list[int] = []

    async def go(number: int) -> None:
        async with pace.turn("C1"):
            went.append(number)

    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(go(number))
    assert went == list(range(20))


async def test_many_changes_at_once_end_in_the_last_word_with_fewer_edits(database: None, place: Workspace) -> None:
    async with a_house(place, per_second=4) as house:
        await house.rule(approvalsNeeded=30)
        request = await house.asks()
        card = await house.card()
        await _thirty_answer(house, request.id)
        await house.shows(card, "Approved by terminal:person-29", within=30)
        assert len(card.edits) < 30


async def _thirty_answer(house: House, request_id: str) -> None:
    for number in range(30):
        await decide(house.gate, request_id, Decision.APPROVED, by=Actor("terminal", f"person-{number}"))
