"""The address of a PostgreSQL server as libpq writes it, and what AgentGate's pool of connections adds to it.

Source: PostgreSQL's manual, “Connection URIs” and “Parameter Key Words”.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

FOR_THE_DRIVER = frozenset({
    "host", "port", "user", "password", "dbname", "passfile", "service", "target_session_attrs", "krbsrvname", "gsslib",
    "sslmode", "sslcert", "sslkey", "sslpassword", "sslrootcert", "sslcrl", "sslnegotiation",
    "ssl_min_protocol_version", "ssl_max_protocol_version",
})  # fmt: skip
FOR_THE_SERVER = frozenset({"application_name", "options", "search_path", "statement_timeout", "lock_timeout"})
FILES = ("passfile", "sslcert", "sslkey", "sslrootcert", "sslcrl")
ONLY_WISHES = {"channel_binding": ("disable", "prefer"), "gssencmode": ("disable", "prefer")}
"""What libpq may do and the driver does not: asking for it nicely is no mistake, insisting is."""

LIMITS: dict[str, tuple[type[int] | type[float], float]] = {
    "pool_size": (int, 1),
    "pool_min_size": (int, 0),
    "connect_timeout": (float, 0.1),
    "command_timeout": (float, 0.1),
    "statement_cache_size": (int, 0),
}
"""The numbers of our own, each with its kind and the least it may be."""
MOST = 10_000

OTHER_WORDS = {"maxsize": "pool_size", "max_size": "pool_size", "minsize": "pool_min_size", "min_size": "pool_min_size"}
ENCODE = "write @ : / ? # % in names and passwords as %40 %3A %2F %3F %23 %25"


@dataclass(frozen=True, slots=True)
class PostgresPlace:
    """Where a PostgreSQL database is, how many connections go there, and how many seconds each step may take.

    `connect_timeout` is for getting a connection, a free one or a new one, and for giving it back; `command_timeout` is
    for one statement. Together they stay below twenty seconds: within that time a caller learns that the database is
    gone.
    """

    dsn: str = field(repr=False)
    shown: str
    files: tuple[tuple[str, str], ...] = ()
    trusts_system: bool = False
    server_settings: tuple[tuple[str, str], ...] = (("application_name", "agentgate"),)
    pool_size: int = 20
    pool_min_size: int = 0
    connect_timeout: float = 4.0
    command_timeout: float | None = 8.0
    statement_cache_size: int = 100

    def __str__(self) -> str:
        """Say where it is, without any password."""
        return self.shown

    def connection(self) -> dict[str, Any]:
        """Return the arguments with which the driver makes one connection there."""
        return {
            "dsn": self.dsn,
            "timeout": self.connect_timeout,
            "command_timeout": self.command_timeout,
            "statement_cache_size": self.statement_cache_size,
            "server_settings": dict(self.server_settings),
            **({"ssl": True} if self.trusts_system else {}),
        }

    def unhurried(self) -> "PostgresPlace":
        """Return the same place for work that may take its time, such as a migration of a large table."""
        settings = tuple(pair for pair in self.server_settings if pair[0] not in {"statement_timeout", "lock_timeout"})
        return replace(self, command_timeout=None, server_settings=settings)


def parse_postgres(url: str) -> PostgresPlace:
    """Read `postgres://user:password@host:port/database?parameter=value`.

    Raises ValueError with the reason, which never quotes what may be part of a password.
    """
    parts = _split(url)
    given = _parameters(parts.query)
    driver = {name: value for name, value in given.items() if name in FOR_THE_DRIVER}
    trusts_system = _check_driver(driver)
    server = {name: value for name, value in given.items() if name in FOR_THE_SERVER}
    query = f"?{urlencode(driver, quote_via=quote)}" if driver else ""
    place = PostgresPlace(
        dsn=f"postgresql://{parts.netloc}{parts.path}{query}",
        shown=_shown(parts, driver),
        files=tuple((name, driver[name]) for name in FILES if driver.get(name)),
        trusts_system=trusts_system,
        server_settings=tuple({"application_name": "agentgate", **server}.items()),
        **_limits(given),
    )
    if place.pool_min_size > place.pool_size:
        raise ValueError("pool_min_size is above pool_size")
    return place


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError as error:  # its own words may quote the password
        raise ValueError(f"it cannot be read; {ENCODE}") from error
    hosts = _hosts(parts).split(",") if _hosts(parts) else []
    numbers = [re.fullmatch(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::(\d+))?", host) for host in hosts]
    if "#" in url or "@" in parts.path + parts.query or parts.netloc.count("@") > 1 or not all(numbers):
        raise ValueError(f"it cannot be read; {ENCODE}")
    if not all(0 < int(number[1]) < 65536 for number in numbers if number and number[1]):
        raise ValueError("its port is none: ports go from 1 to 65535")
    return parts


def _hosts(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _parameters(query: str) -> dict[str, str]:
    """Return the parameters by the names we know them by. Raises ValueError for one that means nothing."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True) if query else []
    except ValueError as error:
        raise ValueError(f"what stands behind its ? is no list of name=value; {ENCODE}") from error
    given = {OTHER_WORDS.get(name, name): value for name, value in pairs}
    for name, value in given.items():
        if name in ONLY_WISHES and value not in ONLY_WISHES[name]:
            raise ValueError(
                f"{name} can only be {' or '.join(ONLY_WISHES[name])}: AgentGate's driver does not know it"
            )
    unknown = given.keys() - FOR_THE_DRIVER - FOR_THE_SERVER - ONLY_WISHES.keys() - LIMITS.keys()
    if unknown:
        known = ", ".join(sorted({*FOR_THE_DRIVER, *FOR_THE_SERVER, *LIMITS}))
        name = min(unknown)
        raise ValueError(f"“{name}” is no parameter of it; there are {known}" if name.isidentifier() else ENCODE)
    return given


def _check_driver(driver: dict[str, str]) -> bool:
    """Check what is checked only when it is too late; take out `sslrootcert=system`, and return whether it was there.

    The driver does not know the word; it means the certificates that the machine trusts, and always a full check.
    """
    if driver.get("sslmode", "prefer") not in SSL_MODES:
        raise ValueError(f"sslmode is one of {', '.join(SSL_MODES)}")
    if not re.fullmatch(r"\d*(,\d*)*", driver.get("port", "")):
        raise ValueError("port is a number")
    if driver.get("sslrootcert") != "system":
        return False
    if driver.get("sslmode", "verify-full") != "verify-full":
        raise ValueError("sslrootcert=system goes with sslmode=verify-full")
    driver.pop("sslmode", None)
    del driver["sslrootcert"]
    return True


def _limits(given: dict[str, str]) -> dict[str, Any]:
    """Return the numbers of our own. Raises ValueError for one that is none, or too small or large."""
    limits = {}
    for name in LIMITS.keys() & given.keys():
        kind, least = LIMITS[name]
        try:
            limits[name] = kind(given[name])
        except ValueError as error:
            raise ValueError(f"{name} is a number") from error
        if not least <= limits[name] <= MOST:
            raise ValueError(f"{name} goes from {least} to {MOST}")
    return limits


def _shown(parts: SplitResult, driver: dict[str, str]) -> str:
    database = unquote(parts.path.removeprefix("/")) or driver.get("dbname")
    host = _hosts(parts) or driver.get("host") or "this machine"
    return f"PostgreSQL, {database} on {host}" if database else f"PostgreSQL on {host}"
