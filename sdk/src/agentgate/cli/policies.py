"""`agentgate policies`: list, show, create, update, delete, try."""

import json
from typing import Annotated, Any

import typer

from agentgate import AgentGate, Policy

from . import typed
from .screen import out, print_json, say, table
from .settings import open_gate
from .shared import AsJson, Context, Params, ParamsFile, Urgency, params_of
from .visible import visible

app = typer.Typer(no_args_is_help=True, help="The rules that decide who answers.", rich_markup_mode=None)
PolicyRef = Annotated[str, typer.Argument(metavar="POLICY", help="A policy's id or name.")]
PolicyFile = Annotated[str, typer.Argument(metavar="FILE", help="The policy as JSON; - for standard input.")]


@app.command("list")
def list_policies(context: typer.Context, as_json: AsJson = False) -> None:
    """List the policies in the order in which they are asked."""
    with open_gate(context) as gate:
        page = gate.policies.list()
    if as_json:
        print_json(page.raw)
        return
    rows = [(one.name, one.priority, one.enabled, len(one.rules), one.id) for one in page]
    table(("NAME", "PRIORITY", "ENABLED", "RULES", "ID"), rows)


@app.command()
def show(context: typer.Context, ref: PolicyRef, as_json: AsJson = False) -> None:
    """Show one policy with its rules."""
    with open_gate(context) as gate:
        policy = gate.policies.get(_id_of(gate, ref))
    if as_json:
        print_json(policy.raw)
        return
    state = "enabled" if policy.enabled else "disabled"
    say(f"{policy.name} ({policy.id}), priority {policy.priority}, {state}")
    for number, rule in enumerate(policy.rules, 1):
        say(f"rule {number}")
        for line in json.dumps(rule, indent=2, ensure_ascii=False).splitlines():
            out().print(f"  {visible(line)}")


@app.command()
def create(context: typer.Context, file: PolicyFile, as_json: AsJson = False) -> None:
    """Save a new policy."""
    with open_gate(context) as gate:
        _saved(gate.policies.create(typed.json_file(file)), as_json=as_json)


@app.command()
def update(context: typer.Context, ref: PolicyRef, file: PolicyFile, as_json: AsJson = False) -> None:
    """Change what a policy says."""
    with open_gate(context) as gate:
        _saved(gate.policies.update(_id_of(gate, ref), typed.json_file(file)), as_json=as_json)


@app.command()
def delete(context: typer.Context, ref: PolicyRef, as_json: AsJson = False) -> None:
    """Delete a policy."""
    with open_gate(context) as gate:
        policy_id = _id_of(gate, ref)
        gate.policies.delete(policy_id)
    print_json({"success": True, "id": policy_id}) if as_json else say(f"Policy “{ref}” is deleted.")


@app.command("try")
def try_out(
    context: typer.Context,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="What would be asked for.")],
    param: Params = [],  # noqa: B006 -- the command line library reads the default, nothing changes it
    params_file: ParamsFile = None,
    context_pairs: Context = [],  # noqa: B006 -- as above
    urgency: Urgency = None,
    requested_by: Annotated[str | None, typer.Option("--requested-by", help="As whom to ask.")] = None,
    as_json: AsJson = False,
) -> None:
    """See which rule would answer, and why; nobody is asked."""
    with open_gate(context) as gate:
        told = gate.policies.try_(
            action,
            params_of(param, params_file),
            context=typed.pairs(context_pairs, "--context"),
            urgency=urgency,
            requested_by=requested_by,
        )
    if as_json:
        print_json(told)
        return
    say(f"{told.get('decision')} by {told.get('policy') or 'no policy'}{_counted(told)}")
    for tried in told.get("tried") or []:
        _tell_tried(tried)


def _tell_tried(tried: dict[str, Any]) -> None:
    verdict = "matches" if tried.get("matched") else "; ".join(str(why) for why in tried.get("whyNot") or [])
    say(f"  {tried.get('policy')}{_counted(tried)}: {verdict}")


def _counted(told: dict[str, Any]) -> str:
    """Return which rule answered as people count, from 1, like cards and chat."""
    return f", rule {told['rule'] + 1}" if isinstance(told.get("rule"), int) else ""


def _saved(policy: Policy, *, as_json: bool) -> None:
    print_json(policy.raw) if as_json else say(f"Policy “{policy.name}” ({policy.id}) is saved.")


def _id_of(gate: AgentGate, ref: str) -> str:
    """Return the id of the policy with this id or name; else what was typed."""
    known = gate.policies.list(limit=100).items
    by_id = [policy.id for policy in known if policy.id == ref]
    return next(iter(by_id + [policy.id for policy in known if policy.name == ref]), ref)
