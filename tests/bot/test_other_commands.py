"""People, status, try, whoami and help."""

from datetime import timedelta

import pytest

from bot.callers import Caller, Role
from gateway import browse
from gateway.card import Facts, Tone
from gateway.errors import DeliveryPostponed, DeliveryRefused
from gateway.gate import Gate
from models.requests import RequestFilter
from tests.bot.conftest import Say, a_policy, at_work, somebody, text_of
from tests.conftest import TARGET, Wall


async def test_people_are_linked_and_unlinked(say: Say, alice: Caller) -> None:
    assert "Nobody is linked" in (await say("people list", alice)).headline
    assert (await say("people link alice slack:U1", alice)).headline == "Linked."
    await say("people link alice discord:42", alice)
    listed = await say("people list", alice)
    assert listed.headline == "1 person."
    assert "alice discord:42, slack:U1" in text_of(listed)
    assert "Unlinked" in (await say("people unlink slack:U1", alice)).headline
    assert "slack:U1" not in text_of(await say("people list", alice))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("people link alice", "people link needs ACTOR"),
        ("people link alice U1", "an identity is written like"),
        ("people link a,b slack:U1", "without spaces"),
        ("people unlink slack:" + "U" * 5000, "Nobody is linked to"),
        ("people unlink nobody", "Nobody is linked to nobody"),
        ("people unlink slack:U9", "Nobody is linked to slack:U9"),
    ],
)
async def test_wrong_people(say: Say, alice: Caller, line: str, says: str) -> None:
    assert says in (await say(line, alice)).headline


@pytest.mark.parametrize("line", ["people list", "people link a slack:U1", "people unlink slack:U1", "status", "try"])
async def test_these_are_for_admins(say: Say, bob: Caller, line: str) -> None:
    card = await say(line, bob)
    assert "is for admins" in card.headline
    assert "SLACK_ADMINS" in text_of(card)


async def test_status_when_all_is_well(say: Say, alice: Caller) -> None:
    card = await say("status", alice)
    assert (card.headline, card.tone) == ("All is well.", Tone.GOOD)
    assert "database: ok" in text_of(card)


async def test_status_names_what_is_not_well(gate: Gate, say: Say, alice: Caller) -> None:
    async def broken() -> str:
        raise ConnectionError

    gate.probes["slack"] = broken
    card = await say("status", alice)
    assert (card.headline, card.tone) == ("Not well: slack.", Tone.BAD)
    assert "slack: not well: ConnectionError" in text_of(card)


async def test_try_posts_a_sample_that_can_be_approved(gate: Gate, say: Say, alice: Caller, wall: Wall) -> None:
    async with at_work(gate):
        card = await say("try", alice)
    assert f"{TARGET}: arrived" in text_of(card)
    ((target, posted),) = wall.posted
    assert target == TARGET
    request = await browse.load(posted.request_id or "")
    assert request.requested_by == "system:try"
    assert request.expires_at == gate.now() + timedelta(minutes=15)
    assert (await say(f"approve {request.code}", alice)).tone is Tone.GOOD


async def test_try_says_what_went_wrong_on_the_way(gate: Gate, say: Say, alice: Caller, wall: Wall) -> None:
    wall.trouble += [DeliveryRefused("channel_not_found")]
    async with at_work(gate):
        assert f"{TARGET}: given up: channel_not_found" in text_of(await say("try", alice))
    wall.trouble += [DeliveryPostponed("ratelimited")]
    async with at_work(gate):
        assert f"{TARGET}: tried again soon: ratelimited" in text_of(await say("try", alice))


async def test_try_tells_when_a_policy_answers(gate: Gate, say: Say, alice: Caller) -> None:
    await a_policy(gate, {"match": {"action": "agentgate.try"}, "decision": "auto_deny"})
    assert (await say("try", alice)).headline == "A policy answered the sample: denied."


async def test_whoami_knows_the_person_and_how_to_get_more(say: Say, alice: Caller) -> None:
    caller = somebody("U1", Role.APPROVER, place="slack:C1")
    await say("people link al slack:U1", alice)
    said = text_of(await say("whoami", caller))
    for expected in ("slack:U1", "Roles: approver", "Person: al", "slack:C1", "SLACK_ADMINS", "SLACK_AUDITORS"):
        assert expected in said
    assert "Roles: approver, auditor, admin" in text_of(await say("whoami", alice))


@pytest.mark.parametrize("line", ["", "   ", "/agentgate", "help"])
async def test_help_lists_what_this_caller_may_do(say: Say, alice: Caller, bob: Caller, line: str) -> None:
    assert "keys create NAME SCOPES [rate]" in text_of(await say(line, alice))
    said = text_of(await say(line, bob))
    assert "deny REQUEST [reason]" in said
    assert "keys create" not in said
    assert "other roles" in said


async def test_help_explains_one_command(say: Say, bob: Caller) -> None:
    card = await say("help keys create", bob)
    assert card.headline == "keys create NAME SCOPES [rate]"
    assert "For admins." in text_of(card)
    assert "keys rotate NAME" in text_of(await say("help keys", bob))
    options = next(section for section in (await say("help audit", bob)).sections if isinstance(section, Facts))
    assert [label for label, _ in options.rows] == ["event:", "actor:", "action:", "request:", "from:", "to:"]


async def test_help_for_what_there_is_not(say: Say, bob: Caller) -> None:
    assert "did you mean deny?" in (await say("help denny", bob)).headline


async def test_nothing_of_this_is_stored(say: Say, alice: Caller) -> None:
    await say("policies try deploy.prod env=prod", alice)
    await say("help", alice)
    assert (await browse.request_page(RequestFilter(), limit=1)).total == 0
