"""Questions whose outcome nobody was told, remembered in files: the same question, asked later, finds its request.

A file holds a request's id and nothing else; its name is a digest. Forgetting one costs a second question, no more, so
trouble with the files is no trouble.
"""

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

KEPT_FOR = 7 * 24 * 3600.0
"""Seconds; nobody comes back to a session for longer, and requests expire long before."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The place where one question is remembered."""

    path: Path

    @classmethod
    def about(cls, folder: Path, *question: object) -> "Unanswered":
        """Return the place for a question, in a folder of such."""
        name = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        return cls(folder / name)

    def request_id(self) -> str | None:
        """Return which request the question became, if it is remembered."""
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return self.path.read_text(encoding="ascii").strip() or None
        return None

    def keep(self, request_id: str) -> None:
        """Remember it."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for old in self._too_old():
                old.unlink(missing_ok=True)
            self.path.write_text(request_id, encoding="ascii")

    def forget(self) -> None:
        """Its outcome has been told."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _too_old(self) -> Iterator[Path]:
        """Find what was left behind by sessions that never came back."""
        for path in self.path.parent.iterdir():
            if path.stat().st_mtime < time.time() - KEPT_FOR:
                yield path
