"""What a fake gate refuses, in the words and codes of a real one."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any


class Problem(Exception):
    """A refusal; `request` is the current state that goes with a conflict."""

    def __init__(self, status: int, code: str, detail: str, request: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.request = request

    @property
    def body(self) -> dict[str, Any]:
        """Return it as a gate writes it (RFC 9457)."""
        body: dict[str, Any] = {
            "type": f"/api/docs#{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "error": self.detail,
            "message": self.detail,
            "reference": "fake",
        }
        return body if self.request is None else {**body, "request": self.request}


def invalid(detail: str) -> Problem:
    """Return the refusal of a value."""
    return Problem(400, "invalid", detail)


def not_found(ref: str) -> Problem:
    """Return the refusal to say anything of what is not there."""
    return Problem(404, "not_found", f"There is no request {ref}.")
