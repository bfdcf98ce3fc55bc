"""A real server beside a local mail server, and somebody who follows the links in their mail."""

import html
import re

import httpx

from tests.mail.house import LEAD
from tests.platforms.smtp import MailServer


def mail_settings(post: MailServer, *to: str) -> dict[str, str]:
    """Return the settings of a server that mails to these people, or to one."""
    return {
        "SMTP_HOST": post.host, "SMTP_PORT": str(post.port), "SMTP_TLS": "none", "SMTP_FROM": "gate@example.com",
        "EMAIL_DEFAULT_TO": ",".join(to or (LEAD,)),
    }  # fmt: skip


async def opens(address: str) -> str:
    """Open a link as a browser would, and return the page."""
    async with httpx.AsyncClient(timeout=30) as browser:
        answer = await browser.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


async def confirms(address: str, page: str) -> httpx.Response:
    """Press the button on a link's page."""
    url = httpx.URL(address)
    origin = f"{url.scheme}://{url.netloc.decode()}"
    action = re.search(r'<form[^>]* action="([^"]+)"', page)
    assert action is not None, page
    fields = {name: html.unescape(value) for name, value in hidden(page)}
    async with httpx.AsyncClient(base_url=origin, timeout=30, headers={"Origin": origin}) as browser:
        return await browser.post(html.unescape(action[1]), data={**fields, "reason": "read in my mail"})


def hidden(page: str) -> list[tuple[str, str]]:
    """Return the hidden fields of a page's form."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    return [(re.findall(r'name="([^"]*)"', one)[0], re.findall(r'value="([^"]*)"', one)[0]) for one in inputs]
