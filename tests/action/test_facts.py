"""What the Action tells of a run: to people who decide, and to policies."""

from tests.action.conftest import Scene
from tests.house.tree import ROOT

PULL = {"number": 12, "title": "Fix the cart", "html_url": "https://github.com/acme/shop/pull/12", "head": {"sha": "1"}}


async def context_of(scene: Scene, **given: str) -> dict[str, object]:
    """Return the context of what a step asks for."""
    ran = await scene.runs(mode="submit", **given)
    assert ran.code == 0, ran.log
    found: dict[str, object] = (await scene.look(ran.outputs["request_id"]))["context"]
    return found


async def test_a_push_is_told_with_its_commit(scene: Scene) -> None:
    pushed = scene.another("pushed", event={"head_commit": {"message": "Fix the cart\n\nIt lost its wheels."}})
    assert await context_of(pushed) == {
        "summary": "acme/shop · Release · deploy · push · octocat\nmain 1a2b3c4d5e6f Fix the cart\n"
        "https://github.com/acme/shop/actions/runs/4242/attempts/1",
        "repository": "acme/shop",
        "ref": "refs/heads/main",
        "branch": "main",
        "sha": "1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6fabcd",
        "commit_message": "Fix the cart\n\nIt lost its wheels.",
        "actor": "octocat",
        "workflow": "Release",
        "job": "deploy",
        "run_id": "4242",
        "run_attempt": "1",
        "run_url": "https://github.com/acme/shop/actions/runs/4242/attempts/1",
        "event": "push",
    }


async def test_a_pull_request_is_told_with_its_number_title_and_branch(scene: Scene) -> None:
    github = {"EVENT_NAME": "pull_request", "REF": "refs/pull/12/merge", "REF_NAME": "12/merge", "HEAD_REF": "cart"}
    context = await context_of(scene.another("pull", event={"pull_request": PULL}, github=github))
    assert context["pull_request"] == {"number": 12, "title": "Fix the cart", "html_url": PULL["html_url"]}
    assert (context["branch"], context["event"]) == ("cart", "pull_request")
    assert "pull request 12: Fix the cart" in str(context["summary"])


async def test_a_tag_is_no_branch(scene: Scene) -> None:
    github = {"REF": "refs/tags/v1.4.2", "REF_NAME": "v1.4.2", "REF_TYPE": "tag"}
    context = await context_of(scene.another("tag", github=github))
    assert (context["ref"], context.get("branch")) == ("refs/tags/v1.4.2", None)
    assert "refs/tags/v1.4.2 1a2b3c4d5e6f" in str(context["summary"])


async def test_the_workflow_adds_to_the_facts_and_changes_none(scene: Scene) -> None:
    context = await context_of(
        scene, context='{"summary": "Release 1.4", "ticket": "OPS-1", "repository": "acme/other", "actor": "root"}'
    )
    assert (context["summary"], context["ticket"]) == ("Release 1.4", "OPS-1")
    assert (context["repository"], context["actor"]) == ("acme/shop", "octocat")


async def test_an_event_that_cannot_be_read_is_done_without(scene: Scene) -> None:
    broken = scene.another("broken", env={"GITHUB_EVENT_PATH": str(ROOT / "README.md")})
    assert "commit_message" not in await context_of(broken)


async def test_outside_of_a_run_each_ask_is_one_of_its_own(scene: Scene) -> None:
    by_hand = scene.another("by-hand", names_files=False, github={"RUN_ID": ""})
    one, other = await by_hand.runs(mode="submit"), await by_hand.runs(mode="submit")
    assert one.outputs["request_id"] != other.outputs["request_id"]
