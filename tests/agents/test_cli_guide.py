"""The guide to the command line does what it says: its examples run in a shell, against a real gate."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.agents.guides import examples
from tests.agents.house import House

BLOCKS = [block for block in examples("cli.md", "sh") if block.startswith("agentgate")]


async def in_a_shell(house: House, script: str, key: str = "") -> tuple[int | None, str]:
    """Run a script where `agentgate`, `terraform` and `./deploy.sh` are at hand."""
    for name, does in (("terraform", 'echo "terraform $*"'), ("deploy.sh", "echo deployed")):
        (house.home / name).write_text(f"#!/bin/sh\n{does}\n")
        (house.home / name).chmod(0o700)
    path = os.pathsep.join([str(Path(sys.executable).parent), str(house.home), os.environ["PATH"]])
    environment = house.environment | {"PATH": path, "AGENTGATE_API_KEY": key or house.key.secret}
    shell = await asyncio.create_subprocess_exec(
        *("sh", "-euc", script), cwd=house.home, env=environment, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await shell.communicate()
    return shell.returncode, said.decode()


@pytest.mark.parametrize("block", [block for block in BLOCKS if "k7qm" not in block])
async def test_an_example_of_asking_works_once_approved(house: House, block: str) -> None:
    await house.rule()
    code, said = await in_a_shell(house, block)
    assert code == 0, said
    assert ("deployed" in said) is ("deploy.sh" in block)
    assert ("terraform apply -auto-approve plan.out" in said) is ("terraform" in block)


async def test_the_example_of_refusals_tells_them_apart(house: House) -> None:
    await house.rule("auto_deny")
    [block] = [block for block in BLOCKS if "case $?" in block]
    assert "Denied. Do not try again." in (await in_a_shell(house, block))[1]


async def test_an_example_of_asking_twice_asks_once(house: House) -> None:
    await house.rule()
    [block] = [block for block in BLOCKS if "--idempotency-key" in block]
    await in_a_shell(house, block)
    assert len(await house.requests()) == 1


async def test_the_example_of_answering_answers(house: House) -> None:
    [block] = [block for block in BLOCKS if "k7qm" in block]
    running = await house.start("request", "deploy.prod", "--wait", "60s")
    [asked] = await house.asked()
    code, said = await in_a_shell(house, block.replace("k7qm-3vtx", str(asked.code)), key=house.person.secret)
    assert code == 0, said
    assert (await running.finished()).code == 0
