"""What docstrings say: of classes, and of what stands in them, which Python itself forgets."""

from functools import cache

import griffe


@cache
def said_of(path: str) -> dict[str, str]:
    """Return what the docstrings inside a class say, by name. Raises LookupError for one that is missing."""
    module, _, name = path.rpartition(".")
    members = griffe.load(module)[name].members
    own = {key: one for key, one in members.items() if one.is_attribute}
    silent = [key for key, one in own.items() if one.docstring is None]
    if silent:
        raise LookupError(f"{path} says nothing of {', '.join(silent)}")
    return {key: one.docstring.value for key, one in own.items() if one.docstring is not None}
