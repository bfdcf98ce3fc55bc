"""Write a migration for what changed in `models/tables.py`: `make migrations`."""

import asyncio

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from models.db import APPS, close_database, open_database, parse_address


async def write() -> list[str]:
    """Write the missing migrations and return their paths; none when models and migrations agree."""
    await open_database(parse_address(":memory:"))
    try:
        if Tortoise.apps is None:
            raise RuntimeError("Tortoise did not load models.tables")
        return await MigrationAutodetector(Tortoise.apps, APPS).write()
    finally:
        await close_database()


if __name__ == "__main__":
    print("\n".join(asyncio.run(write())) or "models and migrations agree")  # noqa: T201 - a command prints
