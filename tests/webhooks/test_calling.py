"""One call: the very address that was looked at, the name kept for TLS, and no step further."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from ssl import SSLContext, create_default_context

import pytest

from gateway.errors import DeliveryPostponed
from gateway.notifiers.webhook import Answer, WebhookSender
from tests.platforms.certificates import Authority
from tests.platforms.receiver import Receiver, answers, receiving
from tests.platforms.weather import cut, hang

MINE, THEIRS = "127.0.0.1", "127.0.0.2"
BODY = b'{"event":"x"}'


class Rebinding:
    """A name service whose answer changes with every question; `asked` counts them."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self._answers[min(len(self.asked), len(self._answers)) - 1]


def only_mine_is_open(ip: IPv4Address | IPv6Address) -> str | None:
    """Let one address of this machine play the internet, so that the others are closed."""
    return None if str(ip) == MINE else "is private or reserved"


def port_of(receiver: Receiver) -> int:
    return int(receiver.url.rpartition(":")[2].removesuffix("/hook"))


@pytest.fixture
async def theirs(receiver: Receiver) -> AsyncIterator[Receiver]:
    """Another receiver on the same port of another address."""
    async with receiving(THEIRS, port=port_of(receiver)) as other:
        yield other


async def test_a_name_whose_answer_changes_between_check_and_connect_leads_nowhere_else(
    receiver: Receiver, theirs: Receiver
) -> None:
    names = Rebinding([MINE], [THEIRS])
    sender = WebhookSender(resolve=names, why_closed=only_mine_is_open)
    url = f"http://hooks.example.com:{port_of(receiver)}/a?b=c"
    assert await sender.send(url, BODY, {}) == Answer(200)
    assert names.asked == [("hooks.example.com", port_of(receiver))]
    (heard,) = receiver.calls
    assert (heard.path, heard.body) == ("/a?b=c", BODY)
    assert heard.headers["Host"] == f"hooks.example.com:{port_of(receiver)}"
    with pytest.raises(DeliveryPostponed, match="leads to an address that is private"):
        await sender.send(url, BODY, {})
    assert theirs.calls == []


async def test_one_closed_address_among_open_ones_is_enough_to_refuse(receiver: Receiver, theirs: Receiver) -> None:
    sender = WebhookSender(resolve=Rebinding([MINE, THEIRS]), why_closed=only_mine_is_open)
    with pytest.raises(DeliveryPostponed, match="not called"):
        await sender.send(f"http://hooks.example.com:{port_of(receiver)}/", BODY, {})
    assert (receiver.calls, theirs.calls) == ([], [])


async def test_a_redirect_is_not_followed_wherever_it_leads(receiver: Receiver, theirs: Receiver) -> None:
    sender = WebhookSender(resolve=Rebinding([MINE]), why_closed=only_mine_is_open)
    for status in (301, 302, 303, 307, 308):
        receiver.weather.append(answers(status, Location=theirs.url))
        answer = await sender.send(f"http://hooks.example.com:{port_of(receiver)}/", BODY, {})
        assert answer.status == status
    assert len(receiver.calls) == 5
    assert theirs.calls == []


async def test_a_name_s_next_address_is_called_where_the_first_does_not_answer(receiver: Receiver) -> None:
    sender = WebhookSender(resolve=Rebinding([THEIRS, MINE]), allow_private=True)
    assert await sender.send(f"http://hooks.example.com:{port_of(receiver)}/", BODY, {}) == Answer(200)


@pytest.mark.parametrize("found", [[], ["nonsense"]])
async def test_a_name_without_an_address_is_said(found: list[str]) -> None:
    with pytest.raises(DeliveryPostponed, match=r"hooks\.example\.com has no address"):
        await WebhookSender(resolve=Rebinding(found)).send("http://hooks.example.com/", BODY, {})


async def test_a_name_that_nobody_knows_is_said() -> None:
    with pytest.raises(DeliveryPostponed, match=r"the name nobody\.invalid is not found"):
        await WebhookSender().send("http://nobody.invalid/", BODY, {})


async def test_what_was_saved_while_it_was_allowed_is_not_called_any_more(receiver: Receiver) -> None:
    with pytest.raises(DeliveryPostponed, match=r"not called: 127\.0\.0\.1 is the machine"):
        await WebhookSender().send(receiver.url, BODY, {})
    assert receiver.calls == []


async def test_a_proxy_of_the_environment_does_not_count(
    receiver: Receiver, theirs: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, theirs.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert os.environ["http_proxy"] == theirs.url
    assert await WebhookSender(allow_private=True).send(receiver.url, BODY, {}) == Answer(200)
    assert theirs.calls == []


async def test_a_receiver_that_hangs_is_left_after_the_time_out(receiver: Receiver) -> None:
    receiver.weather.append(hang())
    sender = WebhookSender(allow_private=True, timeout=timedelta(milliseconds=300))
    with pytest.raises(DeliveryPostponed, match=r"no answer within 0\.3 s"):
        await sender.send(receiver.url, BODY, {})


async def test_a_name_service_that_hangs_is_left_after_the_time_out() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(DeliveryPostponed, match="no answer within"):
        await WebhookSender(resolve=resolve, timeout=timedelta(milliseconds=50)).send("http://a.example/", BODY, {})


async def test_a_connection_that_is_cut_is_said(receiver: Receiver) -> None:
    receiver.weather.append(cut())
    with pytest.raises(DeliveryPostponed, match=r"RemoteProtocolError|ReadError"):
        await WebhookSender(allow_private=True).send(receiver.url, BODY, {})


async def test_of_an_endless_answer_only_the_head_is_read() -> None:
    gone = asyncio.Event()

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        with suppress(ConnectionError):
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        writer.close()
        gone.set()

    async with await asyncio.start_server(pour, MINE, 0) as server, asyncio.timeout(60):
        url = f"http://{MINE}:{server.sockets[0].getsockname()[1]}/"
        assert await WebhookSender(allow_private=True).send(url, BODY, {}) == Answer(200)
        await gone.wait()


@pytest.mark.parametrize(
    ("said", "wait"),
    [("40", 40), ("0", 0), ("99999", 3600), ("-1", None), ("soon", None), ("9" * 30, None), ("٣", None), ("", None)],
)
async def test_a_receiver_may_say_when_to_come_back(receiver: Receiver, said: str, wait: float | None) -> None:
    receiver.weather.append(answers(503, Retry_After=said))
    answer = await WebhookSender(allow_private=True).send(receiver.url, BODY, {})
    assert answer == Answer(503, timedelta(seconds=wait) if wait is not None else None)


class TestTls:
    """A receiver with a certificate."""

    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    @pytest.fixture
    async def secure(self, authority: Authority) -> AsyncIterator[Receiver]:
        async with receiving(tls=authority.server_for("hooks.example.com")) as receiver:
            yield receiver

    async def call(self, secure: Receiver, name: str, *, trust: SSLContext | None = None) -> Answer:
        sender = WebhookSender(
            resolve=Rebinding([MINE]), why_closed=only_mine_is_open, trust=lambda: trust or create_default_context()
        )
        return await sender.send(f"https://{name}:{port_of(secure)}/", BODY, {})

    async def test_the_certificate_is_held_against_the_name_though_the_address_is_called(
        self, authority: Authority, secure: Receiver
    ) -> None:
        trust = create_default_context(cafile=str(authority.root))
        assert await self.call(secure, "hooks.example.com", trust=trust) == Answer(200)
        assert secure.calls[0].headers["Host"] == f"hooks.example.com:{port_of(secure)}"

    async def test_another_s_certificate_is_refused(self, authority: Authority, secure: Receiver) -> None:
        trust = create_default_context(cafile=str(authority.root))
        with pytest.raises(DeliveryPostponed, match=r"ConnectError.*CERTIFICATE_VERIFY_FAILED"):
            await self.call(secure, "other.example.com", trust=trust)
        assert secure.calls == []

    async def test_a_certificate_that_nobody_vouches_for_is_refused(self, secure: Receiver) -> None:
        with pytest.raises(DeliveryPostponed, match=r"ConnectError.*CERTIFICATE_VERIFY_FAILED"):
            await self.call(secure, "hooks.example.com")
        assert secure.calls == []
