"""The local mail server is one: Python's own client meets it."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.platforms.certificates import Authority
from tests.platforms.smtp import DROPPED, MailServer, a_mail_server


def letter() -> EmailMessage:
    """Return a letter that says hello."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "gate@example.com", "lead@example.com", "hello"
    message.set_content("hello\n.\n..dots")
    return message


def sends(post: MailServer) -> None:
    """Send it."""
    with smtplib.SMTP(post.host, post.port, timeout=10) as client:
        client.send_message(letter())


async def test_what_is_sent_is_kept_as_it_was() -> None:
    async with a_mail_server() as post:
        await asyncio.to_thread(sends, post)
        (mail,) = await post.arrived(to="lead@example.com")
    assert (mail.sender, mail.subject, mail.login, mail.is_private) == ("gate@example.com", "hello", None, False)
    assert mail.text == "hello\n.\n..dots\n"


async def test_starttls_comes_before_a_login_and_a_login_before_letters(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    def talks(post: MailServer) -> None:
        with smtplib.SMTP(post.host, post.port, timeout=10) as client:
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.send_message(letter())
            client.starttls(context=ssl.create_default_context(cafile=authority.root))
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("gate", "wrong")
            client.login("gate", "right")
            client.send_message(letter())

    tls = authority.server_for("localhost")
    async with a_mail_server(tls=tls, login=("gate", "right"), host="localhost") as post:
        await asyncio.to_thread(talks, post)
        assert [(mail.login, mail.is_private) for mail in post.mails] == [("gate", True)]


async def test_it_refuses_and_hangs_up_as_it_is_told() -> None:
    async with a_mail_server() as post:
        post.refusals["lead@example.com"] = "550 5.1.1 unknown"
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="unknown"):
            await asyncio.to_thread(sends, post)
        post.refusals.clear()
        post.answers["DATA"].append(DROPPED)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            await asyncio.to_thread(sends, post)
        assert post.mails == []


async def test_closed_it_takes_nobody_and_opened_again_it_is_where_it_was() -> None:
    async with a_mail_server() as post:
        port = post.port
        await post.close()
        with pytest.raises(OSError, match="refused"):
            await asyncio.to_thread(sends, post)
        await post.open()
        assert post.port == port
        await asyncio.to_thread(sends, post)
        await post.arrived()
