"""What the runner knows about the run: for people who decide, and to tell this step from every other."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from typing import Any

NAMED = ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT", "GITHUB_JOB", "GITHUB_ACTION")
BESIDE = ("GITHUB_SERVER_URL", "AGENTGATE_MATRIX", "AGENTGATE_JOB_INDEX", "AGENTGATE_CHECK_RUN")
OWN_FILE = re.compile(r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def context_of(env: Mapping[str, str], given: Mapping[str, Any], *, is_shared: bool) -> dict[str, Any]:
    """Return what helps to decide: what the workflow gives and, over it, what the runner knows.

    Jobs and attempts that share a request have to ask alike, so a shared one names neither.
    """
    facts = _facts(env, _event(env), is_shared=is_shared)
    return {"summary": _summary(facts), **given, **facts}


def _facts(env: Mapping[str, str], event: Mapping[str, Any], *, is_shared: bool) -> dict[str, Any]:
    is_branch = env.get("GITHUB_REF_TYPE") == "branch"
    pull = event.get("pull_request") or {}
    facts = {
        "repository": env.get("GITHUB_REPOSITORY"),
        "ref": env.get("GITHUB_REF"),
        "branch": env.get("GITHUB_HEAD_REF") or (env.get("GITHUB_REF_NAME") if is_branch else None),
        "sha": env.get("GITHUB_SHA"),
        "commit_message": (event.get("head_commit") or {}).get("message"),
        "actor": env.get("GITHUB_ACTOR"),
        "workflow": env.get("GITHUB_WORKFLOW"),
        "job": env.get("GITHUB_JOB") if not is_shared else None,
        "run_id": env.get("GITHUB_RUN_ID"),
        "run_attempt": env.get("GITHUB_RUN_ATTEMPT") if not is_shared else None,
        "run_url": _address(env, is_shared=is_shared),
        "event": env.get("GITHUB_EVENT_NAME"),
        "pull_request": {key: pull[key] for key in ("number", "title", "html_url") if pull.get(key)},
    }
    return {name: fact for name, fact in facts.items() if fact}


def _address(env: Mapping[str, str], *, is_shared: bool) -> str | None:
    if not env.get("GITHUB_RUN_ID"):
        return None
    run = f"{env.get('GITHUB_SERVER_URL')}/{env.get('GITHUB_REPOSITORY')}/actions/runs/{env['GITHUB_RUN_ID']}"
    return run if is_shared else f"{run}/attempts/{env.get('GITHUB_RUN_ATTEMPT', '1')}"


def _event(env: Mapping[str, str]) -> dict[str, Any]:
    """Return the event that started the run, as the runner wrote it down."""
    try:
        with open(env.get("GITHUB_EVENT_PATH") or os.devnull, encoding="utf-8") as opened:
            event = json.load(opened)
    except (OSError, ValueError):
        return {}  # people decide by what else is known
    return event if isinstance(event, dict) else {}


def _summary(facts: Mapping[str, Any]) -> str:
    """Return what the card shows as the words of who asks."""
    pull = facts.get("pull_request") or {}
    commit = (facts.get("branch") or facts.get("ref"), facts.get("sha", "")[:12], facts.get("commit_message"))
    lines = (
        " · ".join(facts[name] for name in ("repository", "workflow", "job", "event", "actor") if name in facts),
        " ".join(part.partition("\n")[0] for part in commit if part),
        f"pull request {pull.get('number')}: {pull.get('title')}" if pull else "",
        facts.get("run_url", ""),
    )
    return "\n".join(line for line in lines if line)


def idempotency_key_of(env: Mapping[str, str], digest: str) -> str:
    """Return repository/run/attempt/job/step, and a digest of everything that tells this step from all others.

    The legs of a matrix have one job name, and so have callers of one reusable workflow; steps inside another composite
    action have one step name. But a runner gives each step its own file for outputs, whose name ends in a UUID.
    """
    named = [env.get(name, "") for name in NAMED]
    own_file = OWN_FILE.findall(env.get("GITHUB_OUTPUT", ""))
    by_hand = [] if env.get("GITHUB_RUN_ID") else [secrets.token_hex(16)]
    everything = [named, [env.get(name, "") for name in BESIDE], own_file, by_hand, digest]
    readable = re.sub(r"[^!-~]", "?", "/".join(named))[:180]
    return f"{readable}/{hashlib.sha256(json.dumps(everything).encode()).hexdigest()[:32]}"
