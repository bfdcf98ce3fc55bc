"""The chats of this server, and mail: which are configured, and what each brings along."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.settings import Settings
from bot.discord.app import DiscordChat
from bot.slack.app import SlackChat
from bot.terminal.chat import TARGET, TerminalChat
from gateway.gate import Gate, Probe
from gateway.notifiers import Notifier
from gateway.notifiers.email.notifier import EmailNotifier
from gateway.roster import Roster

Background = Callable[[Gate], Awaitable[None]]


@dataclass(slots=True)
class Platforms:
    """What the configured ones bring: by kind, who tells, who knows groups, how it is, what runs beside the API."""

    notifiers: dict[str, Notifier] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=dict)
    approvers: dict[str, frozenset[str]] = field(default_factory=dict)
    background: dict[str, Background] = field(default_factory=dict)
    targets: list[str] = field(default_factory=list)

    @property
    def default_targets(self) -> tuple[str, ...]:
        """Return where cards go when no rule names a channel."""
        return tuple(self.targets)

    def join(self, gate: Gate) -> None:
        """Make them known to the gate."""
        gate.rosters.update(self.rosters)
        gate.probes.update(self.probes)


def platforms_of(settings: Settings, *, terminal: TerminalChat | None, clock: Callable[[], datetime]) -> Platforms:
    """Build the chats that the settings name, mail, and the local chat where there is a terminal."""
    platforms = Platforms()
    if settings.slack is not None:
        slack = SlackChat(settings.slack)
        platforms.notifiers["slack"] = slack.notifier
        platforms.rosters["slack"] = slack.people
        platforms.probes["slack"] = slack.probe
        platforms.approvers["slack"] = settings.slack.trusted
        platforms.background["slack"] = slack.run
        platforms.targets += [settings.slack.default_target] if settings.slack.default_target else []
    if settings.discord is not None:
        discord = DiscordChat(settings.discord)
        platforms.notifiers["discord"] = discord.notifier
        platforms.rosters["discord"] = discord.people
        platforms.probes["discord"] = discord.probe
        platforms.approvers["discord"] = settings.discord.trusted
        platforms.background["discord"] = discord.run
        platforms.targets += [settings.discord.default_target] if settings.discord.default_target else []
    if settings.mail is not None:
        mail = EmailNotifier(settings.mail, clock=clock)
        platforms.notifiers["email"] = mail
        platforms.probes["smtp"] = mail.probe
        platforms.background["email"] = mail.run
        platforms.targets += settings.mail.default_targets
    if terminal is not None:
        platforms.notifiers["terminal"] = terminal.notifier
        platforms.targets.append(TARGET)
    return platforms
