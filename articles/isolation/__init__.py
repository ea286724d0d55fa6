"""Run a pure function in a child process that can be killed: C code listens to no softer word.

A call goes to a small server process that is forked, within milliseconds, from a clean helper: a fresh interpreter
that has imported the function's module and nothing else, no model, no database, no thread. Processes that forked
after `prepare_isolation` share the helper. A server is used for many calls and replaced after a kill.
"""

import atexit
import contextlib
import os
import pickle
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from .child import CALLS_PER_SERVER, receive, send
from .results import load_result

Argument = TypeVar("Argument")
Value = TypeVar("Value")

# For one page or file; the slowest honest page measured takes 3.3 s and 452 MB.
PAGE_SECONDS = 9.0  # with the kill and the start of a new server a page holds a worker for less than ten
PAGE_BYTES = 1024**3
GRACE_SECONDS = 1.0  # the server's own alarm comes first; this is for one that cannot hear it
START_SECONDS = 30.0  # to import a module the helper has not seen, on a busy machine
# A parser needs no password and no address of a server: only these pass to the helper.
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
START = "from articles.isolation.child import main; main()"
MEBIBYTE = 1024 * 1024


class IsolationFailed(Exception):
    """The call gave no value. `reason` is a sentence for the analyst; `code` is error, time, memory or crash."""

    def __init__(self, reason: str, *, code: str = "error") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class IsolationKilled(IsolationFailed):
    """The call was ended from outside."""


@dataclass(slots=True)
class Helper:
    """The clean process that forks servers, and the socket on which it is asked to."""

    control: socket.socket
    pid: int
    owner: int  # the process that started it, and that it follows into death
    modules: set[str] = field(default_factory=set)  # it was asked to import


@dataclass(slots=True)
class Server:
    """One process that answers calls, one at a time."""

    channel: socket.socket
    pid: int
    modules: frozenset[str]  # imported before it was forked, at no cost to the first call
    calls: int = 0


@dataclass(slots=True)
class Pool:
    """What this process has: one helper, and the servers that are idle."""

    helper: Helper | None = None
    idle: list[Server] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


_pool = Pool()


def run_isolated(
    function: Callable[[Argument], Value],
    argument: Argument,
    *,
    seconds: float = PAGE_SECONDS,
    memory_bytes: int = PAGE_BYTES,
) -> Value:
    """The value of `function(argument)`, worked out elsewhere within a wall time and an address space.

    The function must be importable by name; argument and value travel as pickles, and of the value only builtin
    types and classes of this product are accepted. Exceptions of this product are raised here again.
    Raises `IsolationKilled` at either limit and for a crash, `IsolationFailed` for any foreign exception.
    """
    module, name = function.__module__, function.__qualname__
    call = pickle.dumps((module, name, seconds, memory_bytes, pickle.dumps(argument, protocol=5)), protocol=5)
    try:
        return cast("Value", _run(module, call, seconds, memory_bytes))
    except IsolationKilled as killed:
        if killed.code != "crash" or not _has_lost_helper():
            raise
    return cast("Value", _run(module, call, seconds, memory_bytes))  # whoever killed the helper meant no page


def _run(module: str, call: bytes, seconds: float, memory_bytes: int) -> Any:
    server = _take(module)
    started = time.monotonic()
    try:
        answer = _ask(server, call, seconds + GRACE_SECONDS)
    except (ConnectionError, EOFError):
        server.channel.close()  # the process is gone: its alarm, or a crash
        raise _killed(time.monotonic() - started, seconds) from None
    except TimeoutError:
        _kill(server)
        raise _killed(seconds, seconds) from None
    except BaseException:
        _kill(server)  # an interrupted call would leave its answer to the next one
        raise
    return _settle(server, answer, memory_bytes)


def prepare_isolation(*modules: str) -> None:
    """Start the helper and let it import modules, so that processes forked from this one share it. Does not wait."""
    with _pool.lock:
        if _has_lost_helper():
            _forget_helper()
        helper = _ensure_helper()
        for module in modules:
            helper.control.send(module.encode())
            helper.modules.add(module)


def close_isolation() -> None:
    """End the idle servers, and the helper if this process started it; the next call starts anew."""
    with _pool.lock:
        while _pool.idle:
            _pool.idle.pop().channel.close()
        _forget_helper()


def _settle(server: Server, answer: bytes, memory_bytes: int) -> Any:
    outcome, content = answer[:1], answer[1:]
    if outcome == b"M":
        server.channel.close()  # it then ends by itself
        raise IsolationKilled(f"It needed more than {memory_bytes // MEBIBYTE} MB of memory.", code="memory")
    _give_back(server)
    if outcome == b"X":
        raise IsolationFailed(
            f"Its reader stopped with an error ({content.decode('ascii', 'replace')[:80]})."
        )
    try:
        value = load_result(content)
    except Exception:
        raise IsolationFailed("Its reader gave an answer of a kind that is not accepted.") from None
    if outcome == b"E":
        raise value
    return value


def _killed(elapsed: float, seconds: float) -> IsolationKilled:
    if elapsed >= seconds * 0.98:
        return IsolationKilled(f"It took longer than {seconds:g} seconds and was stopped.", code="time")
    return IsolationKilled("It stopped unexpectedly; the file is probably damaged or hostile.", code="crash")


def _ask(server: Server, call: bytes, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    send(server.channel, call, deadline)
    return receive(server.channel, deadline)


def _take(module: str) -> Server:
    with _pool.lock:
        while _pool.idle:
            server = _pool.idle.pop()
            if module in server.modules and not _has_ended(server.channel):
                return server
            server.channel.close()
        try:
            return _fork_server(_ensure_helper(), module)
        except (OSError, EOFError):
            _forget_helper()  # it was killed: a new one
            return _fork_server(_ensure_helper(), module)


def _has_lost_helper() -> bool:
    helper = _pool.helper
    return helper is None or _has_ended(helper.control)


def _has_ended(channel: socket.socket) -> bool:
    """An idle server, like the helper, has nothing to say: what can be read is its end."""
    poller = select.poll()
    poller.register(channel, select.POLLIN)
    return bool(poller.poll(0))


def _give_back(server: Server) -> None:
    server.calls += 1
    if server.calls >= CALLS_PER_SERVER:
        server.channel.close()
        return
    with _pool.lock:
        _pool.idle.append(server)


def _kill(server: Server) -> None:
    """End a server that has not hung up, and so is still the process its number names."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(server.pid, signal.SIGKILL)
    server.channel.close()


def _fork_server(helper: Helper, module: str) -> Server:
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            socket.send_fds(helper.control, [module.encode()], [theirs.fileno()])
        pid = int(receive(ours, time.monotonic() + START_SECONDS))
    except BaseException:
        ours.close()
        raise
    helper.modules.add(module)
    return Server(ours, pid, frozenset(helper.modules))


def _ensure_helper() -> Helper:
    if _pool.helper is None:
        _pool.helper = _start_helper()
    return _pool.helper


def _start_helper() -> Helper:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    root = str(Path(__file__).resolve().parents[2])
    environment |= {"PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)]), "OMP_NUM_THREADS": "1"}
    with theirs, open(os.devnull, "r+b") as nothing:  # noqa: PTH123
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-P", "-c", START, str(os.getpid())],
            environment,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, nothing.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), 0),
            ],
            setsigmask=[],
            setsigdef=[signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGCHLD],
        )
    return Helper(ours, pid, os.getpid())


def _forget_helper() -> None:
    helper, _pool.helper = _pool.helper, None
    if helper is None:
        return
    helper.control.close()
    if helper.owner == os.getpid():
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(helper.pid, signal.SIGKILL)
            os.waitpid(helper.pid, 0)


def _after_fork() -> None:
    """A forked process shares the helper but not the servers: two callers on one channel would mix answers."""
    for server in _pool.idle:
        server.channel.close()
    _pool.idle = []
    _pool.lock = threading.Lock()


atexit.register(close_isolation)
os.register_at_fork(after_in_child=_after_fork)
