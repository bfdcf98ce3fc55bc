"""What the settings say about Redis, and what the doctor and the start make of it."""

import asyncio
import json
from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings
from tests.platforms.redis import running_redis
from tests.stories.server import SERVER, run, serving

SECRET = "hunter2"


def refusal() -> str:
    """Return how the settings are refused."""
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return str(refused.value)


def test_without_redis_every_server_counts_for_itself() -> None:
    settings = read_settings()
    assert (settings.redis_url, settings.rate_limit_backend) == (None, "memory")


@pytest.mark.parametrize(
    "address",
    [
        "redis://redis",
        f"redis://:{SECRET}@127.0.0.1:6380/15",
        "rediss://gate:p%40ss@redis.example.com",
        "unix:///run/r.sock",
    ],
)
def test_an_address_is_read_and_not_shown(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("REDIS_URL", address)
    monkeypatch.setenv("RATE_LIMIT_BACKEND", "Redis")
    settings = read_settings()
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value() == address
    assert settings.rate_limit_backend == "redis"
    assert address not in repr(settings) + settings.model_dump_json()


def test_counting_in_redis_needs_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMIT_BACKEND", "redis")
    assert refusal().startswith("REDIS_URL is missing: RATE_LIMIT_BACKEND is redis")


@pytest.mark.parametrize("backend", ["disk", "redis,memory"])
def test_there_is_nowhere_else_to_count(monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    monkeypatch.setenv("RATE_LIMIT_BACKEND", backend)
    assert refusal().startswith("RATE_LIMIT_BACKEND: ")


@pytest.mark.parametrize(
    "address",
    [
        "redis",
        "http://redis",
        "redis://",
        "unix://",
        f"redis://:{SECRET}#x@redis",
        f"redis://:{SECRET}/x@redis",
        f"redis://:{SECRET}@redis:port",
        f"redis://:{SECRET}@redis:66666",
        f"redis://:{SECRET}@redis/first",
        f"redis://:{SECRET}@redis?db=first",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("REDIS_URL", address)
    sentence = refusal()
    assert sentence.startswith("REDIS_URL: is not a Redis address like redis://")
    assert SECRET not in sentence


def test_the_start_stops_with_a_sentence(tmp_path: Path) -> None:
    done = run([SERVER, "serve"], tmp_path, RATE_LIMIT_BACKEND="redis")
    assert done.returncode == 1
    assert done.stderr.startswith("agentgate-server: REDIS_URL is missing: ")
    assert "Traceback" not in done.stderr


def test_a_redis_that_is_away_does_not_stop_the_start_and_no_password_is_logged(tmp_path: Path) -> None:
    address = f"redis://:{SECRET}@127.0.0.1:9/0"
    with serving(tmp_path, REDIS_URL=address, RATE_LIMIT_BACKEND="redis", LOG_LEVEL="debug") as server:
        asyncio.run(asyncio.to_thread(server.stop))
    log = (tmp_path / "server.log").read_text()
    assert "bells.silent" in log
    assert SECRET not in log


def about_redis(folder: Path, **settings: str) -> tuple[bool, str]:
    """Return what the doctor finds of Redis."""
    done = run([SERVER, "doctor", "--json"], folder, **settings)
    assert SECRET not in done.stdout + done.stderr
    (one,) = [one for one in json.loads(done.stdout)["findings"] if one["part"] == "REDIS_URL"]
    assert one["ok"] is (done.returncode == 0)
    assert bool(one["remedy"]) is not one["ok"]
    return one["ok"], f"{one['meaning']} | {one['remedy']}"


def test_the_doctor_looks_at_redis(tmp_path: Path) -> None:
    assert about_redis(tmp_path) == (True, "not used: it is not set | ")
    with running_redis(password=SECRET) as server:
        assert about_redis(tmp_path, REDIS_URL=server.url()) == (True, "reached; calls are not counted there | ")
        ok, said = about_redis(tmp_path, REDIS_URL=server.url(), RATE_LIMIT_BACKEND="redis")
        assert (ok, said) == (True, "reached; all servers count calls there | ")
        ok, said = about_redis(tmp_path, REDIS_URL=server.url(password="hunter2-but-wrong"))
        assert not ok
        assert "refuses who REDIS_URL says we are" in said
        assert "name and password of a user" in said
    ok, said = about_redis(tmp_path, REDIS_URL=server.url())
    assert not ok
    assert "start it, or set REDIS_URL" in said
