"""How Discord says no. https://discord.com/developers/docs/topics/opcodes-and-status-codes#json"""

from typing import Any

from tests.platforms.discord.limits.rules import Notes, nested

Json = dict[str, Any]


class Refusal(Exception):
    """An answer other than 2xx: the HTTP status and Discord's own code and sentence."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.answer: Json = {"message": message, "code": code, **more}


class TooFast(Refusal):
    """429 with the seconds to wait."""

    def __init__(self, retry_after: float, *, scope: str = "user") -> None:
        super().__init__(429, 0, "You are being rate limited.")
        self.retry_after, self.scope = retry_after, scope
        self.answer = {"message": str(self), "retry_after": retry_after, "global": scope == "global"}


def unauthorized() -> Refusal:
    """No token, or a wrong one."""
    return Refusal(401, 0, "401: Unauthorized")


def no_such_route() -> Refusal:
    """Nothing answers at this address."""
    return Refusal(404, 0, "404: Not Found")


UNKNOWN = {
    "channel": 10003,
    "guild": 10004,
    "member": 10007,
    "message": 10008,
    "role": 10011,
    "user": 10013,
    "webhook": 10015,
    "interaction": 10062,
    "application command": 10063,
}


def unknown(what: str) -> Refusal:
    """There is no such thing, or not for this bot."""
    words = what.title() if what != "interaction" and " " not in what else what
    return Refusal(404, UNKNOWN[what], f"Unknown {words}")


def missing_access() -> Refusal:
    """The bot cannot see it."""
    return Refusal(403, 50001, "Missing Access")


def missing_permissions() -> Refusal:
    """The bot sees it and may not do this there."""
    return Refusal(403, 50013, "Missing Permissions")


def refuses_direct_messages() -> Refusal:
    """The person takes no direct messages from it."""
    return Refusal(403, 50007, "Cannot send messages to this user")


def not_its_author() -> Refusal:
    """Somebody else wrote the message."""
    return Refusal(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> Refusal:
    """Nothing in it."""
    return Refusal(400, 50006, "Cannot send an empty message")


def already_acknowledged() -> Refusal:
    """A second first answer."""
    return Refusal(400, 40060, "Interaction has already been acknowledged.")


def invalid_webhook_token() -> Refusal:
    """The interaction's token is too old, or never was."""
    return Refusal(401, 50027, "Invalid Webhook Token")


def invalid_form(notes: Notes) -> Refusal:
    """Something in the body is not as it must be; `errors` names every place."""
    return Refusal(400, 50035, "Invalid Form Body", errors=nested(notes))


def not_this_application() -> Refusal:
    """Another application's things."""
    return Refusal(403, 20012, "You are not authorized to perform this action on this application")


def archived_thread() -> Refusal:
    """The thread is closed."""
    return Refusal(400, 50083, "Tried to perform an operation on an archived thread, such as editing a message")


def not_for_this_kind_of_channel() -> Refusal:
    """A category holds no messages."""
    return Refusal(400, 50008, "Cannot send messages in a non-text channel")


def server_error() -> Refusal:
    """Discord's own server fails."""
    return Refusal(500, 0, "500: Internal Server Error")


def invalid_json() -> Refusal:
    """The body cannot be read."""
    return Refusal(400, 50109, "The request body contains invalid JSON.")
