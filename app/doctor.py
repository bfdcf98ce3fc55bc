"""`agentgate-server doctor`: what is well, what is not, and how to mend it."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.checkup import examine
from app.log import set_up_logging
from app.wiring import now
from gateway.findings import Finding

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document")]
HEADS = ("part", "", "what it means", "how to mend it")


def doctor(as_json: JsonOption = False) -> NoReturn:
    """Look at settings, database, secret and chats, and say how to mend what is not well; changes nothing."""
    set_up_logging(level="critical", pretty=True)
    findings = asyncio.new_event_loop().run_until_complete(examine(clock=now))
    show(findings, as_json=as_json)
    sys.stdout.flush()
    os._exit(0 if all(finding.ok for finding in findings) else 1)  # a name lookup that hangs must not hold up the end


def show(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print a table on a terminal, else a line for each finding with tabs between its cells, or one JSON document."""
    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if as_json:
        print(json.dumps({"ok": all(one.ok for one in findings), "findings": [asdict(one) for one in findings]}))
    elif console.is_terminal:
        console.print(_table(findings), soft_wrap=False)
    else:
        for one in findings:
            print("\t".join((one.part, _word(one), one.meaning, one.remedy)).rstrip())


def _table(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for head in HEADS:
        table.add_column(head, overflow="fold")
    for one in findings:
        state = Text(_word(one), style="green" if one.ok else "bold red")
        table.add_row(Text(one.part), state, Text(one.meaning), Text(one.remedy))
    return table


def _word(finding: Finding) -> str:
    return "ok" if finding.ok else "problem"
