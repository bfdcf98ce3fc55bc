"""For tests of programs that ask a gate: a fake one, and the pytest fixture `fake_gate`, which needs no import."""

from ._gate import FakeGate

__all__ = ["FakeGate"]

FakeGate.__module__ = __name__
