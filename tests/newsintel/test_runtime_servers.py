"""The embedded servers: first start, crash, orphans, odd directories."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from newsintel.runtime import application, postgres, procfs, servers, valkey
from newsintel.runtime.places import Places, StartError, write_state
from newsintel.runtime.supervisor import Supervisor
from tests.newsintel.runtime_kit import make_cluster, open_directory, wait_for

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")


@pytest.fixture
def var() -> Iterator[Path]:
    with open_directory() as directory:
        yield directory / "var"


@pytest.fixture
def boss() -> Iterator[Supervisor]:
    made = Supervisor()
    yield made
    made.stop()


def query(cluster: postgres.Cluster, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a transaction of its own and return its rows."""
    with (
        contextlib.closing(
            psycopg2.connect(host=str(cluster.sockets), user="postgres", dbname="postgres")
        ) as link,
        link,
        link.cursor() as cursor,
    ):
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def started(var: Path, boss: Supervisor) -> postgres.Cluster:
    cluster = make_cluster(var, is_durable=True)
    postgres.prepare(cluster)
    postgres.start(cluster, boss)
    return cluster


def test_server_speaks_unicode_without_any_locale(
    var: Path, boss: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANG", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    cluster = started(var, boss)
    assert query(cluster, "SELECT lower('ÀÉЖΩ'), current_setting('server_encoding')") == [("àéжω", "UTF8")]
    assert application.create_database(cluster) == ""
    application.mark_prepared(cluster, "seen")
    assert application.create_database(cluster) == "seen"


def test_half_made_data_directory_is_made_anew(var: Path, boss: Supervisor) -> None:
    half = make_cluster(var).home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    cluster = started(var, boss)
    assert query(cluster, "SELECT 1") == [(1,)]
    assert not half.exists()


def test_data_of_another_major_version_is_left_alone(var: Path) -> None:
    cluster = make_cluster(var)
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(StartError, match=r"made by Postgres 15, this server is 18(.|\n)*pg_dump"):
        postgres.prepare(cluster)


def test_wrong_override_is_named(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", "/usr/share")
    with pytest.raises(StartError, match="PG_BIN is /usr/share"):
        make_cluster(var)
    monkeypatch.setenv("VALKEY_BIN", "/nowhere/valkey")
    with pytest.raises(StartError, match="VALKEY_BIN is /nowhere/valkey"):
        valkey.find_program()


@pytest.mark.chaos
def test_killed_server_comes_back_with_committed_rows_despite_a_busy_orphan(
    var: Path, boss: Supervisor
) -> None:
    cluster = started(var, boss)
    query(cluster, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    busy = threading.Thread(target=run_long_query, args=(cluster,))
    busy.start()
    wait_for(
        lambda: query(
            cluster, "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%busy%' AND pid <> pg_backend_pid()"
        )
    )
    postmaster = boss.services[0]
    orphans = procfs.standing_in(cluster.data)
    assert len(orphans) > 3
    os.kill(postmaster.pid, signal.SIGKILL)
    wait_for(lambda: not postmaster.is_alive())

    def is_back() -> bool:
        boss.look()
        return postgres.accepts(cluster)

    wait_for(is_back)
    busy.join(10)
    assert query(cluster, "SELECT count(*) FROM kept") == [(1000,)]
    assert procfs.wait_gone(orphans, 0.0) == []


def run_long_query(cluster: postgres.Cluster) -> None:
    with contextlib.suppress(psycopg2.Error):
        query(cluster, "SELECT /* busy */ count(*) FROM generate_series(1, 10000000000) AS number")


def test_long_path_gets_a_short_private_socket_directory(boss: Supervisor) -> None:
    with open_directory() as directory:
        deep = directory / ("d" * 60) / ("e" * 60)
        cluster = started(deep / "var", boss)
        assert len(str(cluster.sockets)) < 60
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
        assert query(cluster, "SELECT 1") == [(1,)]
        shutil.rmtree(cluster.sockets)


@as_root
def test_private_parent_is_neither_needed_nor_opened(boss: Supervisor) -> None:
    with open_directory() as directory:
        private = directory / "private"
        private.mkdir(mode=0o700)
        cluster = started(private / "var", boss)
        try:
            assert not cluster.home.is_relative_to(directory)
            assert query(cluster, "SELECT 1") == [(1,)]
            assert private.stat().st_mode & 0o777 == 0o700
            boss.stop()
            boss.services.clear()
            private.chmod(0o711)
            moved = make_cluster(private / "var")
            assert moved.data == private / "var" / "postgres" / "data"
            assert (moved.data / "PG_VERSION").exists()
        finally:
            shutil.rmtree(cluster.home)


@as_root
def test_server_runs_as_an_unprivileged_account(var: Path, boss: Supervisor) -> None:
    cluster = started(var, boss)
    assert cluster.account is not None
    assert Path(f"/proc/{boss.services[0].pid}").stat().st_uid == cluster.account.uid != 0
    assert cluster.data.stat().st_mode & 0o777 == 0o700


def test_socket_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a directory away")
    other = tmp_path / "other"
    other.mkdir()
    os.chown(other, 4711, 4711)
    with pytest.raises(StartError, match="belongs to another user"):
        postgres.make_directory(other, mode=0o700)


def test_valkey_keeps_its_data_over_a_kill(var: Path, boss: Supervisor) -> None:
    Places(var).make()
    path = var / "run" / "valkey.sock"
    service = valkey.service(data=var / "valkey", path=path, log=var / "log" / "valkey.log")
    valkey.start(service, path, boss)
    assert ask(path, b"SET kept 1\r\n") == b"+OK\r\n"
    os.kill(service.pid, signal.SIGKILL)
    wait_for(lambda: not valkey.answers(path))

    def is_back() -> bool:
        boss.look()
        return valkey.answers(path)

    wait_for(is_back)
    assert ask(path, b"GET kept\r\n") == b"$1\r\n1\r\n"


def ask(path: Path, line: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(line)
        return client.recv(100)


def test_valkey_that_cannot_start_shows_its_log(var: Path, boss: Supervisor) -> None:
    Places(var).make()
    (var / "valkey").mkdir()
    path = var / "missing" / "valkey.sock"
    service = valkey.service(data=var / "valkey", path=path, log=var / "log" / "valkey.log")
    with pytest.raises(StartError, match=r"Valkey does not start(.|\n)*No such file"):
        valkey.start(service, path, boss)


def test_given_addresses_replace_the_embedded_servers(var: Path) -> None:
    here = Places(var)
    here.make()
    both = servers.find_servers(here, {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://r/0"})
    assert (both.cluster, both.valkey_socket) == (None, None)
    assert both.environment == {"NEWSINTEL_VAR": str(var)}
    one = servers.find_servers(here, {"REDIS_URL": "redis://r/0"})
    assert set(one.environment) == {"NEWSINTEL_VAR", "DATABASE_URL"}


def test_leftovers_of_a_killed_launcher_are_ended_and_strangers_are_not(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "LEFTOVER_SECONDS", 0.2)
    here = Places(var)
    here.make()
    left, stranger = (subprocess.Popen(["sleep", "600"], process_group=0) for _ in range(2))
    known = {
        "left": {"pid": left.pid, "ticks": procfs.start_ticks(left.pid)},
        "stranger": {"pid": stranger.pid, "ticks": procfs.start_ticks(stranger.pid) + 1},
        "never started": {"pid": 0, "ticks": 0},
    }
    write_state(here, {"pid": 1, "processes": known})
    servers.end_leftovers(here)
    assert left.wait(60) == -signal.SIGKILL
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
