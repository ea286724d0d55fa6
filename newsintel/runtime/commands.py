"""The five commands: run, test, manage, status and stop."""

import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from newsintel.runtime import application, procfs
from newsintel.runtime.application import Interrupted, Options
from newsintel.runtime.places import (
    ROOT,
    Places,
    StartError,
    check_port,
    is_running,
    places,
    read_state,
    take_lock,
    web_address,
    write_state,
)
from newsintel.runtime.progress import say, step
from newsintel.runtime.servers import end_leftovers, find_servers, start_servers
from newsintel.runtime.supervisor import Supervisor

STOP_SECONDS = 40.0
# These need no database, so none is started for them.
WITHOUT_SERVERS = frozenset(
    {
        "analyze_texts",
        "extract_pages",
        "check",
        "help",
        "version",
        "collectstatic",
        "diffsettings",
    }
)
# These work on a database as it is; every other command finds it migrated.
ON_RAW_DATABASE = frozenset(
    {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "dbshell", "ensure_admin"}
)
NOT_RUNNING = 3  # the usual exit code of a status command


# --- signals ----------------------------------------------------------------------------------------


def interrupt(number: int, _: FrameType | None) -> None:
    """The first signal ends what is being done; from then on they are ignored until everything has stopped."""
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Interrupted(number)


def listen_for_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


@contextlib.contextmanager
def supervised(here: Places, address: str = "") -> Iterator[Supervisor]:
    """A supervisor that keeps the state file, and stops everything at the end, whatever the end was."""
    begun = datetime.now(UTC).isoformat(timespec="seconds")

    def note() -> None:
        known = {
            service.name: {
                "pid": service.pid,
                "ticks": procfs.start_ticks(service.pid),
                "restarts": service.restarts,
            }
            for service in supervisor.services
        }
        write_state(here, {"pid": os.getpid(), "address": address, "begun": begun, "processes": known})

    supervisor = Supervisor()
    supervisor.on_change = note
    note()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        here.state.unlink(missing_ok=True)


# --- run ----------------------------------------------------------------------------------------------


def run(options: Options) -> int:
    """Start everything, say where it is, and look after it until a signal comes."""
    here = places()
    here.make()
    lock = take_lock(here)
    if lock is None:
        return say_already_running(here)
    listen_for_signals()
    with lock:
        try:
            end_leftovers(here)
            check_port(options.host, options.port)
            with supervised(here, web_address(options.host, options.port)) as supervisor:
                start_everything(here, options, supervisor)
                supervisor.watch()
        except StartError as problem:
            print(problem, file=sys.stderr)
            return 1
        except Interrupted:
            say("Everything has stopped.")
    return 0


def say_already_running(here: Places) -> int:
    state = read_state(here)
    where = f" at {state['address']}" if state.get("address") else ""
    print(f"newsintel already runs here{where} (process {state.get('pid', 'unknown')}).", file=sys.stderr)
    print("python3 up.py status looks at it, python3 up.py stop ends it.", file=sys.stderr)
    return 1


def start_everything(here: Places, options: Options, supervisor: Supervisor) -> None:
    """Servers, database, web; worker and beat once the first page is there, so that it comes soon."""
    begun, had_login = time.monotonic(), here.login.exists()
    with step("Starting Postgres and Valkey"):
        servers = find_servers(here)
        start_servers(servers, supervisor)
    with step("Preparing the database"):
        application.prepare_database(here, servers.cluster, servers.environment)
    with step("Preparing style sheets and scripts"):
        application.prepare_static(here, servers.environment)
    web, worker, beat = application.services(here, options, servers.environment)
    with step("Starting the web server"):
        supervisor.start(web)
        application.wait_for_page(options, supervisor)
    supervisor.start(worker)
    supervisor.start(beat)
    say(
        f"newsintel is ready after {time.monotonic() - begun:.1f} s: {web_address(options.host, options.port)}"
    )
    show_login(here, is_new=not had_login)
    if options.is_demo:
        with step("Loading the demo articles"):
            code = application.run_attached([*application.MANAGE, "load_demo"], servers.environment)
        if code != 0:
            say("The demo articles could not all be loaded; see above.")
    say("Ctrl-C stops everything.")


def show_login(here: Places, *, is_new: bool) -> None:
    """The first login in full on a first start; later only where it is kept."""
    if not here.login.exists():
        return
    if is_new:
        login = here.login.read_text().strip()
        say(
            f"First login:\n{login}\n(kept in {here.login}; delete the file once you have changed the password)"
        )
    else:
        say(f"First login: see {here.login}")


# --- test and manage ------------------------------------------------------------------------------------


def test(arguments: list[str]) -> int:
    """Run pytest on servers of its own that are thrown away afterwards; returns pytest's exit code.

    Without arguments the suite runs on up to four processors at once (each with a database of its own), without the
    tests that take minutes (a browser, or workers killed again and again); `--all` takes them in. What is asked for
    by name runs in one process, where its output and a debugger can be followed.
    """
    listen_for_signals()
    at_once = ["-n", str(max(1, min(4, os.cpu_count() or 1))), "--dist", "loadfile"]
    arguments = {(): [*at_once, "-m", "not long"], ("--all",): at_once}.get(tuple(arguments), arguments)
    with tempfile.TemporaryDirectory(prefix="newsintel-test-") as directory:
        Path(directory).chmod(0o711)  # the server's account must get through
        here = Places(Path(directory))
        here.make()
        try:
            with supervised(here) as supervisor:
                with step("Starting throw-away servers"):
                    servers = find_servers(here, is_durable=False)
                    start_servers(servers, supervisor)
                os.chdir(ROOT)
                return application.run_attached(
                    [sys.executable, "-m", "pytest", *arguments], servers.environment
                )
        except StartError as problem:
            print(problem, file=sys.stderr)
            return 1
        except Interrupted:
            return 130


def manage(arguments: list[str]) -> int:
    """Run a management command against the running servers, or against servers started for it alone."""
    here = places()
    here.make()
    listen_for_signals()
    command = [*application.MANAGE, *arguments]
    try:
        if needs_no_servers(arguments):
            return application.run_attached(command, {"NEWSINTEL_VAR": str(here.var)})
        lock = take_lock(here)
        if lock is None:
            return application.run_attached(command, find_servers(here).environment)
        with lock:
            end_leftovers(here)
            with supervised(here) as supervisor:
                servers = find_servers(here)
                start_servers(servers, supervisor)
                if servers.cluster:
                    application.create_database(servers.cluster)
                if arguments[0] not in ON_RAW_DATABASE:
                    application.prepare_database(here, servers.cluster, servers.environment)
                return application.run_attached(command, servers.environment)
    except StartError as problem:
        print(problem, file=sys.stderr)
        return 1
    except Interrupted:
        return 130


def needs_no_servers(arguments: list[str]) -> bool:
    return not arguments or arguments[0] in WITHOUT_SERVERS or not {"-h", "--help"}.isdisjoint(arguments)


# --- status and stop --------------------------------------------------------------------------------------


def status() -> int:
    """Print what runs, for how long and with how much memory; exit code 3 when nothing does."""
    here = places()
    if not is_running(here):
        print("newsintel is not running.")
        return NOT_RUNNING
    state = read_state(here)
    print(f"newsintel runs at {state.get('address') or 'no address yet'}, since {state.get('begun')}.")
    launcher = int(state.get("pid", 0))
    services = {
        name: (entry, procfs.family(entry["pid"])) for name, entry in state.get("processes", {}).items()
    }
    theirs = {pid for _, family in services.values() for pid in family}
    everything = procfs.family(launcher)
    own = procfs.memory_kib(pid for pid in everything if pid not in theirs)  # the launcher and its guard
    print(f"  {'launcher':10} pid {launcher:<8} {own / 1024:7.1f} MiB")
    for name, (entry, family) in services.items():
        shape = "up" if procfs.start_ticks(entry["pid"]) == entry["ticks"] != 0 else "down"
        print(
            f"  {name:10} pid {entry['pid']:<8} {procfs.memory_kib(family) / 1024:7.1f} MiB"
            f"  {shape}, restarted {entry['restarts']} times"
        )
    total = procfs.memory_kib(everything)
    print(f"  {'together':10} {'':12} {total / 1024:7.1f} MiB (proportional set size)")
    return 0


def stop() -> int:
    """Ask the launcher to end everything and wait for it; kill it when it does not."""
    here = places()
    if not is_running(here):
        print("newsintel is not running.")
        return 0
    launcher = int(read_state(here).get("pid", 0))
    if not launcher:
        print("newsintel is just starting; try again in a moment.", file=sys.stderr)
        return 1
    procfs.send(launcher, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while is_running(here) and time.monotonic() < deadline:
        time.sleep(0.1)
    if is_running(here):
        procfs.send(launcher, signal.SIGKILL)
        print("It did not stop by itself and was killed; its data is safe.")
    else:
        print("newsintel has stopped.")
    return 0
