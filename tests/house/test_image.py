"""The image as it is written down: what it stands on, what it leaves out, who it runs as."""

import re
import tomllib

import pytest

from app.settings import Settings
from tests.house.dockerfile import Instruction, context, dockerfile
from tests.house.packages import closure
from tests.house.tree import ROOT, shown

EVERYTHING = dockerfile()
IMAGE = [one for one in EVERYTHING if one.stage == EVERYTHING[-1].stage]
COMMANDS = [command for one in EVERYTHING if one.name == "RUN" for command in one.commands]
USER = "10001:10001"


def only(name: str) -> Instruction:
    """Return the one instruction of this name in the image itself."""
    (found,) = [one for one in IMAGE if one.name == name]
    return found


def test_it_stands_on_one_slim_python_of_a_named_version() -> None:
    bases = {one.words.removesuffix(" AS build") for one in EVERYTHING if one.name == "FROM"}
    assert len(bases) == 1
    base = re.fullmatch(r"python:(3\.\d+)-slim-[a-z]+", bases.pop())
    assert base, "no registry, no “latest”, no image that is not slim"
    assert f'"{base[1]}"' in (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"), "a Python that CI tests"


def test_what_is_installed_is_pinned_hashed_and_never_compiled() -> None:
    (fetched,) = [command for command in COMMANDS if "pip" in command and "constraints.txt" in command]
    assert {"--require-hashes", "--only-binary=:all:", "--no-cache-dir"} <= set(fetched.split())
    ours = [command for command in COMMANDS if " install " in command and command.endswith("./sdk .")]
    assert all("--no-deps" in command for command in ours)
    assert len(ours) == 1


def test_tools_stay_behind_in_the_stage_that_builds() -> None:
    assert [command for one in IMAGE if one.name == "RUN" for command in one.commands if "apt" in command] == []
    assert [one.words for one in IMAGE if one.name == "COPY"] == ["--from=build /opt/agentgate /opt/agentgate"]
    for command in COMMANDS:
        if "apt-get install" in command:
            assert {"--yes", "--no-install-recommends"} <= set(command.split())
    assert any(command.startswith("rm -rf /var/lib/apt/lists") for command in COMMANDS)


def test_what_is_taken_out_again_was_needed_for_building_alone() -> None:
    (removal,) = [command for command in COMMANDS if " uninstall " in command]
    building = closure("hatchling") | closure("editables")
    staying = closure("agentgate-server") | closure("agentgate-client[cli]")
    assert set(removal.partition(" --yes ")[2].split()) == building - staying


def test_it_runs_as_a_user_of_a_fixed_number() -> None:
    assert only("USER").words == USER
    number = USER.partition(":")[0]
    (making,) = [one for one in IMAGE if one.name == "RUN" and "useradd" in one.words]
    assert f"groupadd --gid {number} " in making.words
    assert f"--uid {number} --gid {number} " in making.words
    assert f"--owner={number} --group={number} --mode=0750 /agentgate/data /run/secrets" in making.words


def test_data_lies_where_the_setting_says() -> None:
    folder = str(Settings.model_fields["database_url"].default).rpartition("/")[0]
    assert f"{only('WORKDIR').words}/{folder}" == "/agentgate/data"


def test_it_is_compiled_before_its_file_system_is_closed() -> None:
    names = [one.words for one in IMAGE if one.name in {"RUN", "ENV"}]
    assert names[-2:] == ["DATABASE_URL=:memory: agentgate-server migrate", "PYTHONDONTWRITEBYTECODE=1"]


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD", "HEALTHCHECK"])
def test_no_shell_stands_in_front_of_the_server(name: str) -> None:
    assert all(isinstance(word, str) for word in only(name).exec_form)


def test_the_port_is_the_one_of_the_setting() -> None:
    port = str(Settings.model_fields["port"].default)
    assert only("EXPOSE").words == port
    assert f"os.environ.get('PORT') or {port})" in only("HEALTHCHECK").words


def test_its_labels_are_what_the_project_says_of_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]+)"', only("LABEL").words))
    assert labels["licenses"] == project["license"]
    assert project["description"].startswith(labels["description"])


def test_the_engine_is_given_what_it_needs_and_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {*project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"], "sdk"}
    files = {"LICENSE", "README.md", "constraints.txt", "pyproject.toml"}
    assert {shown(path).split("/")[0] for path in context()} == folders | files
