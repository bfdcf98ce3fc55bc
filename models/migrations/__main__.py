"""Write a migration for what changed in `models/tables.py`: `make migrations`. With `--check`, only say whether to."""

import asyncio
import sys

from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.writer import MigrationWriter

from models.address import parse_address
from models.db import APPS, close_database, open_database


async def missing() -> list[MigrationWriter]:
    """Return the migrations that `models/tables.py` asks for and nobody wrote; none when both agree."""
    await open_database(parse_address(":memory:"))
    try:
        if Tortoise.apps is None:
            raise RuntimeError("Tortoise did not load models.tables")
        return await MigrationAutodetector(Tortoise.apps, APPS).changes()
    finally:
        await close_database()


def main(*, only_check: bool) -> int:
    """Write what is missing, or only say so; return 1 when a check found something missing."""
    writers = asyncio.run(missing())
    if not writers:
        print("models and migrations agree")  # noqa: T201 - a command prints
        return 0
    if only_check:
        changes = [f"{writer.name}: {operation}" for writer in writers for operation in writer.operations]
        print("\n".join(("run `make migrations`; it would write", *changes)))  # noqa: T201 - a command prints
        return 1
    print("\n".join(str(writer.write()) for writer in writers))  # noqa: T201 - a command prints
    return 0


if __name__ == "__main__":
    sys.exit(main(only_check="--check" in sys.argv[1:]))
