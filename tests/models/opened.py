"""A PostgreSQL database by its address, open for as long as a test needs it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models import db
from models.address import parse_address


@asynccontextmanager
async def opened(url: str, *, unhurried: bool = False) -> AsyncIterator[db.Address]:
    """Open a database and close it at the end."""
    address = parse_address(url)
    await db.open_database(address, unhurried=unhurried)
    try:
        yield address
    finally:
        await db.close_database()


def at_port(url: str, port: int) -> str:
    """Return the same address at another port, such as a wire's."""
    before, _, after = url.rpartition("@127.0.0.1:")
    return f"{before}@127.0.0.1:{port}/{after.partition('/')[2]}"
