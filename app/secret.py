"""The server's secret: given by a setting, or made once and kept beside the SQLite file."""

import os
import secrets
from pathlib import Path

from app.settings import Settings, SettingsError


def secret_of(settings: Settings) -> bytes:
    """Return the secret that keys digests. Raises SettingsError when the kept one cannot be read or written."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    kept = secret_file(settings)
    if kept is None:
        return secrets.token_bytes(32)
    try:
        if not kept.exists():
            _make(kept)
        return kept_in(kept)
    except OSError as error:
        raise SettingsError(
            f"{kept}: {error.strerror}; set AGENTGATE_SECRET_KEY, or make the folder writable"
        ) from error


def secret_file(settings: Settings) -> Path | None:
    """Return where the secret is kept, or None where it is given or lives as long as the process."""
    path = settings.address.path
    return path.with_name(path.name + ".secret") if path is not None and settings.secret_key is None else None


def kept_in(kept: Path) -> bytes:
    """Read the secret from its file. Raises SettingsError when there is none in it, OSError when it cannot be read."""
    secret = kept.read_bytes().strip()
    if len(secret) < 32 or not secret.isascii():
        raise SettingsError(
            f"{kept} does not hold a secret; restore it from a back-up (a new one makes all keys useless)"
        )
    return secret


def _make(kept: Path) -> None:
    """Make the file whole and in one step, so that two starts at once agree."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_name(f"{kept.name}.{secrets.token_hex(4)}")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as text:
        text.write(secrets.token_urlsafe(32))
        text.flush()
        os.fsync(text.fileno())
    try:
        os.link(fresh, kept)
    except FileExistsError:
        pass  # another start was quicker; its secret counts
    except OSError:  # a file system without hard links
        os.replace(fresh, kept)
    finally:
        fresh.unlink(missing_ok=True)
