"""The whole stack under its launcher: real servers, web, worker and beat, killed in every way."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from newsintel.runtime import procfs
from newsintel.runtime.application import Options, page_answers
from newsintel.runtime.places import ROOT, Places, read_state
from tests.newsintel.runtime_kit import MODULE, command, open_directory, runtime_environment, wait_for

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3600)]
START_SECONDS = 900.0  # generous: cores are shared with other work
NAMES = ("postgres", "valkey", "web", "worker", "beat")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Stack:
    """One installation in a directory of its own and the launcher that runs it now."""

    var: Path
    port: int
    launcher: subprocess.Popen[bytes] | None = None

    @property
    def said(self) -> str:
        return (self.var.parent / "launcher.out").read_text()

    def start(self, *, environment: dict[str, str] | None = None) -> None:
        """Start the launcher and wait until worker and beat are known too."""
        with (self.var.parent / "launcher.out").open("wb") as out:
            self.launcher = subprocess.Popen(
                [*MODULE, "run", "--port", str(self.port), "--workers", "1"],
                env=runtime_environment(self.var) if environment is None else environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        wait_for(self.is_ready, START_SECONDS)

    def is_ready(self) -> bool:
        assert self.launcher is not None
        assert self.launcher.poll() is None, self.said
        return "Ctrl-C stops everything." in self.said

    def answers(self) -> bool:
        return page_answers(Options(host="127.0.0.1", port=self.port, workers=1, is_demo=False))

    def pid(self, name: str) -> int:
        return int(read_state(Places(self.var))["processes"][name]["pid"])

    def is_back(self, name: str, before: int) -> bool:
        found = self.pid(name)
        return found not in {0, before} and procfs.start_ticks(found) > 0

    def everything(self) -> list[int]:
        """Every process of this stack: the launcher and all that descend from it."""
        assert self.launcher is not None
        return procfs.family(self.launcher.pid)

    def stop(self) -> None:
        if self.launcher is not None and self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGINT)
            self.launcher.wait(300)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        link = psycopg2.connect(host=str(self.var / "run"), user="postgres", dbname="newsintel")
        with contextlib.closing(link), link, link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One stack for the whole module; a first start takes most of the time."""
    with open_directory() as directory:
        made = Stack(directory / "var", free_port())
        try:
            made.start()
            yield made
        finally:
            made.stop()


def test_first_start_shows_address_and_a_private_login(stack: Stack) -> None:
    assert f"http://127.0.0.1:{stack.port}/" in stack.said
    login = stack.var / "first-login.txt"
    assert stat.S_IMODE(login.stat().st_mode) == 0o600
    assert login.read_text().strip() in stack.said
    assert stack.query("SELECT username, is_superuser FROM auth_user") == [("admin", True)]


def test_second_launcher_says_that_one_runs(stack: Stack) -> None:
    second = command(stack.var, "run", "--port", str(free_port()))
    assert second.returncode == 1
    assert f"already runs here at http://127.0.0.1:{stack.port}/" in second.stderr


def test_taken_port_is_told(stack: Stack) -> None:
    with open_directory() as directory:
        other = command(directory / "var", "run", "--port", str(stack.port))
    assert other.returncode == 1
    assert f"port {stack.port}" in other.stderr
    assert "--port" in other.stderr


def test_status_names_every_part(stack: Stack) -> None:
    said = command(stack.var, "status")
    assert said.returncode == 0
    assert all(f"  {name}" in said.stdout for name in NAMES)
    assert said.stdout.count("up, restarted") == len(NAMES)


def test_manage_uses_the_running_servers(stack: Stack) -> None:
    said = command(
        stack.var,
        "manage",
        "shell",
        "-v",
        "0",
        "-c",
        "from django.contrib.auth.models import User; print(User.objects.count())",
    )
    assert (said.returncode, said.stdout.strip()) == (0, "1"), said.stderr


@pytest.mark.parametrize("name", NAMES)
def test_killed_part_comes_back_with_committed_rows(stack: Stack, name: str) -> None:
    stack.query(f"INSERT INTO auth_group (name) VALUES ('kept-{name}')")
    before = stack.pid(name)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: stack.is_back(name, before))
    wait_for(stack.answers)
    assert stack.query(f"SELECT count(*) FROM auth_group WHERE name = 'kept-{name}'") == [(1,)]


def test_killed_launcher_leaves_nothing_and_the_next_start_has_everything(stack: Stack) -> None:
    everything = stack.everything()
    assert len(everything) > len(NAMES)
    assert stack.launcher is not None
    stack.launcher.kill()
    stack.launcher.wait()
    assert procfs.wait_gone(everything, 60.0) == []
    assert command(stack.var, "status").returncode == 3

    kept = {
        name: value
        for name, value in runtime_environment(stack.var).items()
        if name not in {"LANG", "LC_ALL"}
    }
    stack.start(environment=kept)
    assert stack.query("SELECT count(*) FROM auth_group WHERE name LIKE 'kept-%'") == [(len(NAMES),)]
    assert "First login: see" in stack.said


def test_stop_ends_everything_in_order(stack: Stack) -> None:
    everything = stack.everything()
    said = command(stack.var, "stop")
    assert (said.returncode, said.stdout.strip()) == (0, "newsintel has stopped.")
    assert stack.launcher is not None
    assert stack.launcher.wait(120) == 0
    assert procfs.wait_gone(everything, 30.0) == []
    assert (
        "was not properly shut down" not in (stack.var / "log" / "postgres.log").read_text().splitlines()[-1]
    )


def test_manage_brings_servers_of_its_own_when_none_run(stack: Stack) -> None:
    """Runs after the stop above; the database is the same."""
    said = command(
        stack.var,
        "manage",
        "shell",
        "-v",
        "0",
        "-c",
        "from django.contrib.auth.models import Group; print(Group.objects.filter(name__startswith='kept').count())",
    )
    assert (said.returncode, said.stdout.strip()) == (0, str(len(NAMES))), said.stderr
    assert command(stack.var, "status").returncode == 3


def debian_python() -> str:
    """A Python of this version that every account may run; the test is skipped where there is none."""
    for place in ("/usr/bin", "/usr/local/bin"):
        program = Path(place) / f"python3.{sys.version_info.minor}"
        if program.exists():
            return str(program)
    pytest.skip("no Python that every account may run")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_ordinary_user_runs_the_servers_as_themselves() -> None:
    """Servers only (`manage` with no servers running): the account cannot read root's own environment."""
    packages = Path(psycopg2.__file__).parent.parent
    if not all(place.stat().st_mode & 0o001 for place in (packages, *packages.parents, ROOT, *ROOT.parents)):
        pytest.skip("the checkout or its environment is closed to other accounts")
    with open_directory() as directory:
        home = directory / "home"
        home.mkdir()
        os.chown(home, 65534, 65534)
        code = (
            "from newsintel.runtime.places import places\n"
            "from newsintel.runtime.servers import find_servers, start_servers\n"
            "from newsintel.runtime.supervisor import Supervisor\n"
            "here = places(); here.make(); boss = Supervisor()\n"
            "found = find_servers(here); start_servers(found, boss)\n"
            "print(found.cluster.home.stat().st_uid, found.cluster.account, len(boss.services))\n"
            "boss.stop()\n"
        )
        said = subprocess.run(
            [debian_python(), "-c", code],
            user=65534,
            group=65534,
            extra_groups=[],
            cwd="/",
            env={"NEWSINTEL_VAR": str(home / "var"), "PYTHONPATH": f"{ROOT}:{packages}", "HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert said.stdout.strip() == "65534 None 2", said.stderr
