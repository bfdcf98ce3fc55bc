"""A link decides once, for its request, its verdict and its recipient; looking changes nothing."""

import asyncio
from datetime import timedelta

import pytest

from gateway import browse
from gateway.cancel import cancel
from gateway.decide import Decided, decide
from gateway.errors import AlreadyFinal, Forbidden, Gone, NotFound, ReasonRequired
from gateway.follow import check_link, decide_by_link, open_link
from gateway.gate import Gate, Options
from gateway.keys import NewKey
from gateway.overdue import expire_overdue
from models import events
from models.db import connection, select
from models.words import DeciderType, Decision, Status
from tests.clock import Clock
from tests.conftest import TARGET
from tests.gateway.linked import BEN, LEA, OPS, token
from tests.gateway.scenes import ALICE, asked, ruled, story_of


@pytest.fixture
def options() -> Options:
    return Options(default_targets=(LEA, BEN, OPS, TARGET), rate_limit_rpm=100_000)


@pytest.mark.parametrize(("purpose", "word"), [("approve", "approved"), ("deny", "denied")])
async def test_a_link_decides_as_its_recipient(gate: Gate, agent: NewKey, purpose: str, word: str) -> None:
    request = await asked(gate, agent)
    decided = await decide_by_link(gate, await token(gate, request, LEA, purpose), reason=" I looked. ")
    assert decided.counted
    ended = decided.request
    assert (ended.status.value, ended.decided_by, ended.decision_reason) == (word, LEA, "I looked.")
    assert ended.decided_by_type is DeciderType.HUMAN
    assert (await story_of(request))[-3:] == [
        f"link.used by {LEA}", f"request.{word} by {LEA}", f"request.decided by {LEA}",
    ]  # fmt: skip
    used = next(event for event in await events.of(request.id) if event.type == "link.used")
    assert used.details == {"recipient": LEA, "verdict": word}


async def test_a_link_in_a_channel_decides_as_that_channels(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    decided = await decide_by_link(gate, await token(gate, request, OPS))
    assert decided.request.decided_by == "link:slack:#ops"


async def test_using_one_link_ends_all_of_the_requests(gate: Gate, agent: NewKey) -> None:
    request, other = await asked(gate, agent), await asked(gate, agent)
    tokens = [
        await token(gate, request, target, purpose) for target in (LEA, BEN, OPS) for purpose in ("approve", "deny")
    ]
    await decide_by_link(gate, tokens[0])
    for each in tokens:
        with pytest.raises(Gone, match=f"was already approved by {LEA}"):
            await decide_by_link(gate, each)
    rows = await select("SELECT used_at, spent_at FROM links WHERE request_id = $1", request.id)
    assert sorted((row["used_at"] is None, row["spent_at"] is None) for row in rows) == [(False, True)] + 7 * [
        (True, False)
    ]
    assert (await decide_by_link(gate, await token(gate, other, BEN))).counted


async def test_looking_changes_nothing(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    tokens = [await token(gate, request, LEA, purpose) for purpose in ("view", "approve", "deny")]
    before = [await select(f"SELECT * FROM {table}") for table in ("requests", "events", "links", "votes")]  # noqa: S608 - names of ours
    for each in tokens:
        link = await open_link(gate, each)
        await check_link(gate, link)
        assert link.request == request
    assert [await select(f"SELECT * FROM {table}") for table in ("requests", "events", "links", "votes")] == before  # noqa: S608 - names of ours


async def test_a_link_for_looking_decides_nothing(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    with pytest.raises(Forbidden, match="shows the request and decides nothing"):
        await decide_by_link(gate, await token(gate, request, LEA, "view"))
    assert (await browse.load(request.id)).status is Status.PENDING


@pytest.mark.parametrize("wrong", ["", "x" * 43, "../../etc", "%00", "\x00", "ü" * 500, "lnk_1", "\ud800"])
async def test_a_token_that_is_none_says_the_same_whatever_it_looks_like(gate: Gate, agent: NewKey, wrong: str) -> None:
    await asked(gate, agent)
    with pytest.raises(NotFound) as refused:
        await open_link(gate, wrong)
    assert refused.value.sentence.startswith("No link like this was sent from here.")
    assert wrong not in refused.value.sentence or not wrong


async def test_what_is_stored_is_no_token(gate: Gate, agent: NewKey) -> None:
    await asked(gate, agent)
    for row in await select("SELECT id, digest FROM links"):
        for stored in row.values():
            with pytest.raises(NotFound):
                await open_link(gate, stored)


class TestWhoeverIsLate:
    async def test_of_two_at_once_one_wins(self, gate: Gate, agent: NewKey) -> None:
        for _ in range(10):
            request = await asked(gate, agent)
            approve, deny = await token(gate, request, LEA), await token(gate, request, BEN, "deny")
            calls = [decide_by_link(gate, each) for each in (approve, approve, deny, deny)]
            ends = await asyncio.gather(
                *calls, decide(gate, request.id, Decision.DENIED, by=ALICE), return_exceptions=True
            )
            won = [end for end in ends if isinstance(end, Decided) and end.counted]
            assert len(won) == 1, ends
            ended = await browse.load(request.id)
            assert (len(ended.approvals), ended.status.is_final) == (1, True)
            late = [end for end in ends if isinstance(end, AlreadyFinal | Gone)]
            assert [f"was already {ended.status} by {ended.decided_by}" in str(end) for end in late] == [True] * 4

    async def test_who_comes_after_the_chat_is_told_who_won(self, gate: Gate, agent: NewKey) -> None:
        request = await asked(gate, agent)
        each = await token(gate, request, LEA)
        await decide(gate, request.id, Decision.DENIED, by=ALICE)
        with pytest.raises(AlreadyFinal, match="was already denied by terminal:alice"):
            await decide_by_link(gate, each)

    async def test_a_cancelled_request_is_not_decided(self, gate: Gate, agent: NewKey) -> None:
        request = await asked(gate, agent)
        each = await token(gate, request, LEA)
        await cancel(gate, request.id, by=agent.key.actor)
        with pytest.raises(AlreadyFinal, match="was cancelled by api:agent"):
            await decide_by_link(gate, each)

    @pytest.mark.parametrize("swept", [True, False])
    async def test_an_expired_request_is_not_decided(
        self, gate: Gate, agent: NewKey, clock: Clock, *, swept: bool
    ) -> None:
        request = await asked(gate, agent)
        each = await token(gate, request, LEA)
        clock.advance(hours=1)
        if swept:
            await expire_overdue(gate)
        with pytest.raises(Gone, match="has expired: nobody answered in time"):
            await decide_by_link(gate, each)

    async def test_a_link_has_its_own_end(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await asked(gate, agent, expires_in=timedelta(days=9))
        each = await token(gate, request, LEA)
        clock.advance(hours=23, minutes=59)
        await check_link(gate, await open_link(gate, each))
        clock.advance(minutes=1)
        with pytest.raises(Gone, match="worked until"):
            await decide_by_link(gate, each)
        assert (await browse.load(request.id)).status is Status.PENDING


async def test_a_required_reason_is_asked_for_and_the_link_lives_on(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "route_to_human", "requireReason": True, "channels": [LEA]})
    request = await asked(gate, agent)
    each = await token(gate, request, LEA)
    for nothing in (None, "", " \n", "\u200b"):
        with pytest.raises(ReasonRequired):
            await decide_by_link(gate, each, reason=nothing)
    assert (await decide_by_link(gate, each, reason="I looked")).request.status is Status.APPROVED


async def test_a_link_is_not_used_where_the_decision_cannot_be_written(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    each = await token(gate, request, LEA)
    await connection().execute_script("ALTER TABLE events RENAME TO elsewhere")
    with pytest.raises(Exception, match=r"events|database"):
        await decide_by_link(gate, each)
    await connection().execute_script("ALTER TABLE elsewhere RENAME TO events")
    rows = await select("SELECT id FROM links WHERE used_at IS NOT NULL OR spent_at IS NOT NULL")
    assert (rows, (await browse.load(request.id)).status) == ([], Status.PENDING)
    assert (await decide_by_link(gate, each)).counted
