"""No block of code in the documentation is passed over: it is run, or says in its own line who runs it, or why not."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from jsonschema import Draft202012Validator

from gateway.api.openapi import describe
from gateway.api.routes import ROUTES
from gateway.policies import PolicyDraft, _check
from gateway.rules import parse_rule
from tests.docs.blocks import LANGUAGES, Block, _blocks, every_block
from tests.house.test_promises import _has
from tests.house.tree import ROOT

BLOCKS = every_block()


def of_language(*languages: str) -> list[Any]:
    """Return the blocks in these languages, named by where they are."""
    return [pytest.param(block, id=str(block)) for block in BLOCKS if block.language in languages]


def test_a_block_is_run_or_says_why_not() -> None:
    silent = [block for block in BLOCKS if not (block.kind or block.is_run or block.is_drawing or is_json(block))]
    assert [f"{block} ({block.language or 'no language'})" for block in silent] == []


def is_json(block: Block) -> bool:
    """Whether what is in it tells what it is checked for."""
    return block.language == "json" and isinstance(json.loads(block.text), dict) and looked_at(block) is not None


def looked_at(block: Block) -> str | None:
    """Return as what a JSON block is checked: a policy, a rule, an object of the API, or nothing."""
    members = json.loads(block.text)
    if block.kind:
        return block.words
    return "a policy" if "rules" in members else "a rule" if "decision" in members and "id" not in members else None


def test_every_language_is_known() -> None:
    assert {block.language for block in BLOCKS} <= LANGUAGES


def test_a_reason_is_a_reason() -> None:
    assert [str(block) for block in BLOCKS if block.kind == "not run" and len(block.words.split()) < 3] == []


@pytest.mark.parametrize("block", [pytest.param(one, id=str(one)) for one in BLOCKS if one.kind == "run by"])
def test_whoever_is_said_to_run_it_is_there(block: Block) -> None:
    path, _, name = block.words.partition("::")
    assert (ROOT / path).is_file(), f"{block} is said to be run by {path}"
    assert _has(path, name) if name else Path(block.page).name in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("block", of_language("json"))
def test_json_is_what_it_says(block: Block) -> None:
    members = json.loads(block.text)
    match looked_at(block):
        case "a policy":
            _check(PolicyDraft(**members))
        case "a rule":
            parse_rule(members, "rule")
        case str(name) if block.kind == "is":
            schemas = describe(ROUTES, public_url="")["components"]["schemas"]
            schema = {"$ref": f"#/components/schemas/{name}Shape", "components": {"schemas": schemas}}
            assert [error.message for error in Draft202012Validator(schema).iter_errors(members)] == []
        case _:
            assert block.kind in {"not run", "run by"}


@pytest.mark.parametrize("block", of_language("yaml"))
def test_yaml_is_yaml(block: Block) -> None:
    class Loader(yaml.SafeLoader):  # type: ignore[misc]  # its package ships no types
        """What Compose reads beyond plain YAML: `!reset` and `!override`."""

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    assert isinstance(yaml.load(block.text, Loader), dict | list)  # noqa: S506 - it is a safe loader


def test_a_block_without_a_word_is_noticed() -> None:
    text = "```text\n┌┐\n```\n\nA riddle:\n\n```text\nls\n```\n\n<!-- not run: it needs a moon -->\n```sql\nx\n```\n"
    drawing, riddle, excused = _blocks("a page", text)
    assert (drawing.is_drawing, riddle.is_drawing, riddle.kind, excused.words) == (True, False, "", "it needs a moon")
