"""What the tests of the runtime share: directories the server's account can reach, and processes to look at."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from newsintel.runtime import postgres
from newsintel.runtime.places import ROOT, Places

T = TypeVar("T")
MODULE = [sys.executable, "-P", "-m", "newsintel.runtime"]


@contextmanager
def open_directory() -> Iterator[Path]:
    """A short directory that every account may pass through; pytest's own ones are private and long."""
    directory = Path(tempfile.mkdtemp(prefix="nit-"))
    directory.chmod(0o711)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def runtime_environment(var: Path) -> dict[str, str]:
    """The environment of a launcher with servers and a directory of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    return {**kept, "NEWSINTEL_VAR": str(var), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def command(var: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the runtime to its end."""
    return subprocess.run(
        [*MODULE, *arguments],
        env={**runtime_environment(var), **changes},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def wait_for(look: Callable[[], T], seconds: float = 240.0) -> T:
    """The first true answer of `look`; fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.05)
    return found


def make_cluster(var: Path, *, is_durable: bool = False) -> postgres.Cluster:
    """An embedded cluster below `var`, not yet started."""
    here = Places(var)
    here.make()
    account = postgres.server_account()
    home = postgres.home_of(here, account)
    return postgres.Cluster(
        home=home,
        program=postgres.find_program(home, account),
        sockets=postgres.socket_directory(here, home),
        log=here.log("postgres"),
        account=account,
        is_durable=is_durable,
    )
