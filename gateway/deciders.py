"""Looking up whom rules name: which keys are active, and who belongs to a person."""

from collections.abc import Iterable

from gateway.admin_views import KeyView
from gateway.audience import Here
from gateway.gate import Gate
from gateway.permission import same_spelling
from gateway.targets import kind_of
from models import keys, people


async def look_around(gate: Gate, named: Iterable[str]) -> Here:
    """Return what is known here of the approvers that are named; nothing is read where no key and no person is."""
    names = {same_spelling(one) for one in named}
    return Here(gate.kinds, gate.options.trust, await _keys(gate, names), await _people(names))


async def _keys(gate: Gate, names: Iterable[str]) -> dict[str, KeyView]:
    wanted = _of_kind("api", names)
    found = (KeyView.of(row) for row in await keys.find_all_active(wanted)) if wanted else ()
    return {f"api:{key.name}": key for key in found if key.is_active(gate.now())}


async def _people(names: Iterable[str]) -> dict[str, list[str]]:
    wanted = _of_kind("person", names)
    found: dict[str, list[str]] = {}
    for identity in await people.identities_of_all(wanted) if wanted else ():
        found.setdefault(f"person:{identity.person}", []).append(identity.actor)
    return found


def _of_kind(kind: str, names: Iterable[str]) -> list[str]:
    return [one.partition(":")[2] for one in names if kind_of(one) == kind]
