"""The Dockerfile and what the engine is given beside it, read as far as ours need it."""

import json
import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tests.house.tree import ROOT, project_files, shown

KNOWN = re.compile(r"(FROM|RUN|COPY|ENV|LABEL|WORKDIR|USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD)\s+(.+)")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its name, what follows, and the number of its stage."""

    name: str
    words: str
    stage: int

    @property
    def commands(self) -> list[str]:
        """Return the commands that a RUN runs one after the other."""
        return [command.strip() for command in self.words.split("&&")]

    @property
    def exec_form(self) -> list[str]:
        """Return the words of an instruction in exec form; fails where it needs a shell."""
        words: list[str] = json.loads(self.words[self.words.index("[") :])
        return words


def dockerfile() -> list[Instruction]:
    """Return the instructions in their order; fails at one that is not known."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    found: list[Instruction] = []
    stage = -1
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        match = KNOWN.fullmatch(line)
        assert match, f"not known: {line}"
        stage += match[1] == "FROM"
        found.append(Instruction(match[1], match[2], stage))
    return found


def context() -> list[Path]:
    """Return the project's files that `.dockerignore` lets through to the engine."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*", "nothing goes to the engine but what is named"
    let_through = {line.removeprefix("!") for line in patterns if line.startswith("!")}
    kept_back = {line.removeprefix("**/") for line in patterns if line.startswith("**/")}
    assert len(let_through) + len(kept_back) + 1 == len(patterns), "a pattern of a kind that is not known here"
    return [
        path
        for path in project_files()
        if shown(path).split("/")[0] in let_through
        and not any(fnmatch(part, pattern) for part in shown(path).split("/") for pattern in kept_back)
    ]
