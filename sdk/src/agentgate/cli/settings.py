"""Which gate and which key: options win over the environment, the environment over the file of `config set`."""

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import typer

from agentgate import AgentGate
from agentgate._connection import DEFAULT_URL

NAMES = {"url": "AGENTGATE_URL", "api-key": "AGENTGATE_API_KEY"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it came from."""

    value: str | None = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What every command needs to reach the gate."""

    url: Setting
    api_key: Setting

    @classmethod
    def find(cls, url: str | None, api_key: str | None) -> "Settings":
        """Look for both where they may be given."""
        kept = read_file()
        found_url = _found("url", url, kept)
        if found_url.value is None:
            found_url = Setting(DEFAULT_URL, "default")
        return cls(found_url, _found("api-key", api_key, kept))

    def open(self, *, timeout: float = 30.0) -> AgentGate:
        """Connect to the gate; `timeout` is what any call but `wait` may take, in seconds."""
        return AgentGate(self.url.value, api_key=self.api_key.value, timeout=timeout)


def of(context: typer.Context) -> Settings:
    """Return the settings that the command line began with."""
    settings = context.obj
    if not isinstance(settings, Settings):
        raise TypeError("The command was started without its settings.")
    return settings


def open_gate(context: typer.Context) -> AgentGate:
    """Connect to the gate that the command line names."""
    return of(context).open()


def path() -> Path:
    """Return where `config set` keeps its values."""
    return Path(typer.get_app_dir("agentgate")) / "config.json"


def read_file() -> dict[str, str]:
    """Read what `config set` kept; nothing when there is no file."""
    try:
        kept = json.loads(path().read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError as error:
        raise typer.BadParameter(f"{path()} is not JSON; delete it or mend it.") from error
    return {name: value for name, value in kept.items() if isinstance(value, str)} if isinstance(kept, dict) else {}


def keep(name: str, value: str) -> None:
    """Store one value in a file that only its owner can read, replacing it in one step."""
    kept = {**read_file(), name: value}
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path().parent, prefix=".config-")  # mode 0600 from its first moment
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=2)
    Path(temporary).replace(path())


def masked(key: str | None) -> str | None:
    """Return a key as it may be shown: enough to recognise it, too little to use it."""
    if key is None:
        return None
    return f"{key[:8]}…" if len(key) >= 24 else "…"


def _found(name: str, option: str | None, kept: dict[str, str]) -> Setting:
    if option:
        return Setting(option, f"--{name}")
    if value := os.environ.get(NAMES[name]):
        return Setting(value, NAMES[name])
    if name in kept:
        return Setting(kept[name], str(path()))
    return Setting(None, "nowhere")
