"""What happens to the gateway's connections: how Discord, or the net between, ends them."""

from tests.platforms.discord.acting import Acting
from tests.platforms.discord.sessions import Op, Session, Socket


class Steering(Acting):
    """A Discord whose connections a test steers."""

    @property
    def connected(self) -> list[Socket]:
        """The sockets that are open."""
        return [socket for socket in self.sockets if socket.is_open]

    async def connection(self, number: int = 1, *, within: float = 5) -> Socket:
        """Return the socket of that number, counted from 1, once so many were opened in all."""
        await self.until(lambda: len(self.sockets) >= number, within=within)
        return self.sockets[number - 1]

    async def session(self, number: int = 1, *, within: float = 5) -> Session:
        """Return the session of that number, counted from 1, once so many have begun in all."""
        await self.until(lambda: len(self.sessions) >= number, within=within)
        return self.sessions[number - 1]

    def reconnect(self, socket: Socket | None = None) -> None:
        """Ask one socket, or all, to connect anew and resume (opcode 7)."""
        for each in self._chosen(socket):
            each.say(Op.RECONNECT)

    def invalidate(self, socket: Socket | None = None, *, resumable: bool = False) -> None:
        """Call the sessions of one socket, or of all, invalid (opcode 9)."""
        for each in self._chosen(socket):
            if each.session and not resumable:
                each.session.is_valid = False
            each.say(Op.INVALID_SESSION, resumable)

    def forget_sessions(self) -> None:
        """Forget every session: whoever resumes must begin anew."""
        for session in self.sessions:
            session.is_valid = False

    def close(self, code: int = 4000, socket: Socket | None = None) -> None:
        """Close one socket, or all, with a code."""
        for each in self._chosen(socket):
            each.end(code)

    def drop(self, socket: Socket | None = None) -> None:
        """Cut one socket, or all, without a close frame."""
        for each in self._chosen(socket):
            each.cut()

    def go_deaf(self, socket: Socket | None = None) -> None:
        """Leave one socket, or all, half-open: no acks, no events, no close."""
        for each in self._chosen(socket):
            each.deaf = True

    def _chosen(self, socket: Socket | None) -> list[Socket]:
        return [socket] if socket else self.connected
