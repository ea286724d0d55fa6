"""Our own processes: their command lines, their environment, the database they need, and the first page."""

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

import psycopg2
from psycopg2 import sql

from newsintel.runtime import procfs
from newsintel.runtime.places import ROOT, Places, StartError
from newsintel.runtime.postgres import DATABASE, Cluster
from newsintel.runtime.supervisor import Service, Supervisor, die_with_launcher, last_lines

HEALTH_SECONDS = 300.0  # a busy machine loads the model slowly; a dead web server is noticed at once
WEB_STARTS = 3
WEB_THREADS = 8
MANAGE = [sys.executable, str(ROOT / "manage.py")]
GRACE_SECONDS = 10.0  # for a command in the foreground to end by itself after Ctrl-C


@dataclass(frozen=True)
class Options:
    """What `run` was asked for."""

    host: str
    port: int
    workers: int
    is_demo: bool


class Interrupted(KeyboardInterrupt):
    """A signal asked the launcher to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


# --- the three programs -----------------------------------------------------------------------------


def services(here: Places, options: Options, environment: dict[str, str]) -> tuple[Service, Service, Service]:
    """Web server, worker and beat as supervised processes."""
    celery = [sys.executable, "-m", "celery", "-A"]
    bind = f"[{options.host}]:{options.port}" if ":" in options.host else f"{options.host}:{options.port}"
    web = [sys.executable, "-m", "gunicorn", "newsintel.wsgi:application", "--bind", bind]
    web += ["--worker-class", "gthread", "--threads", str(WEB_THREADS), "--no-control-socket"]
    web += ["--timeout", "120", "--graceful-timeout", "5"]
    worker = [
        *celery,
        "newsintel",
        "worker",
        "-Q",
        "fetch,analyze",
        "-c",
        str(options.workers),
        "--prefetch-multiplier=1",
    ]
    worker += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
    beat = [
        *celery,
        "newsintel.clock:clock",
        "beat",
        "-s",
        str(here.var / "beat-schedule"),
        "--pidfile=",
        "--loglevel",
        "WARNING",
    ]
    one_thread = {"OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1")}  # a worker per core already
    return (
        Service(
            "web", web, here.log("web"), environment={**environment, "ALLOWED_HOSTS": allowed_hosts(options)}
        ),
        Service("worker", worker, here.log("worker"), environment={**environment, **one_thread}),
        Service("beat", beat, here.log("beat"), environment=environment),
    )


def allowed_hosts(options: Options) -> str:
    """The host names pages may be asked for: the environment's, else this machine's names for itself."""
    given = os.environ.get("ALLOWED_HOSTS")
    if given:
        return given
    names = ["localhost", "127.0.0.1", "[::1]"]
    if options.host not in {"127.0.0.1", "localhost", "::1"}:
        names += [f"[{options.host}]" if ":" in options.host else options.host]
        names += [socket.gethostname(), socket.getfqdn(), own_address()]
    return ",".join(dict.fromkeys(name for name in names if name and name not in {"0.0.0.0", "[::]"}))


def own_address() -> str:
    """This machine's address on its network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:
            return ""
        return str(probe.getsockname()[0])


# --- the database -----------------------------------------------------------------------------------


def schema_fingerprint() -> str:
    """A hash of everything `migrate` depends on: our migrations and the pinned packages."""
    files = sorted(ROOT.glob("*/migrations/*.py"))
    digest = hashlib.sha256()
    for path in (*files, ROOT / "requirements.txt"):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def create_database(cluster: Cluster) -> str:
    """Make our database if it is missing; returns the fingerprint its comment holds (empty when new).

    The mark lives in the database, so it is lost or restored together with what it speaks about.
    """
    connection = psycopg2.connect(host=str(cluster.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [DATABASE]
        )
        row = cursor.fetchone()
        if row is None:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    return str(row[0] or "") if row else ""


def mark_prepared(cluster: Cluster, fingerprint: str) -> None:
    """Remember in the database which migrations it has seen."""
    connection = psycopg2.connect(host=str(cluster.sockets), user="postgres", dbname="postgres")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(DATABASE)), [fingerprint]
        )


def prepare_database(here: Places, cluster: Cluster | None, environment: dict[str, str]) -> None:
    """Migrate and make the first administrator, unless this database has seen exactly these migrations.

    A database of somebody else's (DATABASE_URL) is asked every time: another installation may have changed it.
    """
    fingerprint = schema_fingerprint()
    if cluster and create_database(cluster) == fingerprint:
        return
    # One process for both: starting Django takes longer than either.
    run_quietly(here, ["ensure_admin", "--migrate", "--password-file", str(here.login)], environment)
    if cluster:
        mark_prepared(cluster, fingerprint)


# --- style sheets, scripts, icons -------------------------------------------------------------------


def prepare_static(here: Places, environment: dict[str, str]) -> None:
    """Collect and pack our static files, unless exactly these were collected before."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted(path for path in (ROOT / "static").rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    mark = here.var / "staticfiles.mark"
    if mark.exists() and mark.read_text() == digest.hexdigest():
        return
    arguments = ["collectstatic", "--noinput", "--clear", "--ignore", "admin", "--verbosity", "0"]
    run_quietly(here, arguments, environment)
    mark.write_text(digest.hexdigest())


# --- single commands ----------------------------------------------------------------------------------


def run_quietly(here: Places, arguments: list[str], environment: dict[str, str]) -> None:
    """Run a management command with its output in a log; raises StartError with the log's end."""
    log = here.log("manage")
    with log.open("ab") as out:
        code = run_attached([*MANAGE, *arguments], environment, output=out.fileno())
    if code != 0:
        raise StartError(f"manage {arguments[0]} failed. The end of {log}:\n{last_lines(log, 25)}")


def run_attached(argv: list[str], environment: dict[str, str], *, output: int | None = None) -> int:
    """Run a program in the foreground and return its exit code; it ends when the launcher does."""
    child = subprocess.Popen(
        argv,
        env={**os.environ, **environment},
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        preexec_fn=die_with_launcher(signal.SIGTERM),  # noqa: PLW1509  (see supervisor.spawn)
    )
    try:
        return child.wait()
    except Interrupted as asked:
        if asked.number != signal.SIGINT:  # Ctrl-C reached the child too, everything else only us
            child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            child.wait(GRACE_SECONDS)
        raise
    finally:
        if child.poll() is None:
            for pid in procfs.family(child.pid):
                procfs.send(pid, signal.SIGKILL)
            child.wait()


# --- the first page -----------------------------------------------------------------------------------


def wait_for_page(options: Options, supervisor: Supervisor) -> None:
    """Wait until the health page answers; raises StartError after some time or some failed starts."""
    deadline = time.monotonic() + HEALTH_SECONDS
    web = next(service for service in supervisor.services if service.name == "web")
    while not page_answers(options):
        supervisor.look()
        if time.monotonic() > deadline or web.restarts >= WEB_STARTS:
            raise StartError(f"The web server does not answer. The end of {web.log}:\n{last_lines(web.log)}")
        time.sleep(0.05)


def page_answers(options: Options) -> bool:
    """Whether the web server serves its health page; an error of the application counts as no."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(options.host, options.host)
    try:
        with socket.create_connection((host, options.port), timeout=10.0) as client:
            client.sendall(b"GET /health/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
            status = client.recv(64).split(b" ")
    except OSError:
        return False
    return len(status) > 1 and status[1].isdigit() and int(status[1]) < 500
