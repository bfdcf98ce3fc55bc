"""A tool call's way through the gate: join what was asked about it, or ask; wait; and use an approval up."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from agentgate import (
    AgentGate,
    AgentGateError,
    Cancelled,
    Conflict,
    Denied,
    Expired,
    NotFound,
    Request,
    Unavailable,
    WaitTimeout,
)
from agentgate._backoff import Deadline
from agentgate._digest import is_for

from .claude_code import ToolCall
from .unanswered import Unanswered

TRIES = 3
"""How often a call may find its approval used up by another one before it gives up."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the tool call may be done, and the sentence that goes with it."""

    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Gating:
    """One tool call before one gate."""

    gate: AgentGate
    call: ToolCall
    deadline: Deadline
    folder: Path
    urgency: str | None = None
    expires_in: timedelta | None = None

    def verdict(self) -> Verdict:
        """Say yes only to an approval that no other tool call has used; every trouble is a no."""
        try:
            approved = self._approved()
        except Denied as refusal:
            self._memory.forget()
            return Verdict(
                False, f"{_ended(refusal)} Do not do it in another way either; say that it was denied, and why."
            )
        except (Expired, Cancelled) as refusal:
            self._memory.forget()
            return Verdict(False, f"{_ended(refusal)} So it is not approved. Ask again only if it is still needed.")
        except WaitTimeout as over:
            return Verdict(False, self._not_yet(over.request))
        except Unavailable as storm:
            return Verdict(False, f"The approval gate cannot be asked, so nothing is approved. {storm}")
        except (AgentGateError, ValueError, TypeError) as error:
            return Verdict(
                False, f"The approval gate was not asked or would not answer, so nothing is approved. {error}"
            )
        self._memory.forget()
        why = f": {approved.decision_reason}" if approved.decision_reason else ""
        return Verdict(True, f"Approved by {approved.decided_by} ({approved.code or approved.id}){why}")

    def _approved(self) -> Request:
        key = self._key
        for _ in range(TRIES):
            asked = self._left_open()
            if asked is not None and asked.decided_by_type == "policy":  # which may have changed since
                asked, key = None, str(uuid.uuid4())
            asked = asked or self._ask(key)
            self._memory.keep(asked.id)
            approved = self.gate.wait(asked, self.deadline.left())
            if self._use_up(approved):
                return approved
            self._memory.forget()
            key = str(uuid.uuid4())
        raise Unavailable("Other tool calls used up every approval of this one.")

    def _left_open(self) -> Request | None:
        """Return what the same question became before, if nobody was told and nothing came of it."""
        remembered = self._memory.request_id()
        if remembered is None:
            return None
        try:
            found = self.gate.get(remembered)
        except (NotFound, ValueError):
            return None
        is_the_same = is_for(found, self.call.action, self.call.given)
        return found if is_the_same and found.confirmed_at is None else None

    def _ask(self, key: str) -> Request:
        return self.gate.request(
            self.call.action,
            self.call.given,
            context=self.call.context,
            urgency=self.urgency,
            expires_in=self.expires_in,
            idempotency_key=key,
        )

    def _use_up(self, approved: Request) -> bool:
        """Take a person's approval for this tool call, which only one can; a policy would only approve again."""
        if approved.decided_by_type == "policy":
            return True
        mine = {"client": "claude-code", "toolUseId": self.call.id or str(uuid.uuid4())}
        try:
            self.gate.confirm(approved, mine)
        except Conflict as taken:
            return taken.request is not None and taken.request.result == mine
        return True

    def _not_yet(self, request: Request | None) -> str:
        name = f" ({request.code or request.id})" if request else ""
        said = [f"Nobody has decided yet about {self.call.action}{name}, so it is not approved and was not done."]
        said += request.warnings if request else ()
        if request and request.url:
            said.append(f"It can be decided in the chat, or at {request.url}.")
        said.append("The request stays open: the same tool call, made again later, joins it.")
        return " ".join(said)

    @property
    def _key(self) -> str:
        """Name this very question, so that asking it again for the same tool call is asking once."""
        if not self.call.id:
            return str(uuid.uuid4())
        question = json.dumps([*self._question, self.call.id, self.urgency, str(self.expires_in)], sort_keys=True)
        return f"claude-code-{hashlib.sha256(question.encode()).hexdigest()}"

    @property
    def _question(self) -> list[Any]:
        return [self.call.session, self.call.action, self.call.given, self.call.cwd]

    @property
    def _memory(self) -> Unanswered:
        return Unanswered.about(self.folder, repr(self.gate), *self._question)


def _ended(error: Exception) -> str:
    """Return what an error says as a whole sentence; a person's reason may end without a full stop."""
    sentence = str(error).strip()
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
