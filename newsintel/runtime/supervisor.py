"""Processes start in order, are restarted with back-off, and stop in reverse; nothing outlives the launcher."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from newsintel.runtime import procfs
from newsintel.runtime.places import ROOT, StartError

POLL_SECONDS = 0.3
STOP_SECONDS = 15.0  # a worker may finish a text that long; after that it is killed and the row's lease ends
STEADY_SECONDS = 10.0  # a process that lived this long has started well
QUICK_FAILURES = 20  # in a row; then something is wrong that no restart mends
LONGEST_WAIT = 5.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """An unprivileged account that root hands a server to."""

    uid: int
    gid: int


@dataclass
class Service:
    """One supervised program and what is known about its present process."""

    name: str
    argv: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    account: Account | None = None
    is_server: bool = False  # others use it, so it stops after them
    before_start: Callable[[], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_failures: int = 0
    restarts: int = 0
    not_before: float = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def die_with_launcher(number: int) -> Callable[[], None]:
    """What a child does before it becomes its program: ask the kernel for a signal when its parent dies."""
    libc, launcher = ctypes.CDLL(None), os.getpid()

    def request() -> None:
        if hasattr(libc, "prctl"):
            libc.prctl(PR_SET_PDEATHSIG, number)
            if os.getppid() != launcher:  # it died between the fork and the request
                os._exit(1)

    return request


def spawn(service: Service) -> subprocess.Popen[bytes]:
    """Start a service in a process group of its own, its output going to its log."""
    account = service.account
    identity: dict[str, Any] = (
        {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    )
    with service.log.open("ab") as log:
        return subprocess.Popen(
            service.argv,
            env={**os.environ, **service.environment},
            cwd="/" if account else ROOT,  # another account may not be allowed to stand in the checkout
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_launcher(service.stop_signal),  # noqa: PLW1509  (the launcher has one thread)
            **identity,
        )


class Supervisor:
    """The services of one launcher, in the order in which they were started."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self.services: list[Service] = []
        self.on_change = on_change
        self.guard: subprocess.Popen[bytes] | None = None
        self.start_guard()

    # --- the guard --------------------------------------------------------------------------------

    def start_guard(self) -> None:
        """Start the process that cleans up after a killed launcher, and tell it everything."""
        self.end_guard()
        script = str(Path(__file__).with_name("guard.py"))
        self.guard = subprocess.Popen(
            [sys.executable, "-I", "-S", script], stdin=subprocess.PIPE, process_group=0, cwd="/"
        )
        for service in self.services:
            if service.is_alive():
                self.tell_guard(f"+{service.pid}")

    def end_guard(self) -> None:
        """Close the guard's list; with nothing left on it, it ends by itself."""
        if self.guard is not None and self.guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.guard.stdin.close()
            self.guard.wait()
        self.guard = None

    def tell_guard(self, line: str) -> None:
        """Add or remove a group; a guard that was killed is replaced at the next look."""
        pipe: IO[bytes] | None = self.guard.stdin if self.guard else None
        if pipe is None:
            return
        with contextlib.suppress(BrokenPipeError):
            pipe.write(line.encode() + b"\n")
            pipe.flush()

    # --- start and restart --------------------------------------------------------------------------

    def start(self, service: Service) -> None:
        """Start a service and look after it from now on."""
        if service not in self.services:
            self.services.append(service)
        if service.before_start:
            service.before_start()
        service.process = spawn(service)
        service.started_at = time.monotonic()
        self.tell_guard(f"+{service.pid}")
        self.on_change()

    def look(self) -> None:
        """One round: bring back what has ended, each after its own waiting time; raises StartError to give up."""
        if self.guard is not None and self.guard.poll() is not None:
            self.start_guard()
        for service in self.services:
            if service.is_alive():
                continue
            if service.process is not None:
                self.note_end(service)
            if time.monotonic() >= service.not_before:
                self.start(service)

    def note_end(self, service: Service) -> None:
        """Clear away what an ended process left of its group, and decide when to try again."""
        ended = service.process
        if ended is None:
            return
        procfs.kill_group(ended.pid)
        self.tell_guard(f"-{ended.pid}")
        service.process = None
        lived = time.monotonic() - service.started_at
        service.quick_failures = 0 if lived >= STEADY_SECONDS else service.quick_failures + 1
        service.restarts += 1
        service.not_before = time.monotonic() + min(LONGEST_WAIT, 0.3 * service.quick_failures)
        print(f"  {service.name} ended ({describe(ended.returncode)}); starting it again.", flush=True)
        if service.quick_failures >= QUICK_FAILURES:
            raise StartError(
                f"{service.name} does not stay up. The end of {service.log}:\n{last_lines(service.log)}"
            )

    def watch(self) -> None:
        """Look after everything until a signal ends it (as KeyboardInterrupt)."""
        while True:
            time.sleep(POLL_SECONDS)
            self.look()

    # --- stop ---------------------------------------------------------------------------------------

    def stop(self) -> None:
        """End everything in reverse order of starting."""
        for batch in self.stop_batches():
            for service in batch:
                if service.process is not None and service.is_alive():
                    procfs.send(service.pid, service.stop_signal)
            self.wait_ended(batch)
        self.end_guard()

    def stop_batches(self) -> Iterator[list[Service]]:
        """The programs that use the servers all at once, then the servers one by one, last first."""
        yield [service for service in reversed(self.services) if not service.is_server]
        yield from ([service] for service in reversed(self.services) if service.is_server)

    def wait_ended(self, batch: list[Service]) -> None:
        """Give a batch its time, then kill what is left, children included."""
        deadline = time.monotonic() + STOP_SECONDS
        for service in batch:
            if service.process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                service.process.wait(max(0.0, deadline - time.monotonic()))
            procfs.kill_group(service.pid)
            service.process.wait()
            self.tell_guard(f"-{service.pid}")


def describe(code: int) -> str:
    """How a process ended, in words."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def last_lines(log: Path, count: int = 12) -> str:
    """The end of a log, indented."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join("    " + line for line in text.splitlines()[-count:])
