"""What the kernel says about processes: who is alive, who stands in a directory, who uses how much memory."""

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def start_ticks(pid: int) -> int:
    """When a process began, in clock ticks since boot; 0 when it is gone. With the pid it names a process."""
    try:
        line = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return 0
    fields = line.rpartition(")")[2].split()  # the program's name in parentheses may hold spaces
    return 0 if fields[0] in "ZX" else int(fields[19])


def all_pids() -> list[int]:
    """Every process there is; none on a system without procfs."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()] if PROC.is_dir() else []


def group_of(pid: int) -> int:
    """The process group of a process; 0 when it is gone."""
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def group_members(group: int) -> list[int]:
    """The living processes of a group."""
    return [pid for pid in all_pids() if group_of(pid) == group and start_ticks(pid)]


def standing_in(directory: Path) -> list[int]:
    """The living processes whose current directory is `directory`: how a server's orphans are known."""
    found = []
    for pid in all_pids():
        try:
            stands_there = (PROC / str(pid) / "cwd").readlink() == directory
        except OSError:
            continue
        if stands_there and start_ticks(pid):
            found.append(pid)
    return found


def memory_kib(pids: Iterable[int]) -> int:
    """Proportional set size of some processes together, in KiB: shared pages are counted once in all."""
    total = 0
    for pid in pids:
        try:
            rollup = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def parents() -> dict[int, int]:
    """The parent of every process."""
    found = {}
    for pid in all_pids():
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[pid] = int(fields[1])
    return found


def family(pid: int) -> list[int]:
    """A process and all that descend from it; nobody for 0, which stands for a process that does not run."""
    known = parents()
    found = [pid] if pid else []
    for member in found:  # grows while it is read
        found += [child for child, parent in known.items() if parent == member]
    return found


def send(pid: int, number: int) -> None:
    """Signal a process that may be gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def kill_group(group: int) -> None:
    """End every process of a group at once; a group that is gone is fine."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_gone(pids: Iterable[int], seconds: float) -> list[int]:
    """Wait until processes have ended; returns those still alive after `seconds`."""
    deadline = time.monotonic() + seconds
    left = [pid for pid in pids if start_ticks(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = [pid for pid in left if start_ticks(pid)]
    return left
