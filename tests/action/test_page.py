"""The guide's workflows, run as GitHub would run them, with people who decide one way or the other."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import agentgate
import pytest

from gateway.decide import decide
from gateway.errors import ReasonRequired
from gateway.keys import NewKey
from gateway.policies import PolicyDraft, create_policy
from gateway.views import Actor
from models.words import Decision
from tests.action.conftest import Scene
from tests.action.workflows import Leg, Workflow
from tests.gateway.scenes import ALICE
from tests.house.tree import ROOT

PAGE = (ROOT / "docs/howto/github-action.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RELEASE, BY_ANSWER, EARLY, MATRIX, TYPED = BLOCK.findall(PAGE)
(SMALLEST,) = BLOCK.findall((ROOT / "action/README.md").read_text(encoding="utf-8"))
TYPES = {"account": 'A-1", "amount": "1', "amount": "50", "reason": "a broken cart\nor so"}


@dataclass
class Stage:
    """A gateway, a repository with scripts that leave a trace, and whoever decides."""

    scene: Scene
    folder: Path
    requests: list[dict[str, Any]] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)

    async def plays(self, text: str, says: Callable[[dict[str, Any], Leg], Decision]) -> dict[str, list[Leg]]:
        """Run a workflow; whoever decides is shown each request and what job it is from."""

        async def on_asked(request_id: str, leg: Leg) -> None:
            if request_id in self.decided:
                return
            self.decided.add(request_id)
            request = await self.scene.look(request_id)
            self.requests.append(request)
            await self.scene.decides(request_id, says(request, leg), "looked at it")

        workflow = Workflow(
            text=text,
            folder=self.folder / "runs",
            repository=self.folder / "repository",
            on_asked=on_asked,
            secrets={"AGENTGATE_API_KEY": self.scene.key},
            variables={"AGENTGATE_URL": self.scene.url},
            github={"sha": "1a2b3c", "run_id": "4242"},
            inputs=TYPES,
            started=self.scene.job.started,
        )
        return await workflow.run()


async def a_key(scene: Scene, admin: NewKey) -> str:
    """Make a key as the guide says; return it."""
    (command,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    env = scene.job.variables("") | {"AGENTGATE_URL": scene.url, "AGENTGATE_API_KEY": admin.secret}
    ran = await (await scene.job.shell(command, env)).end()
    found = re.search(r"^agk_\S+$", ran.printed, re.MULTILINE)
    assert found, ran.printed
    return found[0]


@pytest.fixture
async def stage(scene: Scene, admin: NewKey, tmp_path: Path) -> Stage:
    scene.key = await a_key(scene, admin)
    scene.as_agent.headers["Authorization"] = f"Bearer {scene.key}"
    repository = tmp_path / "repository"
    repository.mkdir()
    scripts = {"deploy": "touch deployed", "test": "true", "refund": 'printf "%s" "$ACCOUNT $AMOUNT" > refunded'}
    scripts["tell"] = 'printf "%s" "$STATUS by $WHO: $WHY" > told'
    for name, script in scripts.items():
        (repository / f"{name}.sh").write_text(f"#!/bin/sh\n{script}\n")
        (repository / f"{name}.sh").chmod(0o755)
    return Stage(scene, tmp_path)


def approve(request: dict[str, Any], leg: Leg) -> Decision:
    return Decision.APPROVED


def deny(request: dict[str, Any], leg: Leg) -> Decision:
    return Decision.DENIED


async def test_the_first_example_deploys_after_an_approval(stage: Stage) -> None:
    (leg,) = (await stage.plays(RELEASE, approve))["deploy"]
    assert (leg.status, (leg.job.workspace / "deployed").exists()) == ("success", True)
    (request,) = stage.requests
    assert (request["action"], request["params"]) == ("deploy.prod", {"service": "shop", "sha": "1a2b3c"})


async def test_the_first_example_does_not_deploy_after_a_denial(stage: Stage) -> None:
    (leg,) = (await stage.plays(RELEASE, deny))["deploy"]
    assert (leg.status, (leg.job.workspace / "deployed").exists()) == ("failure", False)
    assert "denied by terminal:lea: looked at it" in leg.log


@pytest.mark.parametrize(("says", "status"), [(approve, "success"), (deny, "failure")])
async def test_the_smallest_one_of_the_readme_does_so_too(
    stage: Stage, says: Callable[[dict[str, Any], Leg], Decision], status: str
) -> None:
    (leg,) = (await stage.plays(SMALLEST, says))["deploy"]
    assert (leg.status, (leg.job.workspace / "deployed").exists()) == (status, status == "success")


@pytest.mark.parametrize(
    ("says", "deployed", "told"),
    [(approve, True, ""), (deny, False, "denied by terminal:lea: looked at it")],
)
async def test_a_job_goes_by_the_answer(
    stage: Stage, says: Callable[[dict[str, Any], Leg], Decision], told: str, *, deployed: bool
) -> None:
    (leg,) = (await stage.plays(BY_ANSWER, says))["deploy"]
    assert leg.status == "success"
    assert ((leg.job.workspace / "deployed").exists(), leg.has("told")) == (deployed, told)


@pytest.mark.parametrize(("says", "status"), [(approve, "success"), (deny, "failure")])
async def test_what_was_asked_early_is_waited_for_late(
    stage: Stage, says: Callable[[dict[str, Any], Leg], Decision], status: str
) -> None:
    legs = await stage.plays(EARLY, says)
    (leg,) = legs["deploy"]
    assert (leg.status, (leg.job.workspace / "deployed").exists()) == (status, status == "success")
    assert [request["id"] for request in stage.requests] == [legs["ask"][0].outputs["request"]]


async def test_each_leg_gets_its_own_answer_and_all_share_one(stage: Stage) -> None:
    def only_eu(request: dict[str, Any], leg: Leg) -> Decision:
        return Decision.DENIED if request["params"].get("region") == "us" else Decision.APPROVED

    legs = await stage.plays(MATRIX, only_eu)
    assert [leg.status for leg in legs["each"]] == ["success", "failure"]
    assert [leg.status for leg in legs["all"]] == ["success", "success"]
    assert sorted(request["action"] for request in stage.requests) == ["deploy.everywhere", *["deploy.region"] * 2]


async def test_what_was_typed_is_what_is_approved_and_done(stage: Stage) -> None:
    (leg,) = (await stage.plays(TYPED, approve))["refund"]
    (request,) = stage.requests
    assert request["params"] == {"account": TYPES["account"], "amount": "50"}
    assert (request["context"]["reason"], request["urgency"]) == (TYPES["reason"], "high")
    assert leg.has("refunded") == f"{TYPES['account']} 50"


@pytest.fixture
async def policy(stage: Stage) -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    await create_policy(stage.scene.gate, PolicyDraft(**json.loads(block)), by=ALICE)


async def test_the_policy_denies_other_branches_at_once(stage: Stage, policy: None) -> None:
    stage.scene = stage.scene.another("branch", github={"REF_NAME": "cart", "REF": "refs/heads/cart"})
    ran = await stage.scene.runs()
    assert (ran.code, ran.outputs["decided_by"]) == (3, "policy:releases of the shop")


async def test_the_policy_wants_lea_and_a_reason(stage: Stage, policy: None) -> None:
    running = await stage.scene.starts()
    request_id = await running.asks()
    lea = Actor("email", "lea@example.com")
    with pytest.raises(ReasonRequired):
        await decide(stage.scene.gate, request_id, Decision.APPROVED, by=lea)
    await decide(stage.scene.gate, request_id, Decision.APPROVED, by=lea, reason="release 1.4")
    ran = await running.end()
    assert (ran.code, ran.outputs["decided_by"], ran.outputs["decision_reason"]) == (
        0,
        "email:lea@example.com",
        "release 1.4",
    )


async def test_the_facts_are_those_of_the_table(scene: Scene) -> None:
    event = {"head_commit": {"message": "Fix"}, "pull_request": {"number": 1, "title": "Fix", "html_url": "https://x"}}
    ran = await scene.another("full", event=event).runs(mode="submit")
    context = (await scene.look(ran.outputs["request_id"]))["context"]
    table = PAGE.partition("| in the context |")[2].partition("\n\n")[0]
    named = re.findall(
        r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    )
    assert set(named) == set(context)


def test_the_examples_name_the_version_that_this_is() -> None:
    assert set(re.findall(r"OWNER/agentgate/action@(\S+)", PAGE)) == {f"v{agentgate.__version__}"}
