"""The command `agentgate`: its global options, the list of its commands, and how its errors are told."""

import contextlib
import itertools
from typing import Annotated

import typer

from agentgate import AgentGateError, Conflict, __version__

from . import asking, browsing, config, deciding, hook, keys, mcp, policies, running
from .exits import EPILOG, ExitCode, exit_code_of, word_of
from .screen import note, print_json
from .settings import Settings

# plain help: the exit codes below it keep their lines, and tracebacks never show a local variable
app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, epilog=EPILOG)
app.command(epilog=EPILOG)(asking.request)
app.command(epilog=EPILOG)(asking.wait)
app.command()(asking.status)
app.command("list")(browsing.list_requests)
app.command()(browsing.show)
app.command()(deciding.approve)
app.command()(deciding.deny)
app.command()(asking.cancel)
app.command()(asking.confirm)
# what follows the first word of the command belongs to it, whatever it looks like
app.command(epilog=EPILOG, options_metavar="[OPTIONS] --", context_settings={"allow_interspersed_args": False})(
    running.run
)
app.command()(browsing.audit)
app.add_typer(hook.app, name="hook")
app.command()(mcp.mcp)
app.add_typer(keys.app, name="keys")
app.add_typer(policies.app, name="policies")
app.add_typer(config.app, name="config")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"agentgate {__version__}")
        raise typer.Exit


@app.callback()
def begin(
    context: typer.Context,
    url: Annotated[str | None, typer.Option("--url", help="The gate's address; else AGENTGATE_URL.")] = None,
    api_key: Annotated[str | None, typer.Option("--api-key", help="The key; else AGENTGATE_API_KEY.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Ask a human before something that matters is done."""
    context.obj = Settings.find(url, api_key)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error is told once, in words or as JSON."""
    ours = itertools.takewhile(lambda word: word != "--", arguments)  # the rest are a command's own words
    as_json = "--json" in ours
    try:
        code = app(args=arguments, prog_name="agentgate", standalone_mode=False)
        return code if isinstance(code, int) else ExitCode.OK
    except typer.TyperException as error:
        return _usage(error, as_json=as_json)
    except (typer.Abort, KeyboardInterrupt):
        return _failed("Interrupted.", "interrupted", ExitCode.INTERRUPTED, as_json=as_json)
    except AgentGateError as error:
        return _told(error, as_json=as_json)
    except ValueError as error:
        return _failed(str(error), "usage", ExitCode.USAGE, as_json=as_json)
    except OSError as error:
        return _failed(str(error), "error", ExitCode.ERROR, as_json=as_json)


def _usage(error: typer.TyperException, *, as_json: bool) -> int:
    sentence = error.format_message()
    if not sentence.startswith("Usage:"):
        return _failed(f"{sentence} Try --help.", "usage", ExitCode.USAGE, as_json=as_json)
    if as_json:
        return _failed("A command is missing.", "usage", ExitCode.USAGE, as_json=True)
    typer.echo(sentence, err=True)  # a group without its command: the error is its help
    return ExitCode.USAGE


def _told(error: AgentGateError, *, as_json: bool) -> int:
    document: dict[str, object] = {"error": str(error), "code": word_of(error)}
    for name in ("status", "reference"):
        with contextlib.suppress(AttributeError):
            document[name] = getattr(error, name)
    if isinstance(error, Conflict) and error.request:
        document["request"] = error.request.raw
    if as_json:
        print_json(document)
    note(f"Error: {error}")
    return exit_code_of(error)


def _failed(sentence: str, word: str, code: ExitCode, *, as_json: bool) -> int:
    if as_json:
        print_json({"error": sentence, "code": word})
    note(f"Error: {sentence}")
    return code
