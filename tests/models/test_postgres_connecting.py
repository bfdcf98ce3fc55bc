"""Connecting to PostgreSQL: by every way an address can name, and with a sentence where it does not work."""

import socket
from pathlib import Path

import pytest

from models import db
from tests.models.opened import at_port, opened
from tests.platforms.certificates import Authority
from tests.platforms.postgres import Postgres
from tests.platforms.wire import a_wire

pytestmark = pytest.mark.on("postgres")


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> str:
    return postgres.make_database("connecting")


async def said_by(url: str) -> str:
    """Open a database that cannot be opened, and return why not."""
    with pytest.raises(db.Unreachable) as refusal:
        async with opened(url):
            pass
    return str(refusal.value)


async def test_over_tcp_with_a_password_full_of_signs(url: str) -> None:
    async with opened(url):
        assert await db.select("SELECT current_user AS who, inet_server_addr() IS NOT NULL AS tcp") == [
            {"who": "gate", "tcp": True}
        ]


async def test_over_a_socket(url: str, postgres: Postgres) -> None:
    async with opened(postgres.socket_url("connecting")):
        assert await db.select("SELECT inet_server_addr() IS NOT NULL AS tcp") == [{"tcp": False}]


async def test_what_the_address_sets_is_set(postgres: Postgres) -> None:
    url = postgres.url("connecting", statement_timeout="1234", application_name="gate-7", options="-c work_mem=5MB")
    shown = "SELECT current_setting($1) AS value"
    async with opened(url):
        names = ("statement_timeout", "application_name", "work_mem")
        assert [(await db.select(shown, name))[0]["value"] for name in names] == ["1234ms", "gate-7", "5MB"]


async def test_administrators_see_who_is_connected(url: str, postgres: Postgres) -> None:
    async with opened(url):
        seen = postgres.run("SELECT application_name FROM pg_stat_activity WHERE datname = 'connecting'")
    assert [row["application_name"] for row in seen] == ["agentgate"]


async def test_where_nobody_listens_it_may_help_to_wait(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    with pytest.raises(db.Unreachable) as gone:
        async with opened(at_port(url, port)):
            pass
    assert not isinstance(gone.value, db.Refused)
    assert str(port) in str(gone.value)


async def test_where_nobody_answers_the_wait_has_an_end(url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        said = await said_by(at_port(url, door.getsockname()[1]) + "?connect_timeout=0.3&sslmode=disable")
    assert said == "no connection was free or could be made within 0.3 s"


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ("guess@", "", "password authentication failed"),
        ("", "/nowhere", 'database "nowhere" does not exist'),
        ("", "?statement_timeout=soon", 'invalid value for parameter "statement_timeout"'),
        ("", "?sslrootcert=/nowhere/ca.pem&sslmode=verify-full", "sslrootcert: /nowhere/ca.pem cannot be read"),
    ],
)
async def test_a_server_that_says_no_is_not_waited_for(url: str, wrong: str, right: str, sentence: str) -> None:
    changed = url.replace("p%40ss", "guess") if wrong else url
    changed = changed.replace("/connecting", right) if right.startswith("/") else changed + right
    with pytest.raises(db.Refused) as refusal:
        async with opened(changed):
            pass
    assert sentence in str(refusal.value)


class TestEncryption:
    """A wire that speaks TLS before an ordinary server."""

    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return Authority(tmp_path)

    @pytest.mark.parametrize("how", ["require", "prefer", "verify-ca", "verify-full"])
    async def test_it_is_encrypted(self, url: str, postgres: Postgres, authority: Authority, how: str) -> None:
        async with a_wire(postgres.port, tls=authority.server_for("localhost")) as wire:
            there = at_port(url, wire.port).replace("127.0.0.1", "localhost")
            root = f"&sslrootcert={authority.root}" if how.startswith("verify") else ""
            async with opened(f"{there}?sslmode={how}{root}"):
                await db.ping()

    async def test_a_server_under_a_false_name_is_refused(
        self, url: str, postgres: Postgres, authority: Authority
    ) -> None:
        async with a_wire(postgres.port, tls=authority.server_for("elsewhere")) as wire:
            there = at_port(url, wire.port).replace("127.0.0.1", "localhost")
            with pytest.raises(db.Refused, match="certificate verify failed"):
                async with opened(f"{there}?sslmode=verify-full&sslrootcert={authority.root}"):
                    pass
            async with opened(f"{there}?sslmode=verify-ca&sslrootcert={authority.root}"):
                await db.ping()

    async def test_the_system_does_not_trust_anybody(self, url: str, postgres: Postgres, authority: Authority) -> None:
        async with a_wire(postgres.port, tls=authority.server_for("localhost")) as wire:
            there = at_port(url, wire.port).replace("127.0.0.1", "localhost")
            with pytest.raises(db.Refused, match="certificate verify failed"):
                async with opened(f"{there}?sslrootcert=system"):
                    pass

    async def test_a_server_without_it_is_not_spoken_to(self, url: str) -> None:
        with pytest.raises(db.Refused, match="rejected SSL upgrade; it has no TLS: switch `ssl` on there"):
            async with opened(f"{url}?sslmode=require"):
                pass
        async with opened(f"{url}?sslmode=prefer"):
            await db.ping()
