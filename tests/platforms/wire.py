"""A wire to a local server: it can fall silent, break, encrypt, or lose what the server answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from ssl import SSLContext

TLS_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""What a PostgreSQL client sends first when it wants TLS."""


@dataclass(eq=False)
class Call:
    """One connection over the wire."""

    caller: asyncio.StreamWriter
    task: "asyncio.Task[None] | None"
    mute: bool = False
    breaks_at_the_answer: bool = False


class Wire:
    """Carries bytes between whoever calls `port` and a server."""

    def __init__(self, server_port: int, *, tls: SSLContext | None = None) -> None:
        self.port = 0
        self._server_port = server_port
        self._tls = tls
        self._silent = False
        self._breaks_after: bytes | None = None
        self._calls: set[Call] = set()

    def fall_silent(self) -> None:
        """Carry nothing any more and say nothing of it: to both sides the other seems to have vanished."""
        self._silent = True
        for call in self._calls:
            call.mute = True

    def speak_again(self) -> None:
        """Carry new calls; those that fell silent stay so."""
        self._silent = False

    def break_after(self, message: bytes) -> None:
        """Break the next call that says this when the server answers it: it was heard, and nobody learns what came."""
        self._breaks_after = message

    def cut(self) -> None:
        """Break every connection."""
        for call in self._calls:
            call.caller.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one call until either side ends it."""
        call = Call(writer, asyncio.current_task(), mute=self._silent)
        self._calls.add(call)
        with suppress(ConnectionError, asyncio.CancelledError):
            await self._carry(call, reader)
        self._calls.discard(call)
        writer.transport.abort()

    async def _carry(self, call: Call, reader: asyncio.StreamReader) -> None:
        await _stay_mute(call)
        if self._tls is not None:
            assert await reader.readexactly(len(TLS_REQUEST)) == TLS_REQUEST
            call.caller.write(b"S")
            await call.caller.start_tls(self._tls)
        heard, server = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            async with asyncio.TaskGroup() as ways:
                there = ways.create_task(self._there(call, reader, server))
                await self._back(call, heard)
                there.cancel()
        finally:
            server.transport.abort()

    async def _there(self, call: Call, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while sent := await reader.read(65536):
                await _stay_mute(call)
                if self._breaks_after is not None and self._breaks_after in sent:
                    self._breaks_after = None
                    call.breaks_at_the_answer = True
                server.write(sent)
        server.close()

    async def _back(self, call: Call, heard: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while said := await heard.read(65536):
                await _stay_mute(call)
                if call.breaks_at_the_answer:
                    return
                call.caller.write(said)

    async def end(self) -> None:
        """Break every call, and wait until all are gone."""
        tasks = [call.task for call in self._calls if call.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


async def _stay_mute(call: Call) -> None:
    if call.mute:
        await asyncio.Event().wait()


@asynccontextmanager
async def a_wire(server_port: int, *, tls: SSLContext | None = None) -> AsyncIterator[Wire]:
    """Lay a wire to a port of this machine; with `tls` it takes only calls that want to be encrypted."""
    wire = Wire(server_port, tls=tls)
    async with await asyncio.start_server(wire.serve, "127.0.0.1", 0) as server:
        wire.port = server.sockets[0].getsockname()[1]
        try:
            yield wire
        finally:
            await wire.end()
