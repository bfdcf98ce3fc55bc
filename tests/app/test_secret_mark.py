"""A server with another secret than its database was begun with is useless to every key, so it says so."""

import json
from pathlib import Path

import httpx

from tests.stories.server import SERVER, run, serving

FIRST, OTHER = "the-first-secret-" * 3, "another-secret-" * 3


def secret_by_doctor(folder: Path, secret: str) -> tuple[bool, str]:
    """Return whether the doctor is content with a secret, and what it advises."""
    done = run([SERVER, "doctor", "--json"], folder, AGENTGATE_SECRET_KEY=secret)
    assert secret not in done.stdout
    (found,) = [one for one in json.loads(done.stdout)["findings"] if one["part"] == "AGENTGATE_SECRET_KEY"]
    return found["ok"], found["remedy"]


def secret_by_health(url: str) -> str | None:
    """Return what deep health says of the secret; None when it says nothing."""
    checks = httpx.get(f"{url}/health", params={"deep": "true"}).json()["checks"]
    return str(checks["secret"]) if "secret" in checks else None


def test_another_secret_is_told_by_log_health_and_doctor_until_the_first_is_back(tmp_path: Path) -> None:
    assert secret_by_doctor(tmp_path, OTHER) == (True, "")
    with serving(tmp_path, AGENTGATE_SECRET_KEY=FIRST) as server:
        assert secret_by_health(server.url) is None
        server.stop()
    with serving(tmp_path, AGENTGATE_SECRET_KEY=OTHER) as server:
        assert "not the secret that this database was begun with" in (secret_by_health(server.url) or "")
        server.stop()
    log = (tmp_path / "server.log").read_text()
    assert "secret.differs" in log
    assert OTHER not in log
    is_fine, advice = secret_by_doctor(tmp_path, OTHER)
    assert not is_fine
    assert "bootstrap --force" in advice
    assert secret_by_doctor(tmp_path, FIRST) == (True, "")


def test_bootstrap_by_force_takes_the_new_one_for_good(tmp_path: Path) -> None:
    with serving(tmp_path, AGENTGATE_SECRET_KEY=FIRST) as server:
        server.stop()
    refused = run([SERVER, "bootstrap"], tmp_path, AGENTGATE_SECRET_KEY=OTHER)
    assert refused.returncode == 1
    assert not secret_by_doctor(tmp_path, OTHER)[0]
    assert run([SERVER, "bootstrap", "--force"], tmp_path, AGENTGATE_SECRET_KEY=OTHER).returncode == 0
    assert secret_by_doctor(tmp_path, OTHER)[0]
    assert not secret_by_doctor(tmp_path, FIRST)[0]
