"""The settings, from their declarations."""

from typing import Any

from app.settings import Settings
from tools.press.markdown import NOTHING, code, table


def settings() -> str:
    """Return the table of all settings."""
    fields = Settings.model_fields.values()
    rows = ([code(str(one.alias)), _default(one.default), one.description or ""] for one in fields)
    return table(("setting", "default", "meaning"), rows)


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return code(str(value).lower())
    return NOTHING if value in (None, (), "") else code(str(value))
