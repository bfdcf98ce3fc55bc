"""The doctor: what is wrong with a Slack set-up, in one sentence each, with what to do about it."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.slack.doctor import about_undelivered, examine
from bot.slack.manifest import SCOPES
from bot.slack.notifier import FINAL
from bot.slack.options import SlackOptions
from bot.slack.remedies import REMEDIES, UNKNOWN, remedy_for
from gateway.findings import Finding
from gateway.undelivered import Undelivered
from models import db, deliveries
from models.words import DeliveryState
from tests.house.tree import ROOT, documented
from tests.platforms.slack import weather
from tests.slack.house import Workspace
from tests.stories.server import SERVER, run

DEFAULT = "SLACK_DEFAULT_CHANNEL"


def options(place: Workspace, **more: Any) -> SlackOptions:
    """Return options that are right, but for what is given."""
    app = place.slack.app
    right = {"bot_token": app.bot_token, "app_token": app.app_token, "default_channel": place.ops.id}
    return SlackOptions(**(right | {"api_url": place.slack.base_url} | more))


async def look(place: Workspace, **more: Any) -> dict[str, Finding]:
    """Return the findings by part."""
    return {finding.part: finding for finding in await examine(options(place, **more))}


async def test_all_is_well(place: Workspace) -> None:
    place.slack.app.scopes = set(SCOPES)
    sre = place.slack.group("sre", place.ada)
    dev = place.slack.channel("dev", private=True)
    found = await look(place, approvers=frozenset({sre.id, place.bob.id}), allowed_channels=frozenset({dev.id}))
    assert [finding for finding in found.values() if not finding.ok] == []
    assert found["SLACK_BOT_TOKEN"].meaning == "@agentgate in acme"
    assert found["Slack scopes"].meaning == f"all {len(SCOPES)} granted"
    assert found[f"user group {sre.id}"].meaning == "1 member"
    assert set(found) >= {"SLACK_APP_TOKEN", DEFAULT, "SLACK_ALLOWED_CHANNELS"}


@pytest.mark.parametrize("word", ["token_revoked", "invalid_auth", "account_inactive"])
async def test_a_refused_token_is_said_and_nothing_else_is_asked(place: Workspace, word: str) -> None:
    place.slack.app.revoke(word)
    found = await look(place)
    assert {part: finding.meaning for part, finding in found.items()} == {
        "SLACK_BOT_TOKEN": word,
        "SLACK_APP_TOKEN": word,
    }
    assert found["SLACK_BOT_TOKEN"].remedy == REMEDIES[word]


async def test_an_app_token_without_its_scope(place: Workspace) -> None:
    place.slack.app.app_scopes.clear()
    found = (await look(place))["SLACK_APP_TOKEN"]
    assert (found.ok, found.meaning) == (False, "missing_scope (connections:write)")
    assert "add the scope connections:write" in found.remedy


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_missing_scope_is_named(place: Workspace, scope: str) -> None:
    place.slack.app.scopes = set(SCOPES) - {scope}
    found = (await look(place))["Slack scopes"]
    assert (found.ok, found.meaning) == (False, f"missing: {scope}")
    assert "manifest slack" in found.remedy


class TestChannel:
    """Where cards go by default."""

    async def test_by_name_on_whichever_page(self, place: Workspace) -> None:
        place.slack.page_size = 2
        last = [place.slack.channel(f"c{number}") for number in range(5)][-1]
        found = (await look(place, default_channel=f"#{last.name}"))[DEFAULT]
        assert (found.ok, found.meaning) == (True, "#c4: @agentgate is a member")

    @pytest.mark.parametrize(
        ("made", "word", "remedy"),
        [
            ({"bot": False}, "not_in_channel", "/invite @agentgate"),
            ({"archived": True}, "is_archived", "unarchive"),
            ({"bot": False, "private": True}, "channel_not_found", "/invite @agentgate"),
        ],
    )
    @pytest.mark.parametrize("by_name", [True, False])
    async def test_where_nobody_may_post(
        self, place: Workspace, made: dict[str, bool], word: str, remedy: str, *, by_name: bool
    ) -> None:
        channel = place.slack.channel("quiet", **made)
        found = (await look(place, default_channel="#quiet" if by_name else channel.id))[DEFAULT]
        assert not found.ok
        assert word in found.meaning
        assert remedy in found.remedy

    @pytest.mark.parametrize("nowhere", ["#nowhere", "C0NOWHERE"])
    async def test_that_is_not_there(self, place: Workspace, nowhere: str) -> None:
        found = (await look(place, default_channel=nowhere))[DEFAULT]
        assert not found.ok
        assert "channel_not_found" in found.meaning

    async def test_a_person(self, place: Workspace) -> None:
        assert (await look(place, default_channel=place.ada.id))[DEFAULT].ok
        found = (await look(place, default_channel="U0NOBODY"))[DEFAULT]
        assert (found.ok, found.meaning) == (False, "user_not_found")

    async def test_none_at_all_is_said(self, place: Workspace) -> None:
        found = (await look(place, default_channel=None))[DEFAULT]
        assert found.ok
        assert "shown to nobody" in found.meaning

    async def test_nothing_is_posted(self, place: Workspace) -> None:
        await look(place)
        assert place.slack.messages(place.ops) == []


async def test_user_groups_that_decide_nothing(place: Workspace) -> None:
    empty, off = place.slack.group("empty"), place.slack.group("off", place.ada, disabled=True)
    found = await look(place, admins=frozenset({empty.id}), auditors=frozenset({off.id}))
    assert found[f"user group {empty.id}"].meaning == "nobody is in it"
    assert found[f"user group {off.id}"].meaning == "no_such_subteam"
    assert not any(found[f"user group {group.id}"].ok for group in (empty, off))


async def test_slack_that_is_out_of_order_is_said(place: Workspace) -> None:
    place.slack.weather.keep("*", weather.status(503))
    down = (await look(place))["SLACK_BOT_TOKEN"]
    assert not down.ok
    assert "slack-status.com" in down.remedy
    gone = (await look(place, api_url="http://127.0.0.1:9/api/"))["SLACK_BOT_TOKEN"]
    assert gone.meaning.startswith("Slack cannot be reached")
    assert "SLACK_API_URL" in gone.remedy


async def test_one_part_that_is_limited_hides_no_other(place: Workspace) -> None:
    place.slack.weather.keep("conversations.info", weather.rate_limited(30))
    found = await look(place)
    assert (found[DEFAULT].ok, found[DEFAULT].meaning) == (False, "ratelimited")
    assert found["SLACK_APP_TOKEN"].ok


def test_every_word_that_ends_a_delivery_has_its_remedy_and_its_row() -> None:
    assert set(REMEDIES) >= FINAL
    page = documented("howto/slack.md", like=r"[a-z_]+")
    assert {word: cells[1].replace("`", "") for word, cells in page.items()} == {
        word: remedy_for(word, needed="it names") for word in REMEDIES
    }
    assert remedy_for("never_heard_of") == UNKNOWN


def test_an_undelivered_card_is_told_with_slack_s_own_word() -> None:
    found = about_undelivered(Undelivered("slack:#ops", "not_in_channel", 3))
    assert found.meaning == "3 cards to slack:#ops given up in the last day: not_in_channel"
    assert "/invite @agentgate" in found.remedy


class TestCommand:
    """The same as a process."""

    def environment(self, place: Workspace, **more: str) -> dict[str, str]:
        app = place.slack.app
        tokens = {"SLACK_BOT_TOKEN": app.bot_token, "SLACK_APP_TOKEN": app.app_token}
        return tokens | {"SLACK_API_URL": place.slack.base_url, DEFAULT: place.ops.id} | more

    async def doctor(self, folder: Path, *options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        return await asyncio.to_thread(run, [SERVER, "doctor", *options], folder, **settings)

    async def test_all_is_well(self, place: Workspace, tmp_path: Path) -> None:
        done = await self.doctor(tmp_path, **self.environment(place))
        assert (done.returncode, done.stderr) == (0, "")
        assert {line.split("\t")[1] for line in done.stdout.splitlines()} == {"ok"}
        assert is_empty(tmp_path)

    async def test_what_is_wrong_ends_it_with_1_and_no_token_is_shown(self, place: Workspace, tmp_path: Path) -> None:
        place.slack.app.scopes.discard("commands")
        done = await self.doctor(tmp_path, "--json", **self.environment(place, SLACK_DEFAULT_CHANNEL="#nowhere"))
        assert done.returncode == 1
        report = json.loads(done.stdout)
        assert report["ok"] is False
        wrong = {found["part"]: found["meaning"] for found in report["findings"] if not found["ok"]}
        assert wrong == {"Slack scopes": "missing: commands", DEFAULT: "#nowhere: channel_not_found"}
        for secret in (place.slack.app.bot_token, place.slack.app.app_token):
            assert secret not in done.stdout + done.stderr

    async def test_the_wrong_kind_of_token_is_named(self, place: Workspace, tmp_path: Path) -> None:
        swapped = self.environment(place, SLACK_BOT_TOKEN=place.slack.app.app_token)
        done = await self.doctor(tmp_path, **swapped)
        assert done.returncode == 1
        assert "SLACK_BOT_TOKEN\tproblem\tmust be a bot token" in done.stdout
        assert place.slack.app.app_token not in done.stdout + done.stderr

    async def test_slack_that_hangs_holds_up_nobody(self, place: Workspace, tmp_path: Path) -> None:
        place.slack.weather.keep("*", weather.hang())
        async with asyncio.timeout(25):
            done = await self.doctor(tmp_path, **self.environment(place))
        assert done.returncode == 1
        assert "SLACK_BOT_TOKEN\tproblem" in done.stdout

    async def test_a_card_that_never_arrived_is_told(self, place: Workspace, tmp_path: Path) -> None:
        path = tmp_path / "gate.db"
        await a_dead_delivery(path, word="gave up after a day: is_archived")
        done = await self.doctor(tmp_path, **self.environment(place, DATABASE_URL=str(path)))
        assert done.returncode == 1
        assert "1 card to slack:#old given up in the last day: is_archived\tunarchive" in done.stdout


def is_empty(folder: Path) -> bool:
    """Whether nothing was written."""
    return not any(folder.iterdir())


async def a_dead_delivery(path: Path, *, word: str) -> None:
    """Make a database in which one card was given up just now."""
    address = db.parse_address(str(path))
    now = datetime.now(UTC)
    await db.open_database(address)
    await db.migrate(address)
    dead = {"state": DeliveryState.DEAD.value, "due_at": now, "created_at": now, "settled_at": now, "last_error": word}
    names = {"id": "dlv_1", "event_id": "evt_1", "event_type": "request.pending", "request_id": "req_1"}
    await deliveries.add_all([deliveries.row(target="slack:#old", **names, **dead)])
    await db.close_database()


def test_the_page_has_the_manifest_s_command() -> None:
    assert "agentgate-server manifest slack" in (ROOT / "docs/howto/slack.md").read_text(encoding="utf-8")
