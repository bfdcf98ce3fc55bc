"""What arrives by mail: to whom, once each, and in one thread."""

import pytest

from gateway.overdue import escalate, expire_overdue, remind
from models.words import Decision
from tests.clock import Clock
from tests.mail.house import LEAD, SENDER, House, a_house, address_in
from tests.platforms.smtp import Mail, MailServer

OPS = "ops@example.com"
DUTY = "duty@example.com"


def is_in_the_thread_of(first: Mail, later: Mail) -> bool:
    """Whether mail programs show a letter below another."""
    refers = {later.message["In-Reply-To"], later.message["References"]} == {first.message["Message-ID"]}
    return (
        refers
        and later.subject == f"Re: {first.subject}"
        and later.message["Message-ID"] != first.message["Message-ID"]
    )


async def test_a_request_that_waits_is_mailed_with_addresses_of_its_own(house: House) -> None:
    request = await house.asks(params={"region": "eu", "apiToken": "hush"}, context={"reason": "release 2.4"})
    (mail,) = await house.post.arrived()
    assert (mail.sender, mail.to, mail.message["From"], mail.message["To"]) == ("gate@example.com", LEAD, SENDER, LEAD)
    assert mail.subject == f"Approval needed: deploy.prod ({request.code})"
    for words in (
        "Waiting for approval",
        "deploy.prod",
        "release 2.4",
        "region: eu",
        request.code,
        "no policy matched",
    ):
        assert words in mail.text
        assert words in mail.html
    assert request.digest.removeprefix("sha256:")[:12] in mail.text
    assert "hush" not in mail.raw.decode()
    found = {label: address_in(mail, label) for label in ("Review", "Approve", "Deny")}
    assert len(set(found.values())) == 3
    assert all(address in mail.html for address in found.values())


async def test_a_letter_says_that_a_machine_wrote_it(house: House) -> None:
    await house.asks()
    (mail,) = await house.post.arrived()
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Message-ID"].endswith("@example.com>")
    assert mail.message["Date"].datetime.tzinfo is not None
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]


async def test_each_recipient_gets_a_letter_with_links_that_nobody_else_has(database: None, post: MailServer) -> None:
    async with a_house(post, to=(LEAD, OPS, LEAD)) as house:
        await house.asks()
        mails = await post.arrived(2)
    assert sorted(mail.message["To"] for mail in mails) == [LEAD, OPS]
    assert len({address_in(mail, label) for mail in mails for label in ("Review", "Approve", "Deny")}) == 6
    assert len({mail.message["Message-ID"] for mail in mails}) == 2
    assert len(post.mails) == 2


async def test_who_is_not_among_the_approvers_can_look_and_no_more(house: House) -> None:
    await house.rule(channels=[f"email:{LEAD}", f"email:{OPS}"], approvers=[f"email:{LEAD}"])
    await house.asks()
    (lead,) = await house.post.arrived(to=LEAD)
    (ops,) = await house.post.arrived(to=OPS)
    assert address_in(lead, "Approve")
    assert address_in(ops, "Review")
    assert "Approve" not in ops.text
    assert "Deny" not in ops.html
    assert "Others were asked to decide" in ops.text


@pytest.mark.parametrize(
    ("decision", "reason", "headline"),
    [
        (Decision.APPROVED, "", f"Approved by email:{LEAD}"),
        (Decision.DENIED, "not on a Friday", f"Denied by email:{LEAD}"),
    ],
)
async def test_what_was_decided_is_told_in_the_thread(
    house: House, decision: Decision, reason: str, headline: str
) -> None:
    request = await house.asks()
    await house.post.arrived()
    await house.decides(request, decision, reason=reason)
    first, later = await house.post.arrived(2)
    assert is_in_the_thread_of(first, later)
    assert later.text.splitlines()[0] == headline
    assert reason in later.text
    assert reason in later.html
    assert "/l/" not in later.raw.decode()


async def test_so_is_a_cancellation(house: House) -> None:
    request = await house.asks()
    await house.post.arrived()
    await house.agent.cancel(request)
    first, later = await house.post.arrived(2)
    assert is_in_the_thread_of(first, later)
    assert later.text.startswith("Cancelled by api:agent")


async def test_and_an_expiry_and_before_it_a_reminder_and_who_else_was_asked(
    database: None, post: MailServer, clock: Clock
) -> None:
    async with a_house(post, clock=clock) as house:
        await house.rule(remindAfterSec=60, escalateAfterSec=120, escalateTo=[f"email:{DUTY}"])
        request = await house.asks(expires_in=600)
        await post.arrived()
        clock.advance(seconds=61)
        await remind(house.gate)
        _, reminder = await post.arrived(2)
        clock.advance(seconds=60)
        await escalate(house.gate)
        (duty,) = await post.arrived(to=DUTY)
        *_, escalated = await post.arrived(3, to=LEAD)
        clock.advance(seconds=600)
        await expire_overdue(house.gate)
        first, *later = await post.arrived(4, to=LEAD)
        await post.arrived(2, to=DUTY)
    assert all(is_in_the_thread_of(first, one) for one in later)
    assert reminder.text.startswith(f"Reminder: {request.code} still waits.")
    assert address_in(reminder, "Approve") == address_in(first, "Approve")
    assert f"Escalated: to email:{DUTY}" in " ".join(escalated.text.split())
    assert duty.subject == first.subject
    assert address_in(duty, "Approve") != address_in(first, "Approve")
    assert later[-1].text.startswith("Expired · nobody answered in time")


async def test_a_vote_that_leaves_it_open_is_no_reason_to_write(house: House) -> None:
    await house.rule(approvalsNeeded=2)
    request = await house.asks()
    await house.post.arrived()
    await house.decides(request, Decision.APPROVED)
    await house.decides(request, Decision.APPROVED, by=OPS)
    first, later = await house.post.arrived(2)
    assert is_in_the_thread_of(first, later)
    assert later.text.startswith(f"Approved by email:{OPS}")


async def test_what_a_policy_answers_is_mailed_where_the_rule_says_so(house: House) -> None:
    await house.rule(decision="auto_deny", channels=[f"email:{OPS}"])
    request = await house.asks()
    (mail,) = await house.post.arrived()
    assert (mail.to, mail.subject) == (OPS, f"Denied: deploy.prod ({request.code})")
    assert "/l/" not in mail.text


async def test_whoever_got_no_letter_before_the_end_gets_one_that_says_it(database: None, post: MailServer) -> None:
    async with a_house(post) as house:
        await post.close()
        request = await house.asks()
        await house.decides(request, Decision.APPROVED)
        await post.open()
        (mail,) = await post.arrived()
    assert mail.subject == f"Approved: deploy.prod ({request.code})"
