"""Every page does what it says: somebody follows it from its first block to its last, with a real server."""

import asyncio
from itertools import zip_longest
from pathlib import Path
from threading import Event

import pytest

from tests.docs.blocks import Block, blocks_of, pages
from tests.docs.interpreter import DONE
from tests.docs.services import SERVICES, Service, nothing
from tests.docs.session import CODE, MAKE, Session, following
from tests.stories.server import SERVER

pytestmark = pytest.mark.on("sqlite")  # a page says the same whatever the database is
IN_THE_CHAT = "in the chat"
APPROVE = f"approve {CODE}"
STARTS = {"make run": (*MAKE, "run"), "agentgate-server serve": (SERVER, "serve")}
"""The commands that start a server and stay."""
PROGRAMS = frozenset({"sh", "bash", "python"})


def to_run(page: str) -> list[Block]:
    """Return the blocks of a page that are run with it; none where there is nothing but data."""
    blocks = [block for block in blocks_of(page) if block.is_run]
    return blocks if any(block.language in PROGRAMS or IN_THE_CHAT in block.hows for block in blocks) else []


@pytest.mark.parametrize("page", [page for page in pages() if to_run(page)])
async def test_a_page_does_what_it_says(tmp_path: Path, page: str) -> None:
    async with SERVICES.get(page, nothing)() as service:
        with following(tmp_path, service.given, service.written) as session:
            for block in blocks_of(page):
                if block.file and (block.is_run or block.language not in PROGRAMS):
                    session.save(block)
            blocks = to_run(page)
            if not any(starts(block) for block in blocks):
                await asyncio.to_thread(session.start)
            for block, after in zip_longest(blocks, blocks[1:]):
                await follow(session, service, block, after)


async def follow(session: Session, service: Service, block: Block, after: Block | None) -> None:
    """Do what one block says."""
    if block.language == "dotenv":
        session.save(block)
    elif block.language == "sql" and service.sql:
        await asyncio.to_thread(service.sql, session.typed(block))
    elif starts(block):
        await asyncio.to_thread(session.start, STARTS[commands(block)[0]])
    elif IN_THE_CHAT in block.hows and not answers(block):
        await asyncio.to_thread(session.say, block)
    elif block.language in PROGRAMS:
        await run(session, service, block, answered=after.text if after and answers(after) else APPROVE)


def starts(block: Block) -> bool:
    """Whether a block is the command that starts the server."""
    return block.language in {"sh", "bash"} and len(commands(block)) == 1 and commands(block)[0] in STARTS


def commands(block: Block) -> list[str]:
    """Return the lines of a block without what is said about them."""
    return [line.partition("#")[0].strip() for line in block.lines]


def answers(block: Block) -> bool:
    """Whether a block answers the card that the one before it put up."""
    return IN_THE_CHAT in block.hows and CODE in block.text


async def run(session: Session, service: Service, block: Block, *, answered: str) -> None:
    """Run a block to its end while somebody answers its cards, and see that it ended as it should."""
    over = Event()
    answering = asyncio.ensure_future(somebody(session, service, answered, over))
    work = interpreted if block.language == "python" else executed
    said = await asyncio.to_thread(work, session, block)
    over.set()
    if service.answers:
        answering.cancel()
    await asyncio.wait({answering})
    assert said is None, f"{block} does not do what it says:\n{said}"


async def somebody(session: Session, service: Service, answered: str, over: Event) -> None:
    """Answer the next card: where the page puts it up, or in the local chat."""
    if session.terminal is not None:
        await (service.answers() if service.answers else asyncio.to_thread(session.answer, answered, over))


def interpreted(session: Session, block: Block) -> str | None:
    """Run a block in the page's Python; return what it said, if it failed."""
    interpreter = session.python(block)
    assert interpreter.stdout is not None
    said: list[str] = []
    for line in interpreter.stdout:
        words, ended, how = line.partition(DONE)
        said.append(words)
        if ended:
            return None if how.strip() == "done" else "".join(said)
    return "".join(said)


def executed(session: Session, block: Block) -> str | None:
    """Run a block in a shell; return what it said, if it ended otherwise than it should."""
    shell = session.shell(block)
    said, _ = shell.communicate(timeout=60)
    session.remember()
    wanted = next((int(how.removeprefix("exits ")) for how in block.hows if how.startswith("exits ")), 0)
    return None if shell.returncode == wanted else f"{said}\nended with {shell.returncode}, and not with {wanted}"
