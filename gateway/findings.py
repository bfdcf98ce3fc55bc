"""What a look at the set-up finds: how one part is, what that means, and how to mend it. PURE."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is; `remedy` says what to do where something is wrong."""

    part: str
    ok: bool
    meaning: str
    remedy: str = ""


def fine(part: str, meaning: str) -> Finding:
    """Return a finding about a part that is well."""
    return Finding(part, ok=True, meaning=meaning)


def trouble(part: str, meaning: str, *, remedy: str) -> Finding:
    """Return a finding about a part that is not well."""
    return Finding(part, ok=False, meaning=meaning, remedy=remedy)
