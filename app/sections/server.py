"""The server itself: where it listens, what it stores, how it behaves."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from app import values
from app.sections.kinds import within
from models.address import Address, parse_address

OwnAddress = Annotated[str, AfterValidator(values.own_address)]
Database = Annotated[str, AfterValidator(values.database)]
ApiKey = Annotated[SecretStr, within(values.api_key)]
Secret = Annotated[SecretStr, within(values.secret)]


class ServerSettings(BaseSettings):
    """Address, database, keys, limits."""

    host: str = Field("0.0.0.0", alias="HOST", description="The address to listen on")  # noqa: S104 - agents and containers call from elsewhere
    port: int = Field(3000, alias="PORT", ge=0, le=65535, description="The port to listen on; 0 takes a free one")
    public_url: OwnAddress = Field(
        "", alias="AGENTGATE_PUBLIC_URL", description="Where people and agents reach this server"
    )
    secret_key: Secret | None = Field(
        None,
        alias="AGENTGATE_SECRET_KEY",
        description="Keys API key digests, links and sessions; made and kept beside the SQLite file when absent",
    )
    database_url: Database = Field(
        "data/agentgate.db", alias="DATABASE_URL", description="A SQLite path, `:memory:`, sqlite://… or postgres://…"
    )
    admin_api_key: ApiKey | None = Field(
        None, alias="ADMIN_API_KEY", description="An admin key to create at the start: agk_… and at least 16 characters"
    )
    allow_self_approval: bool = Field(
        False, alias="ALLOW_SELF_APPROVAL", description="Whether an asker may decide what it asked; for trials only"
    )
    request_timeout_sec: int = Field(
        3600, alias="REQUEST_TIMEOUT_SEC", ge=0, le=315_360_000, description="When requests expire by default; 0: never"
    )
    audit_retention_days: int = Field(
        0, alias="AUDIT_RETENTION_DAYS", ge=0, le=36_500, description="How long audit entries are kept; 0: for ever"
    )
    rate_limit_enabled: bool = Field(True, alias="RATE_LIMIT_ENABLED", description="Whether calls are limited at all")
    rate_limit_rpm: int = Field(
        60,
        alias="RATE_LIMIT_RPM",
        ge=1,
        le=1_000_000,
        description="Calls a minute for keys without a limit of their own",
    )

    @model_validator(mode="after")
    def _shared_secret(self) -> Self:
        if not self.address.is_sqlite and self.secret_key is None:
            raise ValueError("AGENTGATE_SECRET_KEY is required with PostgreSQL: every replica needs the same one")
        return self

    @property
    def address(self) -> Address:
        """Return where the database is."""
        return parse_address(self.database_url)
