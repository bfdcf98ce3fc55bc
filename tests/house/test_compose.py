"""What `docker compose up` starts: contained, waited for, published to nobody, without a secret that others know."""

import re
from typing import Any

import pytest
import typer

from app.cli import cli
from app.settings import Settings
from tests.house.composefile import VARIABLE, composed, filled, services, source, variables
from tests.house.dockerfile import dockerfile
from tests.house.tree import ROOT, documented
from tests.house.variables import exemplified

OURS = "agentgate-server"
SETTINGS = {str(field.alias) for field in Settings.model_fields.values()}
LASTING = sorted(name for name, service in services().items() if service["restart"] != "no")
ONCE = sorted(set(services()) - set(LASTING))


def test_these_are_the_services() -> None:
    assert LASTING == ["gateway", "mailpit", "postgres", "redis"]
    assert ONCE == ["migrate", "secrets"]
    assert [name for name, service in services().items() if "profiles" in service] == ["mailpit"]
    assert services()["mailpit"]["profiles"] == ["dev"]


@pytest.mark.parametrize("name", [*LASTING, *ONCE])
def test_a_service_is_contained(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert "/tmp" in service["tmpfs"]  # noqa: S108 - the container's own, in memory
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "pid", "ipc", "devices"} & set(service)
    user = str(service.get("user", "")) or _user_of_the_image(service)
    assert user.partition(":")[0] not in {"", "0", "root"}


def _user_of_the_image(service: dict[str, Any]) -> str:
    assert service["image"] == OURS
    return next(one.words for one in reversed(dockerfile()) if one.name == "USER")


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_service_comes_back_and_says_how_it_is(name: str) -> None:
    service = services()[name]
    assert service["restart"] == "unless-stopped"
    assert _has_healthcheck(name)


def _has_healthcheck(name: str) -> bool:
    service = services()[name]
    if "healthcheck" in service:
        return "test" in service["healthcheck"]
    return service["image"] == OURS and any(one.name == "HEALTHCHECK" for one in dockerfile())


def test_everybody_waits_for_what_they_need() -> None:
    waits = {
        (name, other): needed["condition"]
        for name, service in services().items()
        for other, needed in service.get("depends_on", {}).items()
    }
    assert waits == {
        ("postgres", "secrets"): "service_completed_successfully",
        ("migrate", "secrets"): "service_completed_successfully",
        ("migrate", "postgres"): "service_healthy",
        ("gateway", "migrate"): "service_completed_successfully",
        ("gateway", "redis"): "service_healthy",
    }
    for (_, other), condition in waits.items():
        assert other in (ONCE if condition == "service_completed_successfully" else LASTING)


def test_an_image_is_ours_or_one_of_a_named_version() -> None:
    images = {name: service["image"] for name, service in services().items()}
    assert {name for name, image in images.items() if image == OURS} == {"gateway", "migrate", "secrets"}
    for image in set(images.values()) - {OURS}:
        assert re.fullmatch(r"(?:[a-z]+/)?[a-z]+:v?\d+[\w.-]*", image), f"{image} names a registry or no version"
    assert [name for name, service in services().items() if "build" in service] == ["gateway"]
    assert {services()[name]["pull_policy"] for name in ("migrate", "secrets")} == {"never"}


def test_nothing_is_published_to_others_by_default() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:3000:3000", "127.0.0.1:1025:1025", "127.0.0.1:8025:8025"]
    assert services({"PORT": "8080", "PUBLISH_ADDRESS": "0.0.0.0"})["gateway"]["ports"] == ["0.0.0.0:8080:3000"]  # noqa: S104 - when it is asked for


def test_inside_address_and_port_stay_what_they_are() -> None:
    inside = services({"HOST": "127.0.0.1", "PORT": "8080"})["gateway"]["environment"]
    assert (inside["HOST"], inside["PORT"]) == ("0.0.0.0", "3000")  # noqa: S104 - the container's own
    assert inside["AGENTGATE_PUBLIC_URL"] == "http://localhost:8080"


def test_what_is_set_in_the_file_wins() -> None:
    chosen = {
        "AGENTGATE_PUBLIC_URL": "https://gate.example.com",
        "DATABASE_URL": "postgres://gate@db.example.com/gate",
        "RATE_LIMIT_BACKEND": "memory",
        "REDIS_URL": "redis://redis.example.com",
    }
    for name in ("gateway", "migrate"):
        assert services(chosen)[name]["environment"].items() >= chosen.items()
        assert services()[name]["env_file"] == [{"path": ".env", "required": False}]


def test_every_variable_has_a_default_and_is_explained() -> None:
    used = variables(source())
    assert "$" not in filled(VARIABLE.sub("", source()), {}), "a variable without default stops those who set nothing"
    of_compose = set(exemplified()) - SETTINGS
    assert of_compose == set(used) - SETTINGS
    for name in of_compose:
        meaning, default = exemplified()[name]
        assert used[name] == default, name
        shown = f"`{default}`" if default else "–"
        assert documented("howto/self-host.md", like=r"[A-Z_]+")[name] == [shown, meaning]


def test_no_secret_has_a_default() -> None:
    secret = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY")
    assert {default for name, default in variables(source()).items() if secret.search(name)} == {""}
    assert re.findall(r"://[^/\s]*:[^/\s]*@", source()) == [], "an address with a password in it"


def test_volumes_are_named_and_used() -> None:
    mounted = [place for service in services().values() for place in service.get("volumes", [])]
    assert {place.partition(":")[0] for place in mounted} == set(composed()["volumes"])
    assert all(place.endswith(":ro") for name, one in services().items() for place in one.get("volumes", [])
               if place.startswith("secrets:") and name != "secrets")  # fmt: skip


def test_the_database_may_read_its_password_and_nothing_else() -> None:
    (user,) = [one.words for one in dockerfile() if one.name == "USER"]
    assert services()["postgres"]["group_add"] == [user.partition(":")[2]]


def test_every_command_is_one_of_the_server() -> None:
    known = set(getattr(typer.main.get_command(cli), "commands", {}))
    started = [
        service["command"][0]
        for service in services().values()
        if service["image"] == OURS and "command" in service and "entrypoint" not in service
    ]
    assert started == ["migrate"]
    page = (ROOT / "docs/howto/self-host.md").read_text(encoding="utf-8")
    typed = re.findall(r"agentgate-server ([a-z]+)|run --rm gateway ([a-z]+)", page)
    assert {one or other for one, other in typed} >= {"bootstrap", "doctor", "migrate", "serve"}
    assert {one or other for one, other in typed} <= known


def test_the_gateway_has_time_to_say_goodbye() -> None:
    """It ends within ten seconds of SIGTERM; an engine kills after ten unless it is told otherwise."""
    assert services()["gateway"]["stop_grace_period"] == "15s"
