"""What a query may raise, on either database.

DBConnectionError          Tortoise's own: the database is not there
├── Refused                it is, and says no
└── Uncertain              it went away while a transaction was being committed
Conflict                   a unique value is taken
Unfit                      a value that its column cannot take
"""

import sqlite3

from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

Conflict = IntegrityError
"""What a query raises when a unique value is taken."""

Unreachable = (DBConnectionError, OperationalError, OSError, sqlite3.DatabaseError)
"""What a query raises when the database is gone, locked, full or broken."""


class Refused(DBConnectionError):
    """The server says no, or cannot be spoken to as told: waiting changes nothing."""


class Uncertain(DBConnectionError):
    """The connection was lost while a transaction was committed: it is done, or it is not; only a look can tell."""


class Unfit(ValueError):
    """A value that its column cannot take: a fault of ours, since a check should have stopped it."""
