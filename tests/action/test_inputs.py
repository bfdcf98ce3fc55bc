"""What is wrong in the workflow ends the step before anything is asked, with a sentence that says what to do."""

import pytest

from tests.action.conftest import Scene
from tests.action.runner import Job
from tests.sdk.scripted_gate import KEY

RIGHT = {"url": "https://gate.example.com", "api-key": KEY, "action": "deploy.prod"}

WRONG = [
    ({"url": ""}, "`url` is the gateway's address and nothing else, such as https://gate.example.com."),
    ({"url": "gate.example.com"}, "`url` is the gateway's address"),
    ({"url": "ftp://gate.example.com"}, "`url` is the gateway's address"),
    ({"url": "file:///etc/passwd"}, "`url` is the gateway's address"),
    ({"url": "https://lea:secret@gate.example.com"}, "`url` is the gateway's address"),
    ({"url": "https://gate.example.com/?a=b"}, "`url` is the gateway's address"),
    ({"url": "https://gate.example.com:99999"}, "`url` is the gateway's address"),
    ({"url": "https://gate.example.com\nX: y"}, "`url` is the gateway's address"),
    ({"url": "http://gate.example.com"}, "Use https://, or on a network that you trust `allow-http: true`."),
    ({"url": "http://localhost.example.com"}, "`url` is http:// to another machine"),
    ({"url": "http://127.0.0.1.example.com"}, "`url` is http:// to another machine"),
    ({"api-key": ""}, "Runs for pull requests from forks are given no secrets."),
    ({"api-key": "agk_ein schlüssel"}, "`api-key` has characters that no key has"),
    ({"api-key": "agk_a\nX-Evil: yes"}, "`api-key` has characters that no key has"),
    ({"action": ""}, "`action` is missing: say what is to be approved, such as deploy.prod."),
    ({"action": "a\nb"}, "`action` has at most 200 characters, all of them printable."),
    ({"action": "a" * 201}, "`action` has at most 200 characters"),
    ({"action": "\u202edorp"}, "`action` has at most 200 characters"),
    ({"params": "{"}, "`params` cannot be read as JSON: Expecting property name"),
    ({"params": "[1]"}, '`params` is a JSON object, such as {"env": "prod"}.'),
    ({"params": '{"a": 1, "a": 2}'}, "`params` cannot be read as JSON: a key stands twice in one object."),
    ({"params": '{"a": NaN}'}, "`params` cannot be read as JSON"),
    ({"params": '{"a": 1e999}'}, "`params` cannot be read as JSON"),
    ({"params": '{"a": "\\ud800"}'}, "`params` cannot be read as JSON"),
    ({"params": '{"a":' * 5000 + "1" + "}" * 5000}, "`params` cannot be read as JSON"),
    ({"params": "{}", "params-file": "a.json"}, "`params` and `params-file` are both given; leave one of them out."),
    ({"params-file": "nowhere.json"}, "`params-file` cannot be read"),
    ({"params-file": "."}, "`params-file` cannot be read"),
    ({"context": "why"}, "`context` cannot be read as JSON"),
    ({"urgency": "urgent"}, "`urgency` says 'urgent'; it is one of low, normal, high, critical."),
    ({"timeout": "soon"}, "`timeout` says 'soon'; it is a duration above zero, such as 90s, 30m, 1h30m or 2d."),
    ({"timeout": "0"}, "`timeout` says '0'"),
    ({"timeout": "-5m"}, "`timeout` says '-5m'"),
    ({"timeout": ""}, "`timeout` says ''"),
    ({"timeout": "99999999d"}, "`timeout` says '99999999d'"),
    ({"timeout": "１m"}, "`timeout` says '１m'"),
    ({"mode": "gate"}, "`mode` says 'gate'; it is one of wait, submit, check."),
    ({"mode": "check"}, "`mode: check` looks at a request that is there: give its `request-id`."),
    ({"mode": "submit", "request-id": "k7qm-3vtx"}, "`mode: submit` makes a request: leave `request-id` out"),
    ({"request-id": "../policies"}, "`request-id` is an id such as req_01j…, or a short code such as k7qm-3vtx."),
    ({"action": "", "request-id": "k7qm-3vtx", "params": "{}"}, "`action` is missing"),
    ({"on-denied": "ignore"}, "`on-denied` says 'ignore'; it is one of fail, continue."),
    ({"on-timeout": "yes"}, "`on-timeout` says 'yes'; it is one of fail, continue."),
    ({"idempotency-key": "ä"}, "`idempotency-key` has at most 255 characters, all of them printable ASCII."),
    ({"idempotency-key": "a" * 256}, "`idempotency-key` has at most 255 characters"),
    ({"allow-http": "on"}, "`allow-http` says 'on'; it is one of true, false."),
]


@pytest.mark.parametrize(("given", "sentence"), WRONG)
async def test_a_wrong_input_is_named_and_how_it_is_put_right(job: Job, given: dict[str, str], sentence: str) -> None:
    """`continue` lets a job go on after a decision, not after a mistake."""
    running = await job.starts({"on-denied": "continue", "on-timeout": "continue"} | RIGHT | given)
    ran = await running.end()
    assert ran.code == 2
    assert ran.said.startswith("error: ")
    assert sentence in ran.said
    assert (ran.outputs["approved"], ran.outputs["request_id"]) == ("false", "")
    assert "Traceback" not in ran.printed


async def test_parameters_come_from_a_file_of_the_workspace(scene: Scene) -> None:
    (scene.job.workspace / "plan.json").write_bytes(b'\xef\xbb\xbf{"resources": ["a", "b"], "cost": 1.50}\n')
    ran = await scene.runs(mode="submit", params_file="plan.json")
    assert ran.code == 0
    request = await scene.look(ran.outputs["request_id"])
    assert request["params"] == {"resources": ["a", "b"], "cost": 1.5}


async def test_a_file_that_is_no_json_is_named_as_the_input_it_is(scene: Scene) -> None:
    (scene.job.workspace / "plan.json").write_bytes(b"resources:\n- a\n")
    ran = await scene.runs(params_file="plan.json")
    assert (ran.code, ran.said.startswith("error: `params-file` cannot be read as JSON")) == (2, True)


async def test_an_address_may_have_a_path_and_end_in_a_slash(scene: Scene) -> None:
    ran = await scene.runs(url=f"{scene.url}/", mode="submit")
    assert ran.code == 0
