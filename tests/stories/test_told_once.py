"""What a webhook took is not sent to it again, though the database went away before that could be noted."""

import asyncio
from pathlib import Path

import pytest

from tests.databases import POSTGRES
from tests.platforms.postgres import Postgres
from tests.platforms.receiver import receiving
from tests.platforms.weather import Cut, Fault
from tests.stories import test_outages as outages

pytestmark = pytest.mark.on(POSTGRES)

own = outages.own


async def test_a_message_that_arrives_while_the_database_goes_is_sent_once(tmp_path: Path, own: Postgres) -> None:
    held = asyncio.Event()
    async with receiving() as receiver, outages.on(own, tmp_path, ALLOW_PRIVATE_WEBHOOKS="true") as scene:
        hook = {"url": receiver.url, "events": ["request.created", "request.cancelled"]}
        assert (await scene.client.post("/api/webhooks", json=hook)).status_code == 201
        receiver.weather.append(Fault(Cut.ANSWER, gate=held))
        asked = (await scene.asks()).json()
        await receiver.until(lambda heard: len(heard.calls) == 1)
        own.stop()
        held.set()
        assert (await scene.asks()).status_code == 503
        own.start()
        await scene.until_well()
        await scene.client.post(f"/api/requests/{asked['id']}/cancel")
        await receiver.until(lambda heard: "request.cancelled" in heard.events)
    assert [call.event for call in receiver.calls] == ["request.created", "request.cancelled"]
