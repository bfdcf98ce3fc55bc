"""One of many values, bound as one: ten thousand of them are one short query, too."""

import json
from collections.abc import Iterable

from models.db import on_sqlite


def among(column: str, values: Iterable[str]) -> tuple[str, object]:
    """Return the condition that a column has one of the values, with `{}` for its place, and what is bound there."""
    if on_sqlite():
        return f"{column} IN (SELECT value FROM json_each({{}}))", json.dumps([*values])  # noqa: S608 - the column is ours, the values are bound
    return f"{column} = ANY({{}}::text[])", [*values]
