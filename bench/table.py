"""A benchmark's result: what was measured, and the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Table:
    """A title, a head and rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_markdown(self) -> str:
        """Return the table as Markdown, ready for a note."""
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        return "\n".join([f"**{self.title}**", "", *(f"| {' | '.join(line)} |" for line in lines)])


def milliseconds(seconds: Sequence[float]) -> tuple[str, ...]:
    """Return median, 90th and 99th percentile and the largest, in milliseconds."""
    cuts = quantiles(seconds, n=100, method="inclusive")
    return tuple(f"{1000 * value:.1f} ms" for value in (cuts[49], cuts[89], cuts[98], max(seconds)))
