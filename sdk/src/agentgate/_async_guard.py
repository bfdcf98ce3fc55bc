"""`gate.guard(…)`: a block that is entered after an approval, and whose end the gate is told of."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType

from . import _guarding as guarding
from . import _waiting as waiting
from ._async_line import AsyncLine
from ._errors import Refused
from ._guarding import GuardedRequest
from ._models import Request
from ._wire import Call


class AsyncGuard:
    """What `gate.guard(…)` returns: it asks when it is entered, and reports when it is left."""

    def __init__(
        self,
        line: AsyncLine,
        call: Call[Request],
        timeout: float | timedelta | None,
        *,
        stays: bool,
        reports: bool,
    ) -> None:
        self._line = line
        self._call = call
        self._timeout = timeout
        self._stays = stays
        self._reports = reports

    async def __aenter__(self) -> GuardedRequest:
        self._request = guarding.claim(await self._approved())
        return self._request

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reports:
            await self._line.run(guarding.report(self._request, error, self._line.terms))

    async def _approved(self) -> Request:
        """Ask and wait; withdraw what nobody will come back for, whatever ended the wait."""
        request = await self._line.call(self._call)
        try:  # at once: from here on Ctrl-C would leave somebody with a question that nobody needs
            guarding.note(request, self._line.terms)
            return await self._line.run(waiting.wait(request, self._timeout, self._line.terms))
        except Refused:
            raise
        except BaseException:
            if not self._stays:
                await self._line.run(guarding.withdraw(request, self._line.terms))
            raise
