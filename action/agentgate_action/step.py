"""One run of the Action: ask, wait through any weather, and say what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from .calls import Gateway, Trouble
from .endings import Ending, ExitCode
from .facts import context_of, idempotency_key_of
from .inputs import Inputs
from .runner import Runner

HOLD = 25  # seconds that the gateway is asked to hold one long-poll
PATIENCE = 20.0  # seconds that an answer may take beside that
GRACE = 5  # seconds after `timeout` in which the gateway itself says that the request has expired
LONGEST_PAUSE = 30.0  # seconds between two tries, whatever the gateway asks for
Request = dict[str, Any]


class Step:
    """What the step asks for, and what is known of it; `request` is what the gateway said last."""

    def __init__(self, inputs: Inputs, env: Mapping[str, str], runner: Runner) -> None:
        self._inputs = inputs
        self._runner = runner
        self._gateway = Gateway(inputs.url, inputs.api_key)
        self._until = time.monotonic() + inputs.timeout
        self._key = inputs.idempotency_key or idempotency_key_of(env, inputs.digest)
        self._ask = {
            "action": inputs.action,
            "params": inputs.params,
            "context": context_of(env, inputs.context, is_shared=bool(inputs.idempotency_key)),
            "urgency": inputs.urgency,
            "expiresInSec": inputs.timeout,
        }
        self.request: Request = {}

    def run(self) -> str:
        """Return what to say of an approval. Raises Ending for everything else."""
        if self._inputs.request_id:
            self._look(hold=0)
        else:
            self._submit()
        if self._inputs.mode == "wait":
            self._wait()
        return self._verdict()

    def withdraw(self, seconds: float) -> str:
        """Cancel the request, so that nobody decides about what nobody waits for; return what came of it."""
        self._until = time.monotonic() + seconds
        try:
            if not self.request and not self._inputs.request_id:
                self._submit()  # its answer may have been on the way; by the same key it is the same request
            if self.request.get("status", "pending") == "pending":
                self._take(lambda within: self._gateway.cancel(self._ref, within=within))
        except Ending as ending:
            return f"The request could not be withdrawn and waits until it expires. {ending}"
        return f"The request is {self.request['status']}."

    def _submit(self) -> None:
        self._take(lambda within: self._gateway.submit(self._ask, idempotency_key=self._key, within=within))
        self._runner.outputs(self.request, is_approved=False)  # if the runner kills us, they say what was asked
        self._runner.say(f"Asked for {self._what}: {self.request.get('url')}")
        warnings = self.request.get("warnings")
        for warning in warnings if isinstance(warnings, list) else ():
            self._runner.annotate("warning", str(warning))

    def _look(self, *, hold: int) -> None:
        self._take(lambda within: self._gateway.look(self._ref, hold=hold, within=within), hold=hold)

    def _wait(self) -> None:
        """Look until the request is decided or the time is up; what this step has asked itself ends with it."""
        is_ours = not self._inputs.request_id
        self._until += GRACE if is_ours else 0
        if not is_ours:
            self._runner.say(f"Waiting for {self._what}: {self.request.get('url')}")
        while self.request["status"] == "pending" and (left := self._until - time.monotonic()) > 0:
            looked_at = time.monotonic()
            self._look(hold=int(min(HOLD, left)))
            if self.request["status"] == "pending" and time.monotonic() - looked_at < 1:
                time.sleep(min(1, left))  # a gateway that does not hold is not asked all the time
        if is_ours and self.request["status"] == "pending":
            self.withdraw(PATIENCE)
            if self.request["status"] in {"pending", "cancelled"}:
                self.request = {**self.request, "status": "expired", "decidedBy": None, "decidedAt": None}

    def _take(self, call: Callable[[float], Request], *, hold: float = 0) -> None:
        """Call until there is an answer about the request, and keep it. Raises Ending when the time is up."""
        failures, said = 0, ""
        while True:
            left = max(self._until - time.monotonic(), 0)
            try:
                self.request = self._checked(call(min(hold + PATIENCE, left + 0.5)))
            except Trouble as trouble:
                if left == 0 or (trouble.is_redirect and not self.request):
                    raise Ending(self._unreached(trouble), ExitCode.UNAVAILABLE) from trouble
                if said != str(trouble):
                    said = str(trouble)
                    self._runner.say(f"No answer from {self._inputs.url}: {said}. Trying again until the time is up …")
                pause = max(min(trouble.after, LONGEST_PAUSE), 0.25 * 2 ** min(failures, 5))
                time.sleep(min(pause, left))
                failures += 1
            else:
                return

    def _unreached(self, trouble: Trouble) -> str:
        said = f"The gateway cannot be reached at {self._inputs.url}: {trouble}."
        return said if trouble.is_redirect else f"{said} Is `url` right, and can this runner reach it?"

    def _checked(self, told: Request) -> Request:
        """Return what was told if it is about what this step asks for: the same request, the same digest."""
        wanted = self._ref and _bare(self._ref)
        if wanted and wanted not in {_bare(told["id"]), _bare(str(told.get("code")))}:
            raise Trouble("it answers about another request")
        digest = self._inputs.digest or self.request.get("digest") or told.get("digest")
        if not isinstance(digest, str) or told.get("digest") != digest:
            raise Ending(
                f"Request {told['id']} is about something else than this step: its digest is another. "
                "Nothing is approved by it.",
                ExitCode.ERROR,
            )
        return told

    @property
    def _ref(self) -> str:
        return str(self.request.get("id") or self._inputs.request_id)

    @property
    def _what(self) -> str:
        return f"{self.request.get('action')} ({self.request.get('code')})"

    def _verdict(self) -> str:
        what, status = self._what, self.request["status"]
        by = f" by {self.request['decidedBy']}" if self.request.get("decidedBy") else ""
        why = f": {self.request['decisionReason']}" if self.request.get("decisionReason") else "."
        if status == "approved":
            return f"{what} was approved{by}{why}"
        if status == "pending" and self._inputs.mode == "submit":
            return f"{what} waits for a decision."
        endings = {
            "denied": Ending(f"{what} was denied{by}{why}", ExitCode.DENIED, unless="on-denied"),
            "expired": Ending(f"{what} has expired: nobody decided in time.", ExitCode.EXPIRED, unless="on-timeout"),
            "pending": Ending(f"{what} still waits: nobody has decided.", ExitCode.PENDING, unless="on-timeout"),
            "cancelled": Ending(f"{what} was cancelled{by}{why}", ExitCode.CANCELLED),
        }
        raise endings[status]


def _bare(name: str) -> str:
    """Return an id or a short code as its letters and digits, however it was typed."""
    return name.replace("-", "").lower()
