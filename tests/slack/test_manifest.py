"""The manifest: within what Slack documents, and exactly what the code needs."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.slack.manifest import APP_SCOPES, COMMAND, EVENTS, SCOPES, manifest
from tests.platforms.slack.methods import METHODS
from tests.slack.house import House, Workspace, a_house
from tests.stories.server import SERVER, run

CODE = Path(__file__).parents[2] / "bot" / "slack"
APPROVE = "agentgate:approve:now:0"


def text(longest: int, **more: Any) -> dict[str, Any]:
    """Return the schema of a text."""
    return {"type": "string", "minLength": 1, "maxLength": longest} | more


def exactly(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object with these keys and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


SWITCH = {"type": "boolean"}
WORDS = {"type": "array", "items": text(255), "uniqueItems": True, "minItems": 1}
SLASH_COMMAND = exactly(
    command=text(32, pattern=r"^/[a-z]+$"), description=text(2000), usage_hint=text(1000), should_escape=SWITCH
)
DOCUMENTED = exactly(
    display_information=exactly(
        name=text(35), description=text(140), background_color=text(7, pattern="^#([0-9a-f]{3}){1,2}$")
    ),
    features=exactly(
        app_home=exactly(home_tab_enabled=SWITCH, messages_tab_enabled=SWITCH, messages_tab_read_only_enabled=SWITCH),
        bot_user=exactly(display_name=text(80, pattern=r"^[a-z0-9_.-]+$"), always_online=SWITCH),
        slash_commands={"type": "array", "items": SLASH_COMMAND, "maxItems": 50},
    ),
    oauth_config=exactly(scopes=exactly(bot=WORDS | {"maxItems": 255})),
    settings=exactly(
        event_subscriptions=exactly(bot_events=WORDS | {"maxItems": 100}),
        interactivity=exactly(is_enabled=SWITCH),
        org_deploy_enabled=SWITCH,
        socket_mode_enabled=SWITCH,
        token_rotation_enabled=SWITCH,
    ),
)
"""What https://docs.slack.dev/reference/app-manifest says of the keys that we use."""


def test_it_is_what_slack_documents() -> None:
    jsonschema.validate(manifest(), DOCUMENTED)


def test_the_command_prints_json_alone_and_needs_no_setting(tmp_path: Path) -> None:
    done = run([SERVER, "manifest", "slack"], tmp_path, PORT="nonsense", ADMIN_API_KEY="")
    assert done.returncode == 0
    assert json.loads(done.stdout) == manifest()
    assert "App-Level Tokens" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_public_address_is_needed() -> None:
    settings = manifest()["settings"]
    assert settings["socket_mode_enabled"] is True
    assert settings["interactivity"] == {"is_enabled": True}
    assert (settings["org_deploy_enabled"], settings["token_rotation_enabled"]) == (False, False)
    assert "url" not in json.dumps(manifest())


def source() -> str:
    """Return the code of the Slack chat."""
    return "\n".join(path.read_text(encoding="utf-8") for path in CODE.glob("*.py"))


def test_what_is_listened_to_is_in_it() -> None:
    listeners = (CODE / "listeners.py").read_text(encoding="utf-8")
    assert re.findall(r"app\.command\((.+?)\)", listeners) in ([f'"{COMMAND}"'], ["COMMAND"])
    assert set(re.findall(r'app\.event\("(\w+)"\)', listeners)) == set(EVENTS)


def test_the_scopes_are_those_of_the_methods_that_are_called() -> None:
    called = set(re.findall(r"client\.([a-z]+(?:_[a-zA-Z]+)+)\b", source()))
    names = {name.replace(".", "_"): method for name, method in METHODS.items()}
    used = {names[call].scope for call in called & set(names)} - {""}
    if called & {"conversations_info", "conversations_list"}:
        used |= {"channels:read", "groups:read"}  # by the kind of the conversation
    assert {"chat_postMessage", "chat_update", "views_open", "conversations_list"} <= called
    assert used | {"commands"} == set(SCOPES)


@pytest.fixture
async def scoped(database: None, place: Workspace) -> Any:
    """AgentGate with the manifest's scopes and no others."""
    place.slack.app.scopes = set(SCOPES)
    place.slack.app.app_scopes = set(APP_SCOPES)
    sre = place.slack.group("sre", place.ada)
    async with a_house(place, approvers=frozenset({sre.id})) as house:
        yield house


async def test_its_scopes_are_enough_for_a_life(scoped: House) -> None:
    await scoped.rule(channels=[f"slack:{scoped.ops.id}", f"slack:{scoped.bob.id}"])
    request = await scoped.asks()
    card = await scoped.card()
    await scoped.slack.next_message(scoped.slack.direct(scoped.bob))
    await scoped.slack.click(scoped.ada, card, APPROVE)
    approved = await scoped.agent.wait(request, timeout=20)
    assert approved.decided_by == f"slack:{scoped.ada.id}"
    await scoped.shows(card, "Approved by")
    await scoped.slack.until(lambda: card.thread)
    await scoped.slack.open_home(scoped.ada)
    refused = [call for call in scoped.slack.calls if call.answer and call.answer.get("error") == "missing_scope"]
    assert refused == []
