"""What `import agentgate` offers: all of it listed, described, named as it is imported – and nothing else."""

import inspect
import pickle
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import agentgate
import agentgate.testing
import pytest

MODULES = [agentgate, agentgate.testing]
KINDS_OF_MEMBERS = (property, classmethod, staticmethod)


def offered(module: ModuleType) -> list[tuple[str, Any]]:
    return [(name, getattr(module, name)) for name in module.__all__ if name != "__version__"]


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield what a class itself defines for others: methods, properties, values of an enum left out."""
    for name, member in vars(kind).items():
        is_described = inspect.isroutine(member) or isinstance(member, KINDS_OF_MEMBERS)
        if not name.startswith("_") and is_described:
            yield name, member


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_everything_public_is_listed_in_order(module: ModuleType) -> None:
    assert module.__all__ == sorted(module.__all__)
    public = {name for name, thing in vars(module).items() if not name.startswith("_") and not inspect.ismodule(thing)}
    assert public | {"__version__"} == {*module.__all__, "__version__"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_everything_is_named_as_it_is_imported(module: ModuleType) -> None:
    elsewhere = {name: thing.__module__ for name, thing in offered(module) if thing.__module__ != module.__name__}
    assert elsewhere == {}
    assert repr(agentgate.Denied) == "<class 'agentgate.Denied'>"


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_public_name_says_what_it_is(module: ModuleType) -> None:
    silent = [name for name, thing in offered(module) if not inspect.cleandoc(thing.__doc__ or "").endswith((".", ":"))]
    silent += [
        f"{name}.{member}"
        for name, thing in offered(module)
        if inspect.isclass(thing)
        for member, described in members(thing)
        if not (described.__doc__ or "").strip()
    ]
    assert silent == []


@pytest.mark.parametrize("name", ["keys", "policies"])
@pytest.mark.parametrize("kind", [agentgate.AgentGate, agentgate.AsyncAgentGate])
def test_what_administrators_call_says_what_it_does(kind: Any, name: str) -> None:
    part = type(getattr(kind("http://127.0.0.1:1", api_key="agk_x"), name))
    assert [member for member, described in members(part) if not described.__doc__] == []


def test_importing_it_brings_neither_the_command_line_nor_the_tests() -> None:
    program = "import sys, agentgate; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"typer", "mcp", "pytest"} & set(done.stdout.split()) == set()


def test_what_is_raised_travels_between_processes() -> None:
    request = agentgate.Request(id="req_1", status=agentgate.Status.DENIED, action="deploy.prod", decision_reason="no")
    denied = pickle.loads(pickle.dumps(agentgate.Denied("denied", request=request)))  # noqa: S301 -- our own bytes
    assert (type(denied), denied.reason, denied.request) == (agentgate.Denied, "no", request)


def test_the_type_hints_of_every_verb_can_be_read() -> None:
    for _, member in members(agentgate.AgentGate):
        assert inspect.signature(member).return_annotation is not inspect.Signature.empty
