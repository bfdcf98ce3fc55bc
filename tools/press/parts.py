"""Every part of the documentation that is made from the code: the one visible list."""

from collections.abc import Callable, Mapping

from tools.press import action, api, chat, command_lines, metrics, policies, settings, vocabulary

PARTS: Mapping[str, Callable[..., str]] = {
    "settings": settings.settings,
    "events": vocabulary.events,
    "errors": vocabulary.errors,
    "exceptions": vocabulary.exceptions,
    "scopes": vocabulary.scopes,
    "metrics": metrics.metrics,
    "rules": policies.rules,
    "outcomes": policies.outcomes,
    "operators": policies.operators,
    "commands": chat.commands,
    "words": chat.words,
    "calls": api.calls,
    "body": api.body,
    "query": api.query,
    "answers": api.answers,
    "program": command_lines.program,
    "options": command_lines.options,
    "exits": command_lines.exits,
    "inputs": action.inputs,
    "outputs": action.outputs,
}
