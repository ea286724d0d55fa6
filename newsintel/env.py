"""Environment variables read strictly: a value that cannot be understood stops the start with its name."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def envtext(name: str, default: str = "") -> str:
    """The variable as text; an empty one counts as unset."""
    return os.environ.get(name) or default


def envbool(name: str, *, default: bool) -> bool:
    """The variable as a truth value; raises ImproperlyConfigured for anything but 1/0, true/false, yes/no, on/off."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    if raw.strip().lower() in TRUE:
        return True
    if raw.strip().lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {raw!r}.")


def envint(name: str, default: int, *, minimum: int = 0) -> int:
    """The variable as a whole number of at least `minimum`."""
    raw = envtext(name)
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if value < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {value}.")
    return value


def envlist(name: str, default: str = "") -> list[str]:
    """A comma separated variable as a list without empty parts."""
    return [part.strip() for part in envtext(name, default).split(",") if part.strip()]


def envsecret(name: str, file: Path) -> str:
    """The secret from the variable, else from `file`, which is made with mode 0600 when it is missing."""
    value = envtext(name)
    if value:
        return value
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(50))
    return file.read_text().strip()
