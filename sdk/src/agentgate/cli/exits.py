"""What the exit codes mean, and which one an error has."""

from enum import IntEnum

from agentgate import AgentGateError, Cancelled, Denied, Expired, Unavailable, WaitTimeout


class ExitCode(IntEnum):
    """The command's last word; scripts may rely on these numbers."""

    OK = 0
    ERROR = 1
    USAGE = 2
    DENIED = 3
    EXPIRED = 4
    PENDING = 5
    CANCELLED = 6
    UNAVAILABLE = 7
    CANNOT_START = 126
    NO_COMMAND = 127
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS = {
    ExitCode.OK: "approved, or done; request without --wait has asked, no more",
    ExitCode.ERROR: "any other error; the message says which",
    ExitCode.USAGE: "the command line was wrong",
    ExitCode.DENIED: "denied",
    ExitCode.EXPIRED: "expired: nobody decided in time",
    ExitCode.PENDING: "still pending when --wait or --timeout ran out",
    ExitCode.CANCELLED: "cancelled",
    ExitCode.UNAVAILABLE: "the gate could not be reached, or what answered is none",
    ExitCode.CANNOT_START: "run: the command could not be started",
    ExitCode.NO_COMMAND: "run: there is no such command, and nobody was asked",
    ExitCode.INTERRUPTED: "interrupted; the request stays as it is, but that of run is withdrawn",
    ExitCode.TERMINATED: "run: told to end by SIGTERM; the request is withdrawn",
}

EPILOG = "Exit codes:\n\n\b\n" + "\n".join(f"{code:4d}  {meaning}" for code, meaning in MEANINGS.items())


def exit_code_of(error: AgentGateError) -> ExitCode:
    """Return the exit code by which a script tells this outcome from the others."""
    match error:
        case Denied():
            return ExitCode.DENIED
        case Expired():
            return ExitCode.EXPIRED
        case Cancelled():
            return ExitCode.CANCELLED
        case WaitTimeout():
            return ExitCode.PENDING
        case Unavailable():
            return ExitCode.UNAVAILABLE
        case _:
            return ExitCode.ERROR


def word_of(error: Exception) -> str:
    """Return the stable word under `code` in a JSON error: the gate's own, or one of ours."""
    if code := getattr(error, "code", None):
        return str(code)
    return exit_code_of(error).name.lower() if isinstance(error, AgentGateError) else ExitCode.ERROR.name.lower()
