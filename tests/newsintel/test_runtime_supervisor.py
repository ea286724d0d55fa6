"""Processes under supervision: restarted, stopped with their children, and never left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsintel.runtime import procfs, supervisor
from newsintel.runtime.places import ROOT, StartError
from newsintel.runtime.supervisor import Service, Supervisor
from tests.newsintel.runtime_kit import wait_for

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
# A leader that ignores a polite request, with a child that does too.
STUBBORN = [
    sys.executable,
    "-S",
    "-c",
    "import os, signal, time\n"
    "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT): signal.signal(number, signal.SIG_IGN)\n"
    "os.fork()\nprint('armed', flush=True)\ntime.sleep(600)",
]


@pytest.fixture
def boss() -> Iterator[Supervisor]:
    made = Supervisor()
    yield made
    made.stop()


def service(tmp_path: Path, argv: list[str], name: str = "thing") -> Service:
    return Service(name, argv, tmp_path / f"{name}.log")


def test_ended_process_comes_back(boss: Supervisor, tmp_path: Path) -> None:
    thing = service(tmp_path, SLEEP)
    boss.start(thing)
    first = thing.pid
    os.kill(first, signal.SIGKILL)

    def is_back() -> bool:
        boss.look()
        return thing.is_alive() and thing.pid != first

    wait_for(is_back)
    assert thing.restarts == 1


def test_process_that_never_stays_up_ends_the_run_with_its_log(
    boss: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_WAIT", 0.0)
    monkeypatch.setattr(supervisor, "QUICK_FAILURES", 3)
    boss.start(service(tmp_path, ["/bin/sh", "-c", "echo no such table; exit 4"]))
    with pytest.raises(StartError, match=r"thing does not stay up(.|\n)*no such table"):
        wait_for(boss.look)  # look answers nothing, so this ends by the error only


def test_waiting_time_grows_with_quick_failures(boss: Supervisor, tmp_path: Path) -> None:
    thing = service(tmp_path, ["/bin/true"])
    boss.start(thing)
    waits = []
    for _ in range(2):
        wait_for(lambda: not thing.is_alive())
        boss.note_end(thing)
        waits.append(thing.not_before - time.monotonic())
        boss.start(thing)
    assert 0.2 < waits[0] < waits[1] < 0.7


def test_stop_ends_children_that_ignore_requests(
    boss: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.3)
    thing = service(tmp_path, STUBBORN)
    boss.start(thing)
    wait_for(lambda: thing.log.read_text().count("armed") == 2)
    members = procfs.group_members(thing.pid)
    assert len(members) == 2
    boss.stop()
    assert procfs.wait_gone(members, 30.0) == []


def test_servers_stop_after_what_uses_them(boss: Supervisor, tmp_path: Path) -> None:
    database, web, cache = (service(tmp_path, SLEEP, name) for name in ("database", "web", "cache"))
    database.is_server = cache.is_server = True
    for thing in (database, cache, web):
        boss.start(thing)
    assert [[thing.name for thing in batch] for batch in boss.stop_batches()] == [
        ["web"],
        ["cache"],
        ["database"],
    ]


def test_killed_guard_is_replaced_and_knows_everything(boss: Supervisor, tmp_path: Path) -> None:
    boss.start(service(tmp_path, SLEEP))
    guard = boss.guard
    assert guard is not None
    guard.kill()
    guard.wait()
    boss.look()
    assert boss.guard is not None
    assert boss.guard.pid != guard.pid
    assert boss.guard.poll() is None


LAUNCHER = """
import sys, time
from pathlib import Path
from newsintel.runtime.supervisor import Service, Supervisor
boss = Supervisor()
for number, argv in enumerate(eval(sys.argv[1])):
    boss.start(Service(f"thing{number}", argv, Path(sys.argv[2]) / f"thing{number}.log"))
time.sleep(1.0)
print(boss.guard.pid, *(service.pid for service in boss.services), flush=True)
time.sleep(600)
"""


@pytest.mark.chaos
def test_killed_launcher_leaves_nothing_behind(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        launcher = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, repr([SLEEP, STUBBORN]), str(tmp_path)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        )
        stack.callback(launcher.wait)
        stack.callback(launcher.kill)
        assert launcher.stdout is not None
        guard, quiet, stubborn = (int(pid) for pid in launcher.stdout.readline().split())
        everything = [guard, *procfs.group_members(quiet), *procfs.group_members(stubborn)]
        assert len(everything) == 4
        launcher.kill()
        assert procfs.wait_gone(everything, 60.0) == []
        launcher.stdout.close()
