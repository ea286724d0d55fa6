"""Where a running newsintel keeps its things, and who holds the right to run in that place."""

import fcntl
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent.parent
LOG_LIMIT = 10 * 1024 * 1024  # bytes; a longer log is set aside at the next start


class StartError(Exception):
    """Starting is not possible; the text says why and what a person can do."""


@dataclass(frozen=True)
class Places:
    """Every path of one installation, all below `var`."""

    var: Path

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def run(self) -> Path:
        """The directory of both servers' sockets; settings.py knows it too."""
        return self.var / "run"

    @property
    def state(self) -> Path:
        return self.var / "state.json"

    @property
    def login(self) -> Path:
        """The first administrator's name and password, readable by the owner only."""
        return self.var / "first-login.txt"

    def log(self, name: str) -> Path:
        """The log file of one process; one that has grown long begins anew and keeps one predecessor."""
        path = self.logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return path

    def make(self) -> None:
        """Create the directories; raises StartError where that is not allowed."""
        try:
            for path in (self.var, self.logs, self.run):
                path.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StartError(f"Cannot write below {self.var}: {problem.strerror}.") from None


def places() -> Places:
    """The places of this installation: NEWSINTEL_VAR, else var/ in the checkout."""
    return Places(Path(os.environ.get("NEWSINTEL_VAR") or ROOT / "var").absolute())


# --- only one at a time -----------------------------------------------------------------------------


def take_lock(here: Places) -> TextIO | None:
    """The open lock file, or None when another launcher runs here; the kernel drops it with its holder."""
    lock = (here.var / ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def is_running(here: Places) -> bool:
    """Whether a launcher holds the lock now."""
    if not (here.var / ".lock").exists():
        return False
    lock = take_lock(here)
    if lock is None:
        return True
    lock.close()
    return False


def write_state(here: Places, state: dict[str, Any]) -> None:
    """Replace the state file in one step, so that a reader never sees half of it."""
    new = here.state.with_suffix(".new")
    new.write_text(json.dumps(state, indent=1))
    new.replace(here.state)


def read_state(here: Places) -> dict[str, Any]:
    """What the last launcher wrote: pid, address and processes; empty when there is nothing to read."""
    try:
        found = json.loads(here.state.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


# --- the address --------------------------------------------------------------------------------------


def check_port(host: str, port: int) -> None:
    """Raise StartError with advice when the web server could not listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise StartError(
                f"Cannot listen on {host} port {port}: {(problem.strerror or str(problem)).lower()}.\n"
                f"Choose another port: python3 up.py --port {port + 1 if port < 65535 else 8000}"
            ) from None


def web_address(host: str, port: int) -> str:
    """The address a person on this machine types; a wildcard host becomes loopback."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"
