"""Who may call from where, and what is written to the log."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from app import values
from app.sections.kinds import Words, within

Origins = Annotated[Words, AfterValidator(values.origins)]
Networks = Annotated[Words, AfterValidator(values.networks)]
Bearer = Annotated[SecretStr, within(values.bearer)]
Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(values.lower)]
Format = Annotated[Literal["pretty", "json"], BeforeValidator(values.lower)]


class NetworkSettings(BaseSettings):
    """Browsers, proxies, whoever reads the metrics, the log."""

    cors_allowed_origins: Origins = Field(
        (), alias="CORS_ALLOWED_ORIGINS", description="Origins whose pages may call the API, separated by commas"
    )
    trusted_proxies: Networks = Field(
        (), alias="TRUSTED_PROXIES", description="Addresses or networks of proxies whose X-Forwarded-For counts"
    )
    metrics_token: Bearer | None = Field(
        None, alias="METRICS_TOKEN", description="What /metrics wants as Bearer token; empty: nothing"
    )
    log_level: Level | None = Field(
        None, alias="LOG_LEVEL", description="debug, info, warning or error; info, and warning beside the local chat"
    )
    log_format: Format | None = Field(None, alias="LOG_FORMAT", description="pretty or json; pretty on a terminal")
