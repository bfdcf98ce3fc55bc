"""What a PostgreSQL address may say: everything libpq's may, and the size and patience of a pool."""

import pytest

from models.postgres_url import parse_postgres


def test_the_driver_reads_the_address_as_it_is_written() -> None:
    url = "postgres://gate:p%40ss%2Fw%3Ard%20%25@db.example:6432/gate%20way?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    place = parse_postgres(url)
    assert place.dsn == (
        "postgresql://gate:p%40ss%2Fw%3Ard%20%25@db.example:6432/gate%20way"
        "?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem"
    )
    assert str(place) == "PostgreSQL, gate way on db.example:6432"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres:///gate?host=/run/postgresql", "PostgreSQL, gate on /run/postgresql"),
        ("postgres://gate@/gate?host=/run/postgresql&port=5433", "PostgreSQL, gate on /run/postgresql"),
        ("postgres://one:5432,two:5433/gate?target_session_attrs=read-write", "PostgreSQL, gate on one:5432,two:5433"),
        ("postgres://[::1]:5432/gate", "PostgreSQL, gate on [::1]:5432"),
        ("postgres://db?dbname=gate", "PostgreSQL, gate on db"),
        ("postgres://db", "PostgreSQL on db"),
        ("postgres://", "PostgreSQL on this machine"),
    ],
)
def test_every_kind_of_place(url: str, shown: str) -> None:
    assert str(parse_postgres(url)) == shown


def test_what_is_said_by_default() -> None:
    place = parse_postgres("postgres://db/gate")
    assert (place.pool_min_size, place.pool_size) == (0, 20)
    assert (place.connect_timeout, place.command_timeout) == (4, 8)
    assert dict(place.server_settings) == {"application_name": "agentgate"}
    waits = place.connect_timeout + (place.command_timeout or 0) + place.connect_timeout
    assert waits < 20, "a caller learns within twenty seconds that the database is gone"


def test_the_pool_and_its_patience() -> None:
    place = parse_postgres(
        "postgres://db/gate?pool_size=50&pool_min_size=5&connect_timeout=2&command_timeout=1.5&statement_cache_size=0"
    )
    assert place.dsn == "postgresql://db/gate"
    assert (place.pool_size, place.pool_min_size, place.statement_cache_size) == (50, 5, 0)
    assert (place.connect_timeout, place.command_timeout) == (2, 1.5)


def test_names_that_others_use_for_the_pool() -> None:
    place = parse_postgres("postgres://db/gate?minsize=2&maxsize=9")
    assert (place.pool_min_size, place.pool_size) == (2, 9)


def test_the_certificates_of_the_system() -> None:
    place = parse_postgres("postgres://db/gate?sslmode=verify-full&sslrootcert=system")
    assert (place.dsn, place.connection()["ssl"]) == ("postgresql://db/gate", True)
    assert "ssl" not in parse_postgres("postgres://db/gate?sslmode=verify-full").connection()


def test_settings_of_the_server() -> None:
    place = parse_postgres("postgres://db/gate?statement_timeout=5s&application_name=gate-1&search_path=approvals")
    assert dict(place.server_settings) == {
        "application_name": "gate-1", "statement_timeout": "5s", "search_path": "approvals",
    }  # fmt: skip


def test_a_migration_may_take_its_time() -> None:
    place = parse_postgres("postgres://db/gate?statement_timeout=5s&lock_timeout=1s&command_timeout=3").unhurried()
    assert (place.command_timeout, dict(place.server_settings)) == (None, {"application_name": "agentgate"})


@pytest.mark.parametrize("wish", ["channel_binding=prefer", "gssencmode=disable"])
def test_a_wish_that_the_driver_cannot_grant_is_let_go(wish: str) -> None:
    assert parse_postgres(f"postgres://db/gate?{wish}") == parse_postgres("postgres://db/gate")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://db/gate?sslrootcert=system&sslmode=require", "goes with sslmode=verify-full"),
        ("postgres://db/gate?sslmode=yes", "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"),
        ("postgres://db/gate?pool=5", "“pool” is no parameter of it; there are application_name, command_timeout"),
        ("postgres://db/gate?pool_size=0", "pool_size goes from 1 to 10000"),
        ("postgres://db/gate?pool_size=many", "pool_size is a number"),
        ("postgres://db/gate?pool_size=5&pool_min_size=6", "pool_min_size is above pool_size"),
        ("postgres://db/gate?connect_timeout=0", "connect_timeout goes from 0.1 to 10000"),
        ("postgres://db/gate?command_timeout=nan", "command_timeout goes from 0.1 to 10000"),
        ("postgres://db/gate?channel_binding=require", "channel_binding can only be disable or prefer"),
        ("postgres://db/gate?port=x", "port is a number"),
        ("postgres://db:0/gate", "ports go from 1 to 65535"),
        ("postgres://db:70000/gate", "ports go from 1 to 65535"),
        ("postgres://db/gate?sslmode", "no list of name=value"),
    ],
)
def test_what_means_nothing_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_postgres(url)


@pytest.mark.parametrize("sign", ["@", "/", "?", "#", "[", "]", "@x:1/", "?a="])
def test_a_password_with_a_sign_that_means_something_is_not_quoted(sign: str) -> None:
    with pytest.raises(ValueError, match="write @") as refusal:
        parse_postgres(f"postgres://gate:hunter2{sign}secret@db/gate")
    assert "hunter2" not in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_a_place_shows_no_password() -> None:
    place = parse_postgres("postgres://gate:hunter2@db/gate?password=hunter2")
    assert "hunter2" not in f"{place} {place!r}"
