"""Names that look like ours and are not: a misspelt setting would be silently without effect."""

import difflib
from collections.abc import Collection, Iterable

NEAR = 0.83
"""How like one of ours an unknown name must be to count as misspelt (difflib's ratio)."""


def misspelt_among(given: Iterable[str], *, known: Collection[str], foreign: Collection[str]) -> dict[str, str]:
    """Return the given names that look like a known one and are none, each with the nearest known one.

    `foreign` names are right although they are not ours. What begins with our own name is ours, however unlike.
    """
    nearest = {}
    for name in sorted(given):
        if name.upper() in known or name.upper() in foreign:  # the case of a name does not matter
            continue
        cutoff = 0 if name.startswith("AGENTGATE_") else NEAR
        found = difflib.get_close_matches(name.upper(), known, n=1, cutoff=cutoff)
        if found:
            nearest[name] = found[0]
    return nearest
