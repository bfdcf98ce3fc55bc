"""CI, pre-commit and a person run the same commands; tables and migrations agree; imports keep to the layers."""

import os
import re
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path

from tests.house.tree import CODE, ROOT, python_files, shown

BIN = Path(sys.executable).parent
SHARED = {"rich", "structlog", "typing_extensions"}
"""Vendors that several folders use: tables in terminals, the log, newer types."""
IMPORTED_AS = {
    "discord-py": "discord",
    "google-re2": "re2",
    "prometheus-client": "prometheus_client",
    "prompt-toolkit": "prompt_toolkit",
    "pydantic-settings": "pydantic_settings",
    "python-dotenv": "dotenv",
    "python-ulid": "ulid",
    "slack-bolt": "slack_bolt",
    "tortoise-orm": "tortoise",
    "typing-extensions": "typing_extensions",
}


def commands_of_make_check() -> list[str]:
    """Return the commands of `make check`, as they stand in the Makefile."""
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert recipe is not None
    return [line.strip().replace("$(BIN)", ".venv/bin").replace("$(MAKE)", "make") for line in recipe[1].splitlines()]


def test_pre_commit_runs_what_make_check_runs() -> None:
    config = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^\s+entry: (.*)$", config, re.MULTILINE) == commands_of_make_check()


def test_ci_runs_make_check() -> None:
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "exec make check"
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert "- run: .ci/run\n" in (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_tests_come_last_as_a_person_runs_them() -> None:
    assert commands_of_make_check()[-1] == "make --no-print-directory test"


def test_models_and_migrations_agree() -> None:
    check = [sys.executable, "-m", "models.migrations", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "models and migrations agree"), done.stderr


def test_imports_keep_to_the_layers() -> None:
    lint = [str(BIN / "lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def contracts() -> ConfigParser:
    """Return the import contracts."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    return config


def test_every_folder_is_under_contract() -> None:
    folders = {shown(path).removeprefix("sdk/src/").partition("/")[0] for path in python_files(*CODE)}
    assert set(contracts()["importlinter"]["root_packages"].split()) == folders


def test_every_vendor_has_one_home() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    vendors = {re.split(r"[<>=;\[ ]", line)[0] for line in wanted} - {"agentgate-client"}
    sections = contracts()
    homes = [section.get("protected_modules", "") for section in sections.values()]
    others = [sections[f"importlinter:contract:{name}"]["forbidden_modules"] for name in ("drivers", "homeless")]
    housed = set(" ".join((*homes, *others)).split())
    assert {IMPORTED_AS.get(vendor, vendor) for vendor in vendors} - housed == SHARED
