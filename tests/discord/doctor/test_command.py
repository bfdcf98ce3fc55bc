"""The doctor as a process, beside a Discord."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from models import db, deliveries
from models.words import DeliveryState
from tests.discord.doctor.visit import DEFAULT, TOKEN
from tests.platforms.discord import Channel, FakeDiscord, Permission, weather
from tests.stories.server import SERVER, run


async def doctor(folder: Path, *options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run it to its end."""
    return await asyncio.to_thread(run, [SERVER, "doctor", *options], folder, **settings)


def settings(world: FakeDiscord, **more: str) -> dict[str, str]:
    """Return settings that are right, but for what is given."""
    return {"DISCORD_BOT_TOKEN": world.token, "DISCORD_API_URL": world.base_url} | more


async def test_all_is_well(world: FakeDiscord, ops: Channel, tmp_path: Path) -> None:
    done = await doctor(tmp_path, **settings(world, DISCORD_DEFAULT_CHANNEL_ID=ops.id))
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.split("\t")[1] for line in done.stdout.splitlines()} == {"ok"}
    assert f"{DEFAULT}\tok\t{ops.id}, #ops in acme: the bot may post there" in done.stdout
    assert is_empty(tmp_path)


def is_empty(folder: Path) -> bool:
    """Whether nothing was written."""
    return not any(folder.iterdir())


async def test_what_is_wrong_ends_it_with_1_and_no_token_is_shown(
    world: FakeDiscord, ops: Channel, tmp_path: Path
) -> None:
    ops.deny(world.app.bot_user, Permission.SEND_MESSAGES)
    done = await doctor(tmp_path, "--json", **settings(world, DISCORD_DEFAULT_CHANNEL_ID=ops.id))
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["ok"] is False
    wrong = {found["part"]: found["meaning"] for found in report["findings"] if not found["ok"]}
    assert wrong == {DEFAULT: f"{ops.id}, #ops in acme: the bot lacks Send Messages (50013)"}
    assert world.token not in done.stdout + done.stderr


async def test_a_refused_token_is_told_and_not_shown(world: FakeDiscord, tmp_path: Path) -> None:
    world.app.revoke()
    done = await doctor(tmp_path, **settings(world))
    assert done.returncode == 1
    assert f"{TOKEN}\tproblem\t401 Unauthorized\tcopy the token anew" in done.stdout
    assert world.token not in done.stdout + done.stderr


async def test_a_discord_that_hangs_holds_up_nobody(world: FakeDiscord, ops: Channel, tmp_path: Path) -> None:
    for route in (
        "GET /oauth2/applications/@me",
        "GET /gateway/bot",
        "GET /users/@me/guilds",
        "GET /channels/{channel}",
    ):
        world.weather.keep(route, weather.hang())
    async with asyncio.timeout(25):
        done = await doctor(tmp_path, **settings(world, DISCORD_DEFAULT_CHANNEL_ID=ops.id))
    assert done.returncode == 1
    assert done.stdout.count("problem\t") == 4
    assert f"{DEFAULT}\tproblem" in done.stdout


async def test_a_card_that_never_arrived_is_told(world: FakeDiscord, tmp_path: Path) -> None:
    path = tmp_path / "gate.db"
    await a_dead_delivery(path, word="gave up after a day: 50001 Missing Access")
    done = await doctor(tmp_path, **settings(world, DATABASE_URL=str(path)))
    assert done.returncode == 1
    told = (
        "Discord deliveries\tproblem\t1 card to discord:42 given up in the last day: 50001 Missing Access\tgive the bot"
    )
    assert told in done.stdout


async def a_dead_delivery(path: Path, *, word: str) -> None:
    """Make a database in which one card was given up just now."""
    address = db.parse_address(str(path))
    now = datetime.now(UTC)
    await db.open_database(address)
    await db.migrate(address)
    dead = {"state": DeliveryState.DEAD.value, "due_at": now, "created_at": now, "settled_at": now, "last_error": word}
    names = {"id": "dlv_1", "event_id": "evt_1", "event_type": "request.pending", "request_id": "req_1"}
    await deliveries.add_all([deliveries.row(target="discord:42", **names, **dead)])
    await db.close_database()
