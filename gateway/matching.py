"""One condition of a rule: a path into the ask, an operator and its operand. PURE."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import re2

from gateway.errors import InvalidPolicy
from gateway.views import Ask
from models.words import Operator

LONGEST_PATTERN = 1000
ROOTS = ("params", "context")
PLAIN = ("action", "urgency", "requestedBy")


class _Missing:
    """The value of a path that leads nowhere."""


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class Condition:
    """`path operator operand`, ready to be asked. `test` holds what the operand was compiled to."""

    path: str
    operator: str
    operand: Any
    test: Callable[[Any], bool]

    def holds(self, ask: Ask, requested_by: str) -> bool:
        """Whether the ask meets the condition."""
        return self.test(look_up(self.path, ask, requested_by))

    def why_not(self, ask: Ask, requested_by: str) -> str:
        """Say, in one sentence, how the ask misses the condition."""
        value = look_up(self.path, ask, requested_by)
        if value is MISSING:
            return f"{self.path} is not there"
        return f"{self.path} is {_shown(value)}, which does not meet {self.operator} {_shown(self.operand)}"


def look_up(path: str, ask: Ask, requested_by: str) -> Any:
    """Return what a dotted path leads to, or MISSING. A path without a known root looks into params."""
    root, _, rest = path.partition(".")
    if path in PLAIN:
        return {"action": ask.action, "urgency": ask.urgency.value, "requestedBy": requested_by}[path]
    if root in ROOTS and rest:
        return _walk(ask.params if root == "params" else ask.context, rest)
    return _walk(ask.params, path)


def _walk(values: Mapping[str, Any], path: str) -> Any:
    """Go down step by step; a name that holds the whole path counts only where that leads nowhere.

    The other way round, an agent could put `amount.value` beside `amount` and show the rules what it does not do.
    """
    value: Any = values
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return values.get(path, MISSING)
        value = value[step]
    return value


def parse_condition(path: str, wanted: Any, where: str) -> list[Condition]:
    """Read one entry of a rule's `match`. Raises InvalidPolicy with the place and the reason."""
    if not isinstance(wanted, Mapping):
        return [_condition(path, "$eq", wanted, where)]
    if not wanted:
        raise InvalidPolicy(f"{where} is empty; give a value or an operator such as $glob", field=where)
    return [_condition(path, operator, operand, f"{where}.{operator}") for operator, operand in wanted.items()]


def _condition(path: str, operator: str, operand: Any, where: str) -> Condition:
    if operator not in OPERATORS:
        known = " ".join(OPERATORS)
        raise InvalidPolicy(f"{where}: “{operator}” is not an operator; these are: {known}", field=where)
    return Condition(path, operator, operand, OPERATORS[operator](operand, where))


def same(left: Any, right: Any) -> bool:
    """Whether two scalars are the same: numbers by value, and a boolean is never a number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return type(left) is type(right) and bool(left == right)


def _scalar(operand: Any, where: str) -> Any:
    if operand is None or isinstance(operand, str | bool | int | float):
        return operand
    raise InvalidPolicy(f"{where} must be a string, a number, a boolean or null", field=where)


def _scalars(operand: Any, where: str) -> list[Any]:
    if not isinstance(operand, list):
        raise InvalidPolicy(f"{where} must be a list", field=where)
    return [_scalar(item, f"{where}[{place}]") for place, item in enumerate(operand)]


def _equals(operand: Any, where: str) -> Callable[[Any], bool]:
    wanted = _scalar(operand, where)
    return lambda value: same(value, wanted)


def _differs(operand: Any, where: str) -> Callable[[Any], bool]:
    wanted = _scalar(operand, where)
    return lambda value: not same(value, wanted)


def _among(operand: Any, where: str) -> Callable[[Any], bool]:
    wanted = _scalars(operand, where)
    return lambda value: any(same(value, one) for one in wanted)


def _not_among(operand: Any, where: str) -> Callable[[Any], bool]:
    wanted = _scalars(operand, where)
    return lambda value: not any(same(value, one) for one in wanted)


def _compares(holds: Callable[[float, float], bool]) -> Callable[[Any, str], Callable[[Any], bool]]:
    def compile_operand(operand: Any, where: str) -> Callable[[Any], bool]:
        if not _is_number(operand):
            raise InvalidPolicy(f"{where} must be a number", field=where)
        return lambda value: _is_number(value) and holds(value, operand)

    return compile_operand


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _pattern(operand: Any, where: str) -> Callable[[Any], bool]:
    search = _compiled(_text(operand, where), where).search
    return lambda value: isinstance(value, str) and search(value) is not None


def _glob(operand: Any, where: str) -> Callable[[Any], bool]:
    parts = {"*": r"(?s:.*)", "?": r"(?s:.)"}
    pattern = "".join(parts.get(character) or re2.escape(character) for character in _text(operand, where))
    fullmatch = _compiled(pattern, where).fullmatch
    return lambda value: isinstance(value, str) and fullmatch(value) is not None


def _text(operand: Any, where: str) -> str:
    if not isinstance(operand, str):
        raise InvalidPolicy(f"{where} must be a string", field=where)
    if len(operand) > LONGEST_PATTERN:
        raise InvalidPolicy(f"{where} is longer than {LONGEST_PATTERN} characters", field=where)
    return operand


def _compiled(pattern: str, where: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise InvalidPolicy(f"{where} is not a pattern that RE2 can read: {reason}", field=where) from error


def _exists(operand: Any, where: str) -> Callable[[Any], bool]:
    if not isinstance(operand, bool):
        raise InvalidPolicy(f"{where} must be true or false", field=where)
    return lambda value: (value is not MISSING) is operand


def _shown(value: Any) -> str:
    """Write a value as rules do, as JSON; a text by itself in the quotes of our sentences."""
    text = f"“{value}”" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:80]}… ({len(text)} characters)"


OPERATORS: Final[Mapping[str, Callable[[Any, str], Callable[[Any], bool]]]] = {
    Operator.EQ: _equals,
    Operator.NE: _differs,
    Operator.LT: _compares(lambda value, bound: value < bound),
    Operator.LTE: _compares(lambda value, bound: value <= bound),
    Operator.GT: _compares(lambda value, bound: value > bound),
    Operator.GTE: _compares(lambda value, bound: value >= bound),
    Operator.IN: _among,
    Operator.NIN: _not_among,
    Operator.REGEX: _pattern,
    Operator.GLOB: _glob,
    Operator.EXISTS: _exists,
}
