"""Where a webhook may lead: every spelling of what is nobody's business, and what is fine."""

import pytest

from gateway.errors import DeliveryPostponed, Invalid
from gateway.notifiers.webhook import WebhookSender
from gateway.reach import ip_of, read_place, why_closed

CLOSED_HOSTS = [
    "127.0.0.1", "127.8.9.10", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1",
    "0.0.0.0",  # noqa: S104 - nothing listens there: it is refused
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "168.63.129.16",
    "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]",
    "[100::1]", "[3fff::1]", "[5f00::1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:8.8.8.8]", "[::127.0.0.1]",
    "[::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::a00:1]", "[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "2130706433", "0x7f000001", "0x7F000001", "017700000001", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.1", "0",
    "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "1.2.3.4.5", "08.8.8.8", "8.8.8", "134744072", "0x",
    "127.0.0.1.", "2130706433.", "169.254.169.254.",
    "localhost", "LOCALHOST", "localhost.", "db.localhost", "localhost.localdomain", "ip6-localhost",
]  # fmt: skip

OPEN_HOSTS = [
    "hooks.example.com", "hooks.example.com.", "HOOKS.example.com", "xn--bcher-kva.example", "a_b.example.com",
    "8.8.8.8", "1.1.1.1", "[2606:4700:4700::1111]", "[64:ff9b::8.8.8.8]", "not-localhost.example.com", "4chan.example",
    "127.0.0.1.nip.example",
]  # fmt: skip

UNUSABLE = [
    "", "hooks.example.com", "//hooks.example.com/", "https://", "https:///x", "http:hooks.example.com",
    "ftp://hooks.example.com/", "file:///etc/passwd", "gopher://hooks.example.com/", "javascript:alert(1)",
    "unix:///run/x.sock", "https://u:p@hooks.example.com/", "https://u@hooks.example.com/", "https://@hooks.example.com/",
    "http://hooks.example.com@127.0.0.1/", "https://hooks.example.com:99999/", "https://hooks.example.com:x/",
    "https://hooks.example.com/#part", "https://hooks.example.com/#", "https://hooks.example.com/a b",
    " https://hooks.example.com/", "https://hooks.example.com/\n", "https://hooks\t.example.com/",
    "https://hooks.example.com\\@127.0.0.1/", "https://hooks.example.com/\x00", "https://bücher.example/",
    "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "https://[::1/", "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/",
    "https://[v1.x]/", "https://[127.0.0.1]/", "https://a..example.com/", "https://-a.example.com/",
    "https://%6c%6fcalhost/", "https://127.0.0.1%00.example.com/", "https://a*b.example.com/",
    "https://" + "a" * 64 + ".example/", "https://hooks.example.com:0/", "https://.example.com/", "https://./",
    "https://hooks.example.com/" + "a" * 2000,
]  # fmt: skip


@pytest.fixture
def sender() -> WebhookSender:
    return WebhookSender()


@pytest.mark.parametrize("host", CLOSED_HOSTS)
async def test_an_address_that_is_nobody_s_business_is_refused_on_saving_and_at_the_call(
    sender: WebhookSender, host: str
) -> None:
    url = f"http://{host}:8080/hook"
    with pytest.raises(Invalid, match="ALLOW_PRIVATE_WEBHOOKS") as refused:
        sender.check(url)
    assert refused.value.field == "url"
    with pytest.raises(DeliveryPostponed, match="not called"):
        await sender.send(url, b"{}", {})


@pytest.mark.parametrize("host", OPEN_HOSTS)
def test_an_address_on_the_internet_is_fine(sender: WebhookSender, host: str) -> None:
    sender.check(f"https://{host}/hook?x=1")
    sender.check(f"http://{host}:8443")


@pytest.mark.parametrize("url", UNUSABLE)
@pytest.mark.parametrize("allow_private", [False, True])
def test_what_is_no_plain_web_address_is_refused_whatever_is_allowed(url: str, *, allow_private: bool) -> None:
    with pytest.raises(Invalid) as refused:
        WebhookSender(allow_private=allow_private).check(url)
    assert refused.value.field == "url"


@pytest.mark.parametrize("host", CLOSED_HOSTS)
def test_where_private_addresses_are_allowed_all_pass(host: str) -> None:
    WebhookSender(allow_private=True).check(f"http://{host}:8080/hook")


@pytest.mark.parametrize("text", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.1"])
async def test_a_name_that_leads_to_a_closed_address_is_not_called(text: str) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["8.8.8.8", text]

    with pytest.raises(DeliveryPostponed, match=r"not called: hooks\.example\.com leads to an address that") as refused:
        await WebhookSender(resolve=resolve).send("https://hooks.example.com/", b"{}", {})
    assert text not in str(refused.value)  # what names inside the house lead to is nobody's business either


async def test_a_scoped_address_of_a_name_is_not_called() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["fe80::1%eth0"]

    with pytest.raises(DeliveryPostponed, match="link-local"):
        await WebhookSender(resolve=resolve).send("https://hooks.example.com/", b"{}", {})


def test_an_address_is_taken_apart_once() -> None:
    place = read_place("https://Hooks.Example.com.:8443/a/b?c=d")
    assert (place.scheme, place.host, place.port, place.target) == ("https", "hooks.example.com", 8443, "/a/b?c=d")
    assert place.authority == "Hooks.Example.com.:8443"
    assert (read_place("http://a.example").port, read_place("https://a.example?x").target) == (80, "/?x")


@pytest.mark.parametrize("text", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_what_is_on_the_internet_is_open(text: str) -> None:
    ip = ip_of(text)
    assert ip is not None
    assert why_closed(ip) is None
