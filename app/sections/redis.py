"""Redis: where replicas count calls together, and by way of which they wake each other."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from app import values
from app.sections.kinds import within

RedisAddress = Annotated[SecretStr, within(values.redis)]
Backend = Annotated[Literal["memory", "redis"], BeforeValidator(values.lower)]


class RedisSettings(BaseSettings):
    """What replicas share beside their database."""

    redis_url: RedisAddress | None = Field(
        None, alias="REDIS_URL", description="Redis for several servers on one database: redis://:PASSWORD@HOST:6379/0"
    )
    rate_limit_backend: Backend = Field(
        "memory",
        alias="RATE_LIMIT_BACKEND",
        description="Where calls are counted: memory, each server for itself, or redis, all together",
    )

    @model_validator(mode="after")
    def _redis_is_somewhere(self) -> Self:
        if self.rate_limit_backend == "redis" and self.redis_url is None:
            raise ValueError(
                "REDIS_URL is missing: RATE_LIMIT_BACKEND is redis; set where it is, or RATE_LIMIT_BACKEND=memory"
            )
        return self
