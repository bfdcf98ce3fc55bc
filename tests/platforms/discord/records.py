"""What is remembered of calls."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(eq=False)
class Call:
    """One call of the REST API."""

    method: str
    path: str
    at: float
    route: str = ""
    """`METHOD /template`, as `routes.ROUTES` has it; empty where nothing answers."""
    named: dict[str, str] = field(default_factory=dict)
    """What stands in the path in the place of the template's names."""
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    answer: Any = None
    """What was answered, as far as anything was."""
    status: int = 0

    def __repr__(self) -> str:
        said = f" {self.answer}"[:300] if self.status >= 400 else ""
        return f"<{self.method} {self.path}: {self.status}{said}>"

    @property
    def form(self) -> Json:
        """The body where it is an object."""
        return self.body if isinstance(self.body, dict) else {}
