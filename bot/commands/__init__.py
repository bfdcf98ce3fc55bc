"""Every command there is: the one visible list. A new command is a function and a line here."""

from bot.commands import audit, decisions, keys, people, policies, requests, status, try_out, whoami
from bot.commands.help import help_over
from bot.registry import Command

COMMANDS: tuple[Command, ...] = (
    requests.pending,
    requests.show,
    decisions.approve,
    decisions.deny,
    audit.audit,
    keys.list_keys,
    keys.create,
    keys.revoke,
    keys.rotate,
    policies.list_policies,
    policies.show,
    policies.enable,
    policies.disable,
    policies.try_ask,
    people.list_people,
    people.link,
    people.unlink,
    try_out.try_out,
    status.status,
    whoami.whoami,
    help_over(lambda: COMMANDS),
)
