"""Kinds of values that settings of several sections have."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from app import values

Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(values.words)]


def within(check: Callable[[str], None]) -> AfterValidator:
    """Return the check of what a secret holds."""

    def checked(secret: SecretStr) -> SecretStr:
        check(secret.get_secret_value())
        return secret

    return AfterValidator(checked)


def first_given(settings: BaseSettings, prefix: str, *, but: str) -> str | None:
    """Return the first variable of a section that is set, `but` one that means nothing by itself; None: none is."""
    return next(
        (
            str(field.alias)
            for name, field in type(settings).model_fields.items()
            if name.startswith(prefix) and name != but and getattr(settings, name) not in {None, ()}
        ),
        None,
    )
