"""Both embedded servers together: which are wanted, where they answer, their start and the leftovers of a last run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsintel.runtime import postgres, procfs, valkey
from newsintel.runtime.places import Places, read_state
from newsintel.runtime.supervisor import Supervisor

LEFTOVER_SECONDS = 4.0  # the guard of a killed launcher needs about three


@dataclass(frozen=True)
class Servers:
    """What the application talks to; DATABASE_URL and REDIS_URL of the environment replace the embedded ones."""

    here: Places
    cluster: postgres.Cluster | None
    valkey_socket: Path | None

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which every process of ours finds the servers and the directory it may write to."""
        found = {"NEWSINTEL_VAR": str(self.here.var)}
        if self.cluster:
            found["DATABASE_URL"] = self.cluster.url
        if self.valkey_socket:
            found["REDIS_URL"] = f"redis+socket://{self.valkey_socket}"
        return found


def find_servers(
    here: Places, environ: Mapping[str, str] = os.environ, *, is_durable: bool = True
) -> Servers:
    """Which servers this installation brings itself, and where; nothing is started."""
    account = postgres.server_account()
    home = postgres.home_of(here, account)
    sockets = postgres.socket_directory(here, home)
    cluster = None
    if not environ.get("DATABASE_URL"):
        cluster = postgres.Cluster(
            home=home,
            program=postgres.find_program(home, account),
            sockets=sockets,
            log=here.log("postgres"),
            account=account,
            is_durable=is_durable,
        )
    return Servers(here, cluster, None if environ.get("REDIS_URL") else sockets / "valkey.sock")


def start_servers(servers: Servers, supervisor: Supervisor) -> None:
    """Start what is wanted and wait until it answers; raises StartError."""
    cluster, path = servers.cluster, servers.valkey_socket
    if cluster:
        postgres.prepare(cluster)
        postgres.start(cluster, supervisor)
    if path:
        if not path.parent.exists():
            postgres.make_directory(path.parent, mode=0o700)
        redis = valkey.service(
            data=servers.here.var / "valkey",
            path=path,
            log=servers.here.log("valkey"),
            is_durable=cluster is None or cluster.is_durable,
        )
        valkey.start(redis, path, supervisor)


def end_leftovers(here: Places) -> None:
    """End what a killed launcher left running; for the holder of the lock file only.

    A process is known by its number together with the moment it began, since numbers come round again.
    """
    known = read_state(here).get("processes", {}).values()
    left = [
        entry["pid"] for entry in known if entry["pid"] and procfs.start_ticks(entry["pid"]) == entry["ticks"]
    ]
    for pid in procfs.wait_gone(left, LEFTOVER_SECONDS):
        procfs.kill_group(pid)
