"""Where a database is: what a `DATABASE_URL` says."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from models.postgres_url import PostgresPlace, parse_postgres


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is: a SQLite file, `:memory:`, or a PostgreSQL server."""

    path: Path | None = None
    postgres: PostgresPlace | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite, in a file or in memory."""
        return self.postgres is None

    def __str__(self) -> str:
        """Say where it is, without any password."""
        return str(self.postgres or self.path or ":memory:")


def parse_address(url: str) -> Address:
    """Read a `DATABASE_URL`: a plain path, `:memory:`, `sqlite://…`, `postgres://…` or `postgresql://…`.

    Raises ValueError with the reason when it is none of these.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme in {"postgres", "postgresql"}:
        return Address(postgres=parse_postgres(url))
    if separator and scheme != "sqlite":
        raise ValueError(f"“{scheme}://” is not a database AgentGate knows; use a path, sqlite:// or postgres://")
    path = unquote(rest.removeprefix("localhost")) if separator else url
    if not path or path.endswith("/"):
        raise ValueError("it names no file")
    if path in {":memory:", "/:memory:"}:
        return Address()
    return Address(Path(path.removeprefix("/") if path.startswith("//") else path))
