"""The invite address: the right application, the least permissions, and no secret in it."""

import re
from base64 import b64encode
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.discord.manifest import PERMISSIONS, application_id_in, invitation, shown
from tests.discord.house import APPROVE, Server, a_house
from tests.house.tree import ROOT
from tests.platforms.discord import Permission
from tests.stories.server import SERVER, run

APPLICATION = "1099511627776123456"
TOKEN = f"{b64encode(APPLICATION.encode()).decode().rstrip('=')}.Gabc12.secret-part-of-the-token"
ADDRESS = f"https://discord.com/oauth2/authorize?client_id={APPLICATION}&scope=bot+applications.commands&permissions="
REFUSALS = {401, 403}
VIEW_CHANNEL, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS = 1 << 10, 1 << 11, 1 << 38


def test_it_asks_for_the_least_that_does() -> None:
    query = parse_qs(urlsplit(invitation(APPLICATION)).query)
    assert query == {
        "client_id": [APPLICATION],
        "scope": ["bot applications.commands"],
        "permissions": [str(VIEW_CHANNEL | SEND_MESSAGES | SEND_MESSAGES_IN_THREADS)],
    }


def test_permissions_are_named_as_discord_names_them() -> None:
    assert [shown(name) for name in PERMISSIONS] == ["View Channel", "Send Messages", "Send Messages in Threads"]


def test_the_page_gives_each_permission_its_reason() -> None:
    page = (ROOT / "docs/howto/discord.md").read_text(encoding="utf-8")
    rows = "\n".join(f"| {shown(name)} | {reason} |" for name, reason in PERMISSIONS.items())
    assert f"|---|---|\n{rows}\n\n" in page
    assert "agentgate-server manifest discord" in page


@pytest.mark.parametrize("application", ["1", "42", "123", APPLICATION])
def test_a_token_begins_with_its_application(application: str) -> None:
    first = b64encode(application.encode()).decode().rstrip("=")
    assert application_id_in(f"{first}.Gabc12.rest") == application


@pytest.mark.parametrize("token", ["", ".a.b", "not a token", "YWJj.Gabc12.rest", "é.a.b", "A.b.c", "_-_-.a.b"])
def test_what_holds_no_application_is_no_token(token: str) -> None:
    assert application_id_in(token) is None


def test_the_command_prints_the_address_alone_whatever_else_is_set_wrong(tmp_path: Path) -> None:
    wrong = {"PORT": "nonsense", "DISCORD_APPROVERS": "ada", "DISCORD_API_URL": "nowhere", "SLACK_BOT_TOKEN": "xapp-1"}
    done = run([SERVER, "manifest", "discord"], tmp_path, DISCORD_BOT_TOKEN=TOKEN, **wrong)
    assert done.returncode == 0
    assert re.fullmatch(rf"{re.escape(ADDRESS)}\d+\n", done.stdout)
    assert "DISCORD_DEFAULT_CHANNEL_ID" in done.stderr
    assert TOKEN not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_token_may_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"PORT=nonsense\nOTHER=1\nDISCORD_BOT_TOKEN={TOKEN}\n")
    done = run([SERVER, "manifest", "discord"], tmp_path)
    assert (done.returncode, done.stdout.startswith(ADDRESS)) == (0, True)


def test_who_has_no_token_yet_gives_the_application(tmp_path: Path) -> None:
    done = run([SERVER, "manifest", "discord", "--application-id", APPLICATION], tmp_path)
    assert (done.returncode, done.stdout.startswith(ADDRESS)) == (0, True)


def test_without_a_token_it_says_what_to_set(tmp_path: Path) -> None:
    done = run([SERVER, "manifest", "discord"], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("agentgate-server: DISCORD_BOT_TOKEN is not set")
    assert "--application-id" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("token", ["secret-without-an-application", "YWJj.secret.part", "Bot secret", "xoxb-secret"])
def test_a_token_that_is_none_is_refused_and_not_repeated(tmp_path: Path, token: str) -> None:
    done = run([SERVER, "manifest", "discord"], tmp_path, DISCORD_BOT_TOKEN=token)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("agentgate-server: DISCORD_BOT_TOKEN: ")
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_application_that_is_no_number_is_wrong_usage(tmp_path: Path) -> None:
    done = run([SERVER, "manifest", "discord", "--application-id", "agentgate"], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "digits" in done.stderr


async def test_its_permissions_are_enough_for_a_life(database: None, place: Server) -> None:
    discord = place.discord
    discord.guild.everyone.permissions = Permission.USE_APPLICATION_COMMANDS  # so the bot has its own and no others
    granted = Permission(int(parse_qs(urlsplit(invitation(APPLICATION)).query)["permissions"][0]))
    discord.role("agentgate", discord.app.bot_user, permissions=granted)
    thread, direct = discord.thread(place.ops, "deploys"), discord.direct(place.bob)
    async with a_house(place) as house:
        await house.rule(channels=[f"discord:{place.ops.id}", f"discord:{thread.id}", f"discord:user:{place.bob.id}"])
        request = await house.asks()
        cards = [await discord.next_message(where, within=20) for where in (place.ops, thread, direct)]
        await discord.click(place.ada, cards[0], APPROVE)
        assert (await house.agent.wait(request, timeout=20)).decided_by == f"discord:{place.ada.id}"
        for card in cards:
            await house.shows(card, "Approved by", within=20)
    assert [call for call in discord.calls if call.status in REFUSALS] == []
