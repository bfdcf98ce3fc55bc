"""What is remembered of calls, triggers and addresses to answer at."""

from dataclasses import dataclass, field

from tests.platforms.slack.accounts import App, User
from tests.platforms.slack.channels import Channel, Message
from tests.platforms.slack.reading import Json
from tests.platforms.slack.views import View


@dataclass(eq=False)
class Call:
    """One call of the Web API."""

    method: str
    arguments: Json
    at: float
    app: App | None = None
    answer: Json | None = None
    """What was answered, as far as anything was."""
    status: int = 0


@dataclass(eq=False)
class Trigger:
    """A trigger id: good for one view, for three seconds."""

    user: User
    made_at: float
    used: bool = False
    view: View | None = None


@dataclass(eq=False)
class ResponseUrl:
    """Where an app may answer an interaction: five times in half an hour."""

    app: App
    user: User
    channel: Channel
    source: Message | None = None
    uses: int = 0
    expired: bool = False
    answers: list[Message] = field(default_factory=list)
