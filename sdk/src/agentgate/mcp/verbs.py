"""What each tool does: one call of the client, and the words for what came of it. None of them decides anything."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio

from agentgate import (
    AgentGateError,
    AsyncAgentGate,
    Conflict,
    Forbidden,
    InvalidRequest,
    Request,
    Unavailable,
    WaitTimeout,
)
from agentgate._errors import Refused

from .arguments import CancelApproval, CheckApproval, ConfirmExecution, ListMyRequests, RequestApproval
from .ledger import Ledger
from .outcome import Outcome, Outcomes, outcome_of, trouble

SIGN_OF_LIFE = 5.0
"""Seconds between two notes of progress."""
UNUSABLE = (InvalidRequest, ValueError, TypeError)
"""Why a question was not asked and never will be, however often it is sent."""
Progress = Callable[[float, float, str], Awaitable[None]]
"""Tells a client that asked to hear it how many seconds have passed, of how many, and what is waited for."""


class ToolError(Exception):
    """A tool has no outcome to tell; the message says so to the model."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls a tool: its session, if it tells one, and how to keep it in the picture."""

    session: str | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class Desk:
    """The tools, with the gate behind them."""

    gate: AsyncAgentGate
    ledger: Ledger

    async def request_approval(self, given: RequestApproval, caller: Caller) -> Outcome:
        """Ask, or join what was asked; wait a short while."""
        ask = {
            "action": given.action,
            "params": given.params,
            "context": {**given.context, **({"reason": given.reason} if given.reason else {})},
            "urgency": given.urgency,
            "expires_in": given.expires_in_seconds,
        }
        asked, joined = self.ledger.join_or_begin(caller.session, ask, given.idempotency_key)
        with asked.waited_for():
            try:
                if asked.request is None:
                    asked.request = await self.gate.request(**asked.ask)
                    asked.warnings = asked.request.warnings
                found = await self._wait(asked.request, given.wait_seconds, caller)
            except (AgentGateError, ValueError, TypeError) as error:
                if asked.request is None and isinstance(error, UNUSABLE):
                    self.ledger.forget(asked)
                raise ToolError(trouble(error, asked.request)) from error
        self.ledger.note(found)
        return outcome_of(found, joined=joined, warnings=asked.warnings)

    async def check_approval(self, given: CheckApproval, caller: Caller) -> Outcome:
        """Look at a request; wait a short while if it is pending."""
        try:
            found = await self._wait(given.request_id, given.wait_seconds, caller)
            yours = self.ledger.has(found) or not await self._reads_others()
        except (AgentGateError, ValueError) as error:
            raise ToolError(trouble(error)) from error
        self.ledger.note(found)
        return outcome_of(found, yours=yours)

    async def cancel_approval(self, given: CancelApproval, caller: Caller) -> Outcome:
        """Withdraw a request."""
        try:
            found = await self.gate.cancel(given.request_id)
        except (AgentGateError, ValueError) as error:
            raise ToolError(_not_withdrawn(error)) from error
        self.ledger.note(found)
        return outcome_of(found)

    async def list_my_requests(self, given: ListMyRequests, caller: Caller) -> Outcomes:
        """Look at what this session asked, as it is now."""
        found: list[Outcome] = []
        for asked in self.ledger.of(caller.session):
            if asked.request is None or len(found) == given.limit:
                continue
            try:
                now = await self.gate.get(asked.request)
            except AgentGateError as error:
                raise ToolError(trouble(error)) from error
            if given.status in (None, now.status):
                found.append(outcome_of(now))
        return Outcomes(requests=found)

    async def confirm_execution(self, given: ConfirmExecution, caller: Caller) -> Outcome:
        """Report what came of an approved action."""
        try:
            found = await self.gate.confirm(given.request_id, given.result)
        except (AgentGateError, ValueError, TypeError) as error:
            raise ToolError(f"Not confirmed: {error} What was done, or not done, stays as it is.") from error
        self.ledger.note(found)
        return outcome_of(found)

    async def _reads_others(self) -> bool:
        """Whether the key reads what others asked; one that only asks reads its own requests and nothing else."""
        try:
            await self.gate.list(limit=1)
        except Forbidden:
            return False
        return True

    async def _wait(self, asked: Request | str, seconds: float, caller: Caller) -> Request:
        """Return the request once it is decided, or as it is when the time is up. Raises AgentGateError."""
        found: Request | AgentGateError
        async with anyio.create_task_group() as together:
            together.start_soon(_keep_in_the_picture, asked, seconds, caller.progress)
            try:
                found = await self._decided(asked, seconds)
            except AgentGateError as error:  # raised below: the group would wrap it
                found = error
            together.cancel_scope.cancel()
        if isinstance(found, AgentGateError):
            raise found
        return found

    async def _decided(self, asked: Request | str, seconds: float) -> Request:
        try:
            return await self.gate.wait(asked, seconds)
        except (Refused, WaitTimeout) as outcome:
            if outcome.request is None:
                raise Unavailable(f"The gate did not say what became of the request: {outcome}") from outcome
            return outcome.request


async def _keep_in_the_picture(asked: Request | str, seconds: float, progress: Progress) -> None:
    name = (asked.code or asked.id) if isinstance(asked, Request) else asked
    passed = 0.0
    while True:
        await progress(passed, seconds, f"Waiting until somebody decides about request {name}.")
        await anyio.sleep(SIGN_OF_LIFE)
        passed += SIGN_OF_LIFE


def _not_withdrawn(error: Exception) -> str:
    if isinstance(error, Conflict) and error.request is not None:
        return f"Not withdrawn: it is {error.request.status} already. Call check_approval to see what that means."
    return f"Not withdrawn: {error} If it is still pending, people can still decide it."
