"""The doctor on mail: whether the mail server lets us in, and what to do where it does not."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.notifiers.email.doctor import UNREACHABLE, about_undelivered, examine, remedy_for
from gateway.notifiers.email.options import Security
from gateway.undelivered import Undelivered
from tests.mail.house import LEAD, options_for
from tests.platforms.certificates import Authority
from tests.platforms.smtp import MailServer, a_mail_server
from tests.stories.server import SERVER, run


async def test_a_server_that_lets_us_in_is_well(post: MailServer) -> None:
    server, default = await examine(options_for(post, default_to=(LEAD,)))
    assert (server.ok, server.meaning) == (True, f"127.0.0.1:{post.port} answers")
    assert (default.ok, default.meaning) == (True, LEAD)
    assert post.mails == []


async def test_that_nobody_is_written_to_is_said(post: MailServer) -> None:
    assert "mailed to nobody" in (await examine(options_for(post)))[-1].meaning


async def test_a_password_in_the_clear_is_said() -> None:
    async with a_mail_server(login=("gate", "hush")) as post:
        found = await examine(options_for(post, user="gate", password="hush"))
    assert "in the clear" in found[1].meaning
    assert "hush" not in str(found)


@pytest.mark.parametrize(
    ("how", "says", "remedy"),
    [
        ({"security": Security.STARTTLS}, "does not offer STARTTLS", "set SMTP_TLS=tls"),
        ({"user": "gate", "password": "wrong"}, "535 ", "SMTP_USER and SMTP_PASS"),
        ({"security": Security.TLS}, "cannot be reached", "465 with tls"),
        ({"port": 1}, "cannot be reached", "SMTP_HOST and SMTP_PORT"),
    ],
)
async def test_what_is_wrong_has_its_remedy(how: dict[str, Any], says: str, remedy: str) -> None:
    async with a_mail_server(login=("gate", "hush")) as post:
        server = (await examine(options_for(post, **how)))[0]
    assert not server.ok
    assert says in server.meaning
    assert remedy in server.remedy


async def test_a_private_authority_is_named_as_what_it_is(tmp_path: Path) -> None:
    async with a_mail_server(tls=Authority(tmp_path).server_for("localhost"), host="localhost") as post:
        server = (await examine(options_for(post, security=Security.STARTTLS)))[0]
    assert "SSL_CERT_FILE" in server.remedy


def test_a_letter_that_never_arrived_is_told_with_the_servers_words() -> None:
    finding = about_undelivered(Undelivered(f"email:{LEAD}", "550 5.1.1 no such person here", 2))
    assert finding.meaning == f"2 letters to email:{LEAD} given up in the last day: 550 5.1.1 no such person here"
    assert "address unknown" in finding.remedy
    assert remedy_for("451 later").startswith("wait")
    assert remedy_for("the mail server closed the connection") == UNREACHABLE


@pytest.mark.on("sqlite")
async def test_the_doctor_command_looks_at_mail(tmp_path: Path, post: MailServer) -> None:
    settings = {"SMTP_HOST": post.host, "SMTP_PORT": str(post.port), "SMTP_FROM": LEAD, "SMTP_TLS": "none"}
    done = await asyncio.to_thread(run, [SERVER, "doctor", "--json"], tmp_path, **settings)
    found = {one["part"]: one["ok"] for one in json.loads(done.stdout)["findings"]}
    assert (done.returncode, found["SMTP_HOST"], found["EMAIL_DEFAULT_TO"]) == (0, True, True)
