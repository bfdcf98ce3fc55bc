"""Bad weather between AgentGate and the mail server: nothing is lost, safety is never given up, and it is said."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import Unavailable
from gateway.health import check_health
from gateway.notifiers.email.options import Security
from models import deliveries, events
from models.tables import Delivery, Event
from tests.clock import Clock
from tests.looking import until
from tests.mail.house import LEAD, House, a_house
from tests.platforms.certificates import Authority
from tests.platforms.smtp import DROPPED, MailServer, a_mail_server

OPS = "ops@example.com"
LOGIN = ("gate", "let-me-in")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.root)


@pytest.fixture
async def private(authority: Authority) -> AsyncIterator[MailServer]:
    """A server that offers STARTTLS and wants a login."""
    async with a_mail_server(tls=authority.server_for("localhost"), login=LOGIN, host="localhost") as post:
        yield post


async def postponed(count: int = 1) -> str:
    """Wait until a delivery has been put off so many times, and return why."""
    put_off = Delivery.filter(attempts__gte=count, last_error__isnull=False, leased_by__isnull=True)
    return str((await until(put_off.all))[0].last_error)


async def given_up() -> Event:
    """Wait until a delivery is given up for good."""
    return (await until(Event.filter(type="delivery.failed").all))[0]


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["451 4.3.0 try again later", "421 4.3.2 going down", DROPPED])
async def test_what_passes_is_waited_for_and_one_letter_arrives(house: House, step: str, answer: str) -> None:
    house.post.answers[step].append(answer)
    await house.asks()
    word = await postponed()
    (mail,) = await house.post.arrived()
    assert mail.to == LEAD
    assert len(house.post.mails) == 1
    assert word.startswith(answer) if answer else "closed the connection" in word


async def test_a_server_that_was_away_for_a_minute_gets_one_letter(
    database: None, post: MailServer, clock: Clock
) -> None:
    async with a_house(post, clock=clock) as house:
        await post.close()
        await house.asks(expires_in=3600)
        for attempt in range(1, 5):
            assert "cannot be reached" in await postponed(attempt)
            clock.advance(seconds=20)
        await post.open()
        clock.advance(seconds=60)
        await post.arrived()
        clock.advance(seconds=60)
    assert len(post.mails) == 1


async def test_a_recipient_who_is_refused_is_given_up_with_the_servers_words_and_others_get_theirs(
    database: None, post: MailServer
) -> None:
    post.refusals[LEAD] = "550 5.1.1 no such person here"
    async with a_house(post, to=(LEAD, OPS)) as house:
        request = await house.asks()
        (mail,) = await post.arrived(to=OPS)
        failed = await given_up()
    assert mail.to == OPS
    assert failed.details == {
        "target": f"email:{LEAD}", "error": "550 5.1.1 no such person here", "event": "request.pending",
    }  # fmt: skip
    assert [event.type for event in await events.of(request.id)][-1] == "delivery.failed"
    assert (await deliveries.depth()) == {"due": 0, "dead": 1}


async def test_so_is_a_letter_that_the_server_will_not_have(house: House) -> None:
    house.post.answers["DATA"].append("554 5.7.1 looks like spam")
    await house.asks()
    assert (await given_up()).details["error"] == "554 5.7.1 looks like spam"


async def test_starttls_and_login(database: None, private: MailServer, trusting: ssl.SSLContext) -> None:
    user, password = LOGIN
    how: dict[str, Any] = {"security": Security.STARTTLS, "user": user, "password": password}
    async with a_house(private, tls=trusting, **how) as house:
        await house.asks()
        (mail,) = await private.arrived()
        health = {check.name: (check.ok, check.word) for check in await check_health(house.gate)}
    assert (mail.login, mail.is_private) == (user, True)
    assert health["smtp"] == (True, f"localhost:{private.port} answers")


async def test_many_who_ask_how_it_is_make_one_connection(database: None, clock: Clock) -> None:
    async with a_mail_server() as post, a_house(post, clock=clock) as house:
        probe = house.gate.probes["smtp"]
        assert len({*await asyncio.gather(*(probe() for _ in range(5)))}) == 1
        assert post.connections == 1
        await post.close()
        assert await probe() == f"127.0.0.1:{post.port} answers"
        clock.advance(seconds=30)
        for _ in range(2):
            with pytest.raises(Unavailable, match="onnect"):
                await probe()
        await post.open()
        clock.advance(seconds=30)
        await probe()
        assert post.connections == 2


async def test_tls_from_the_first_byte(database: None, authority: Authority, trusting: ssl.SSLContext) -> None:
    tls = authority.server_for("localhost")
    async with a_mail_server(tls=tls, from_the_start=True, login=LOGIN, host="localhost") as post:
        user, password = LOGIN
        how: dict[str, Any] = {"security": Security.TLS, "user": user, "password": password}
        async with a_house(post, tls=trusting, **how) as house:
            await house.asks()
            (mail,) = await post.arrived()
    assert (mail.login, mail.is_private) == (user, True)


async def test_a_wrong_password_is_said_loudly_and_nothing_is_given_up(
    database: None, private: MailServer, trusting: ssl.SSLContext
) -> None:
    how: dict[str, Any] = {"security": Security.STARTTLS, "user": "gate", "password": "wrong"}
    async with a_house(private, tls=trusting, **how) as house:
        await house.asks()
        assert (await postponed()).startswith("535 ")
        smtp = next(check for check in await check_health(house.gate) if check.name == "smtp")
        assert (await deliveries.depth()) == {"due": 1, "dead": 0}
    assert not smtp.ok
    assert smtp.word.startswith("535 ")
    assert "wrong" not in smtp.word


async def test_without_starttls_nothing_is_sent_where_it_is_asked_for(database: None, post: MailServer) -> None:
    async with a_house(post, security=Security.STARTTLS) as house:
        await house.asks()
        assert await postponed() == "the mail server does not offer STARTTLS, and SMTP_TLS asks for it"
    assert post.mails == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    database: None, authority: Authority, security: Security
) -> None:
    from_the_start = security is Security.TLS
    tls = authority.server_for("localhost")
    async with a_mail_server(tls=tls, from_the_start=from_the_start, host="localhost") as post:
        async with a_house(post, security=security) as house:
            await house.asks()
            assert "certificate verify failed" in await postponed()
        assert post.mails == []


async def test_nor_one_for_another_name(database: None, authority: Authority, trusting: ssl.SSLContext) -> None:
    async with a_mail_server(tls=authority.server_for("mail.example.org"), host="localhost") as post:
        async with a_house(post, tls=trusting, security=Security.STARTTLS) as house:
            await house.asks()
            assert "certificate verify failed" in await postponed()
        assert post.mails == []


async def test_a_sender_that_is_not_allowed_is_a_matter_of_the_settings_and_waits_for_them(house: House) -> None:
    house.post.answers["MAIL"].append("553 5.7.1 not your address")
    await house.asks()
    assert await postponed() == "553 5.7.1 not your address"
    await house.post.arrived()
