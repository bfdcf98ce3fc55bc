"""Links are made with the request that waits, one set for each recipient, and only their digests are stored."""

from datetime import timedelta

import pytest

from gateway.cancel import cancel
from gateway.errors import Invalid, NotAnApprover, SelfApproval
from gateway.gate import Gate, Options
from gateway.keys import NewKey, change_key
from gateway.links import Addresses, addresses_for, issue_pair
from gateway.people import link_person
from gateway.permission import Trust
from gateway.views import RequestView
from models.db import select
from models.words import Scope
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, asked, ruled, story_of

MAIL, SLACK, DISCORD, MESSAGE = "email:Lead@example.com", "slack:#ops", "discord:123", "slack:U111"


@pytest.fixture
def options() -> Options:
    return Options(default_targets=(MAIL, SLACK, DISCORD), rate_limit_rpm=100_000)


def has(found: Addresses) -> set[str]:
    """Return which addresses a recipient has."""
    return {name for name in ("view", "approve", "deny") if getattr(found, name)}


async def everybodys(gate: Gate, request: RequestView) -> dict[str, set[str]]:
    return {target: has(await addresses_for(gate, request, target)) for target in request.targets}


async def test_a_mail_shows_and_decides_and_a_channel_decides(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    assert await everybodys(gate, request) == {
        MAIL: {"view", "approve", "deny"},
        SLACK: {"approve", "deny"},
        DISCORD: {"approve", "deny"},
    }


async def test_issuing_is_told_in_the_trail_once_for_each_recipient_and_without_tokens(
    gate: Gate, agent: NewKey
) -> None:
    request = await asked(gate, agent)
    issued = await select("SELECT details FROM events WHERE type = 'link.issued' ORDER BY id")
    assert [row["details"] for row in issued] == [
        '{"recipient":"email:lead@example.com","verdicts":["view","approved","denied"]}',
        '{"recipient":"link:slack:#ops","verdicts":["approved","denied"]}',
        '{"recipient":"link:discord:123","verdicts":["approved","denied"]}',
    ]
    assert (await story_of(request))[:3] == [
        "request.created by api:agent",
        "request.pending by api:agent",
        "link.issued by api:agent",
    ]


async def test_an_address_is_the_same_whenever_it_is_asked_for(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    first = await addresses_for(gate, request, MAIL)
    assert first == await addresses_for(gate, request, MAIL.lower())
    assert first.approve is not None
    assert first.approve.url == f"http://localhost:3000/l/{first.approve.token}"
    assert len(first.approve.token) == 43


async def test_no_token_is_in_the_database(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    found = [await addresses_for(gate, request, target) for target in request.targets]
    tokens = [one.token for each in found for one in (each.view, each.approve, each.deny) if one]
    assert len(set(tokens)) == 7
    tables = ("requests", "events", "deliveries", "messages", "links")
    stored = str([await select(f"SELECT * FROM {table}") for table in tables])  # noqa: S608 - names of ours
    assert [token for token in tokens if token in stored] == []


async def test_what_was_made_under_another_secret_has_no_address(gate: Gate, agent: NewKey, clock: Clock) -> None:
    request = await asked(gate, agent)
    other = Gate(options=gate.options, now=clock, secret=b"o" * 32, limiter=gate.limiter, notifiers={})
    assert has(await addresses_for(other, request, MAIL)) == set()


async def test_an_address_ends_with_its_time_and_with_the_request(gate: Gate, agent: NewKey, clock: Clock) -> None:
    long, short = await asked(gate, agent, expires_in=timedelta(days=3)), await asked(gate, agent)
    ended = await cancel(gate, short.id, by=agent.key.actor)
    assert has(await addresses_for(gate, ended, MAIL)) == set()
    clock.advance(hours=25)
    assert has(await addresses_for(gate, long, MAIL)) == set()


async def test_what_a_policy_decides_has_no_links(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "auto_approve", "channels": [MAIL, SLACK]})
    await asked(gate, agent)
    assert await select("SELECT id FROM links") == []


class TestWhereTheRuleNamesApprovers:
    async def test_those_decide_and_others_look(self, gate: Gate, agent: NewKey) -> None:
        await ruled(
            gate, {"decision": "route_to_human", "approvers": [MAIL], "channels": [MAIL, "email:b@example.com"]}
        )
        request = await asked(gate, agent)
        assert await everybodys(gate, request) == {MAIL: {"view", "approve", "deny"}, "email:b@example.com": {"view"}}

    async def test_an_approver_may_be_named_as_a_person(self, gate: Gate, agent: NewKey) -> None:
        await link_person(gate, "lea", MAIL, by=ALICE)
        await ruled(gate, {"decision": "route_to_human", "approvers": ["person:lea"], "channels": [MAIL]})
        assert await everybodys(gate, await asked(gate, agent)) == {MAIL: {"view", "approve", "deny"}}

    async def test_channels_have_no_links(self, gate: Gate, agent: NewKey) -> None:
        rule = {"decision": "route_to_human", "approvers": [MESSAGE], "channels": [SLACK, DISCORD, MESSAGE]}
        await ruled(gate, rule)
        assert set(map(len, (await everybodys(gate, await asked(gate, agent))).values())) == {0}


class TestWhereAnybodyInAChannelCouldPress:
    async def test_links_are_left_out_on_platforms_with_approvers(self, gate: Gate, agent: NewKey) -> None:
        gate.options = Options(default_targets=(SLACK, DISCORD), trust=Trust({"slack": frozenset({MESSAGE})}))
        assert await everybodys(gate, await asked(gate, agent)) == {SLACK: set(), DISCORD: {"approve", "deny"}}

    async def test_a_direct_message_to_an_approver_has_them(self, gate: Gate, agent: NewKey) -> None:
        trust = Trust({"slack": frozenset({MESSAGE})})
        gate.options = Options(default_targets=(MESSAGE, "slack:U222"), trust=trust)
        assert await everybodys(gate, await asked(gate, agent)) == {MESSAGE: {"approve", "deny"}, "slack:U222": set()}

    async def test_links_are_left_out_where_several_have_to_answer(self, gate: Gate, agent: NewKey) -> None:
        channels = [SLACK, DISCORD, MESSAGE, MAIL]
        await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2, "channels": channels})
        found = await everybodys(gate, await asked(gate, agent))
        assert {target for target, which in found.items() if "approve" in which} == {MESSAGE, MAIL}

    async def test_links_are_left_out_where_a_person_asks(self, gate: Gate, agent: NewKey) -> None:
        await link_person(gate, "bo", "api:agent", by=ALICE)
        assert (await everybodys(gate, await asked(gate, agent)))[SLACK] == set()
        assert (await everybodys(gate, await asked(gate, ALICE)))[DISCORD] == set()

    async def test_links_are_left_out_where_the_setting_says_so(self, gate: Gate, agent: NewKey) -> None:
        gate.options = Options(default_targets=(SLACK, MAIL), chat_link_buttons=False)
        found = await everybodys(gate, await asked(gate, agent))
        assert found == {SLACK: set(), MAIL: {"view", "approve", "deny"}}


class TestAskers:
    async def test_who_asked_gets_a_link_to_look_only(self, gate: Gate, agent: NewKey) -> None:
        await link_person(gate, "bo", "api:agent", by=ALICE)
        await link_person(gate, "bo", "email:LEAD@example.com", by=ALICE)
        assert (await everybodys(gate, await asked(gate, agent)))[MAIL] == {"view"}


class TestAnAdminsPair:
    async def test_it_is_made_in_the_keys_name(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        request = await asked(gate, agent)
        pair = await issue_pair(gate, request.id, by=admin.key.actor)
        assert pair.approve.token != pair.deny.token
        assert (await story_of(request))[-1] == "link.issued by api:admin"
        rows = await select("SELECT recipient FROM links WHERE recipient LIKE 'link:api:%'")
        assert [row["recipient"] for row in rows] == ["link:api:admin"] * 2

    async def test_there_is_none_for_a_request_that_has_ended(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        request = await asked(gate, agent)
        await cancel(gate, request.id, by=agent.key.actor)
        with pytest.raises(Invalid, match="is cancelled, so there is nothing left to decide by a link"):
            await issue_pair(gate, request.id, by=admin.key.actor)

    async def test_there_is_none_for_a_request_whose_time_is_over(
        self, gate: Gate, agent: NewKey, admin: NewKey, clock: Clock
    ) -> None:
        request = await asked(gate, agent)
        clock.advance(hours=2)
        with pytest.raises(Invalid, match="is expired"):
            await issue_pair(gate, request.id, by=admin.key.actor)

    async def test_who_asked_gets_none(self, gate: Gate, admin: NewKey) -> None:
        request = await asked(gate, admin)
        with pytest.raises(SelfApproval):
            await issue_pair(gate, request.id, by=admin.key.actor)

    async def test_who_asked_gets_none_under_another_name_either(self, gate: Gate, agent: NewKey) -> None:
        boss = await a_key(gate, "boss", Scope.ADMIN)
        request = await asked(gate, boss)
        renamed = await change_key(gate, boss.key.id, {"name": "chief"}, by=boss.key.actor)
        with pytest.raises(SelfApproval):
            await issue_pair(gate, request.id, by=renamed.actor)

    async def test_where_the_rule_names_others_there_is_none(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvers": ["api:lead"]})
        lead = await a_key(gate, "lead", Scope.ADMIN)
        request = await asked(gate, agent)
        with pytest.raises(NotAnApprover, match="Only api:lead may decide"):
            await issue_pair(gate, request.id, by=admin.key.actor)
        assert (await issue_pair(gate, request.id, by=lead.key.actor)).request.id == request.id
