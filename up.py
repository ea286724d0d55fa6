#!/usr/bin/env python3
"""newsintel: one command from a fresh clone to a running desk.

python3 up.py [run] [--port N] [--host H] [--workers N] [--demo]   set everything up and run it
python3 up.py test [pytest arguments]                             run the tests on throw-away servers
python3 up.py manage COMMAND …                                    run a management command
python3 up.py status | stop                                       look at it, end it

Only what must happen before any package is installed is done here; then this process becomes
`python -m newsintel.runtime` inside the environment it made below var/env.
"""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / "var" / "env"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "newsintel-stamp.json"
RUN, DEV, INSTALLER = "requirements.txt", "requirements-dev.txt", "requirements-uv.txt"
COMMANDS = ("run", "test", "manage", "status", "stop")
OLDEST, TOO_NEW = (3, 11), (3, 14)


class NotReadyError(Exception):
    """The environment could not be made; the text says what a person can do about it."""


# --- the right Python ---------------------------------------------------------------------------


def use_supported_python() -> None:
    """Go on under a supported Python: this one, else one found on PATH; raises NotReadyError."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        return
    for minor in range(TOO_NEW[1] - 1, OLDEST[1] - 1, -1):
        other = shutil.which("python3.%d" % minor)  # noqa: UP031  (must run on any Python 3)
        if other:
            os.execv(other, [other, str(ROOT / "up.py"), *sys.argv[1:]])
    raise NotReadyError(
        f"newsintel needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.\n"
        "Install one (Debian: apt-get install python3 python3-venv) and run this again with it."
    )


# --- what is installed already --------------------------------------------------------------------


def wanted_stamp(*, dev: bool) -> dict[str, str]:
    """What the environment must hold: the Python it stands on and the hash of each requirements file."""
    names = (RUN, DEV) if dev else (RUN,)
    stamp = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}
    return {"python": f"{sys.version} {sys.base_prefix}", **stamp}


def found_stamp() -> dict[str, str]:
    """What the environment says it holds; empty when there is none or its Python is gone."""
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and PYTHON.exists() else {}


def is_ready(*, dev: bool) -> bool:
    """Whether nothing has to be installed; no network and no other program is needed to know."""
    found = found_stamp()
    return all(found.get(key) == value for key, value in wanted_stamp(dev=dev).items())


# --- making it ------------------------------------------------------------------------------------


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Print what begins, then how long it took."""
    print(f"  {text} …", flush=True)
    begun = time.monotonic()
    yield
    print(f"  {text}: {time.monotonic() - begun:.1f} s", flush=True)


@contextlib.contextmanager
def install_lock() -> Iterator[None]:
    """Let one process at a time change the environment; the next one waits and then finds it ready."""
    ENVIRONMENT.parent.mkdir(exist_ok=True)
    with (ENVIRONMENT.parent / ".install.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  Another newsintel command is preparing the environment; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def prepare(*, dev: bool) -> None:
    """Make var/env hold exactly what the requirements say; raises NotReadyError."""
    if is_ready(dev=dev):
        return
    with install_lock():
        if is_ready(dev=dev):
            return
        found, wanted = found_stamp(), wanted_stamp(dev=dev)
        if found.get("python") != wanted["python"]:
            with step("Making a Python environment in var/env"):
                make_environment()
            found = {"python": wanted["python"]}
            STAMP.write_text(json.dumps(found))  # so a second try after a failed download goes on from here
        with step("Installing the pinned packages"):
            install([RUN, DEV] if dev else [RUN])
        kept = {DEV: found[DEV]} if DEV in found else {}
        STAMP.write_text(json.dumps({**kept, **wanted}))


def make_environment() -> None:
    """A fresh virtual environment; raises NotReadyError with the missing Debian package's name."""
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    made = quiet([sys.executable, "-m", "venv", str(ENVIRONMENT)])
    if made.returncode == 0:
        return
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    raise NotReadyError(
        f"Python cannot make a virtual environment here:\n{tail(made.stdout)}\n"
        "On Debian and Ubuntu the missing part comes with: apt-get install python3-venv"
    )


def install(names: list[str]) -> None:
    """Install the hashed requirement files with uv when the index has it, else with pip."""
    files = [argument for name in names for argument in ("-r", str(ROOT / name))]
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--require-hashes"]
    pip += ["--only-binary", ":all:"]
    if quiet([*pip, "-r", str(ROOT / INSTALLER)]).returncode == 0:
        uv = [str(ENVIRONMENT / "bin" / "uv"), "pip", "install", "--python", str(PYTHON)]
        uv += ["--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]
        done = quiet([*uv, *files], environment=installer_environment())
        if done.returncode == 0:
            return
        print(f"  uv could not install them; trying pip.\n{tail(done.stdout, lines=3)}", flush=True)
    done = quiet([*pip, *files])
    if done.returncode != 0:
        raise NotReadyError(f"The packages could not be installed:\n{tail(done.stdout)}")


def quiet(
    command: list[str], *, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program with its output kept for the case that it fails."""
    return subprocess.run(
        command,
        env=environment,
        cwd=ROOT,
        check=False,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def tail(text: str, *, lines: int = 12) -> str:
    """The last lines of a program's output, indented."""
    return "\n".join("    " + line for line in text.strip().splitlines()[-lines:])


# --- uv does not read pip's configuration, so the package index a person set there is handed over ----


def pip_settings() -> dict[str, str]:
    """The package index settings pip works with; a later layer (install section, environment) wins."""
    listed = quiet([str(PYTHON), "-m", "pip", "config", "list"]).stdout
    found: dict[str, str] = {}
    for layer in ("global.", "install.", ":env:."):
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(layer):
                with contextlib.suppress(ValueError, SyntaxError):
                    found[key.removeprefix(layer).replace("_", "-")] = str(ast.literal_eval(value))
    return found


def installer_environment() -> dict[str, str]:
    """The environment for uv: this one, with pip's index settings where uv has none of its own."""
    environment = dict(os.environ)
    pip = pip_settings()
    extra = " ".join(pip.get("extra-index-url", "").split())
    links = ",".join(
        place for place in pip.get("find-links", "").split() if "://" in place or Path(place).is_dir()
    )
    translated = {
        "UV_DEFAULT_INDEX": pip.get("index-url", ""),
        "UV_INDEX": extra,
        "UV_FIND_LINKS": links,
        "UV_INSECURE_HOST": " ".join(pip.get("trusted-host", "").split()),
        "SSL_CERT_FILE": pip.get("cert", ""),
        # Every file is checked against its pinned hash, so which index it came from does not matter.
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra else "",
    }
    for name, value in translated.items():
        if value and not environment.get(name):
            environment[name] = value
    if not has_cache_directory():
        environment["UV_NO_CACHE"] = "1"
    return environment


def has_cache_directory() -> bool:
    """Whether uv has a place to keep downloads; a service account's home often does not exist."""
    if os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME"):
        return True
    home = Path(os.path.expanduser("~"))
    return home.is_dir() and os.access(home, os.W_OK)


# --- start ----------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Prepare what the command needs, then become the runtime; returns only when that was not possible."""
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return 0
    if not arguments or arguments[0].startswith("-"):
        arguments = ["run", *arguments]
    command = arguments[0]
    if command not in COMMANDS:
        print(f"There is no command {command!r}.\n\n{__doc__}", file=sys.stderr)
        return 2
    try:
        use_supported_python()
        if command in ("status", "stop") and not found_stamp():
            print("newsintel is not running: nothing has been installed here yet.")
            return 3 if command == "status" else 0
        if command not in ("status", "stop"):
            prepare(dev=command == "test")
    except NotReadyError as problem:
        print(problem, file=sys.stderr)
        return 1
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    sys.stdout.flush()
    # -P: the directory a person stands in stays out of the import path, yet their relative paths work.
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", "newsintel.runtime", *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
