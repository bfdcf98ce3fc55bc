"""What the settings say about mail."""

from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum


class Security(StrEnum):
    """How a connection to the mail server is kept from others."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailOptions:
    """Where the mail server is, how to speak to it, in whose name, and who gets what no rule directs elsewhere."""

    host: str
    sender: str
    port: int = 587
    user: str | None = None
    password: str | None = None
    security: Security = Security.STARTTLS
    default_to: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Return the sender's address without the name before it."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """Return where the sender is at home: ids of letters end with it, and we call ourselves by it."""
        return self.address.rpartition("@")[2]

    @property
    def default_targets(self) -> tuple[str, ...]:
        """Return the recipients as targets."""
        return tuple(f"email:{recipient}" for recipient in self.default_to)
