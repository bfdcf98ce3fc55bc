"""Expressions of workflows, `${{ … }}`, as far as ours need them.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[\w-]+)|(?P<sign>&&|\|\||==|!=|[!().]))")
Contexts = Mapping[str, Any]


def filled(text: str, contexts: Contexts) -> str:
    """Return a text with the values of its expressions; what is not there is empty."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: as_text(value_of(found[1], contexts)), text, flags=re.DOTALL)


def as_text(value: Any) -> str:
    """Return a value as a runner writes it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case Mapping() | list():
            return "Object" if isinstance(value, Mapping) else "Array"
        case _:
            return str(value)


def value_of(expression: str, contexts: Contexts) -> Any:
    """Return what an expression says; fails where it is none."""
    reader = _Reader(expression, contexts)
    value = reader.either()
    assert not reader.tokens, f"not understood: {expression}, from {reader.tokens}"
    return value


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, expression: str, contexts: Contexts) -> None:
        text = expression.strip()
        self.tokens: list[tuple[str, str]] = []
        while text:
            found = TOKEN.match(text)
            assert found is not None, f"not understood: {text}"
            self.tokens += [(kind, word) for kind, word in found.groupdict().items() if word is not None]
            text = text[found.end() :].lstrip()
        self._contexts = contexts

    def either(self) -> Any:
        value = self._both()
        while self._takes("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._equal()
        while self._takes("&&"):
            other = self._equal()
            value = other if value else value
        return value

    def _equal(self) -> Any:
        value = self._one()
        while sign := self._takes("==") or self._takes("!="):
            other = self._one()
            value = (as_text(value).lower() == as_text(other).lower()) == (sign == "==")
        return value

    def _one(self) -> Any:
        if self._takes("!"):
            return not self._one()
        if self._takes("("):
            value = self.either()
            assert self._takes(")")
            return value
        kind, word = self.tokens.pop(0)
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return int(word)
        assert kind == "name", f"not understood: {word}"
        return self._call(word) if self._takes("(") else self._dotted(word)

    def _call(self, name: str) -> Any:
        arguments = [] if self.tokens[0] == ("sign", ")") else [self.either()]
        assert self._takes(")")
        return FUNCTIONS[name](self._contexts, *arguments)

    def _dotted(self, name: str) -> Any:
        if name in {"true", "false", "null"}:
            return {"true": True, "false": False, "null": None}[name]
        assert name in self._contexts, f"there is no context {name} here"
        value = self._contexts[name]
        while self._takes("."):
            key = self.tokens.pop(0)[1]
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _takes(self, sign: str) -> str:
        if self.tokens and self.tokens[0] == ("sign", sign):
            self.tokens.pop(0)
            return sign
        return ""


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "toJSON": lambda _, value: json.dumps(value, indent=2),
    "always": lambda _: True,
    "success": lambda contexts: contexts["job"]["status"] == "success",
    "failure": lambda contexts: contexts["job"]["status"] == "failure",
    "cancelled": lambda contexts: contexts["job"]["status"] == "cancelled",
}
"""What expressions may call, each with the contexts and its argument."""
