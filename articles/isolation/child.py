"""The other side of isolation: the helper that forks, and the servers that call. Standard library only.

`main` expects the number of the parent as argument and the control socket as standard input.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from functools import reduce
from typing import Any, cast

LENGTH = struct.Struct("!Q")
CALLS_PER_SERVER = 500  # then a fresh one, against slow leaks in C libraries
POLL_MILLISECONDS = 1000  # how soon the helper notices that its parent was killed
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
# The tables of all languages unpack themselves through a temporary file of 70 MB; much more is an attack.
LARGEST_FILE = 160 * 1024 * 1024
LONGEST_MESSAGE = 1 << 30


def send(channel: socket.socket, content: bytes, deadline: float | None = None) -> None:
    """Send one message, its length first."""
    channel.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0.001))
    channel.sendall(LENGTH.pack(len(content)) + content)


def receive(channel: socket.socket, deadline: float | None = None) -> bytes:
    """One message; EOFError when the other side is gone, TimeoutError past the deadline."""
    (length,) = LENGTH.unpack(_exactly(channel, LENGTH.size, deadline))
    if length > LONGEST_MESSAGE:
        raise EOFError
    return bytes(_exactly(channel, length, deadline))


def _exactly(channel: socket.socket, count: int, deadline: float | None) -> bytearray:
    content = bytearray(count)
    view = memoryview(content)
    while view:
        channel.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0.001))
        received = channel.recv_into(view)
        if not received:
            raise EOFError
        view = view[received:]
    return content


def help_parent(control: socket.socket, parent: int) -> None:
    """Import the module each message names, and fork a server for the socket it carries, until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended servers vanish by themselves
    poller = select.poll()
    poller.register(control, select.POLLIN)
    while os.getppid() == parent:
        if not poller.poll(POLL_MILLISECONDS):
            continue
        message, handles, _flags, _address = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        _import(message.decode())
        for handle in handles:
            with socket.socket(fileno=handle) as channel:
                _fork(control, channel)


def _import(module: str) -> None:
    """Import once, here, what every server will need, and call the module's `warm_up` if it has one.

    A module that cannot be imported is the server's to report.
    """
    if module in sys.modules:
        return
    with contextlib.suppress(Exception):
        imported = importlib.import_module(module)
        getattr(imported, "warm_up", int)()
    gc.collect()
    gc.freeze()


def _fork(control: socket.socket, channel: socket.socket) -> None:
    helper = os.getpid()
    if os.fork():
        return
    status = 1
    try:
        control.close()
        _live_no_longer_than(helper)
        _give_up_rights()
        serve(channel)
        status = 0
    finally:
        os._exit(status)


def _live_no_longer_than(helper: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the kernel ends us, whatever code is running
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != helper:
        os._exit(1)


def _give_up_rights() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))


def serve(channel: socket.socket) -> None:
    """Answer calls until the caller hangs up."""
    send(channel, str(os.getpid()).encode())
    for _ in range(CALLS_PER_SERVER):
        try:
            call = receive(channel)
        except (EOFError, OSError):
            return
        module, name, seconds, memory_bytes, argument = pickle.loads(call)  # noqa: S301 (from our own parent)
        del call
        signal.setitimer(signal.ITIMER_REAL, seconds)
        _limit_memory(memory_bytes)
        outcome = _call(module, name, argument)
        _limit_memory(resource.RLIM_INFINITY)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(channel, outcome)


def _limit_memory(count: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (count, resource.RLIM_INFINITY))


def _call(module: str, name: str, argument: bytes) -> bytes:
    """One letter for the outcome, then its content: a Value, an Exception, Memory, or the name of a class (X)."""
    try:
        function = _function(module, name)
        return b"V" + pickle.dumps(function(pickle.loads(argument)), protocol=5)  # noqa: S301
    except MemoryError:
        return b"M"
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> bytes:
    try:
        content = pickle.dumps(error, protocol=5)
        pickle.loads(content)  # noqa: S301 (made a line above; many exceptions cannot be read back)
    except Exception:
        return b"X" + type(error).__name__.encode()
    if type(error).__module__.startswith(("articles.", "analysis.", "reports.")):
        return b"E" + content
    return b"X" + type(error).__name__.encode()


def _function(module: str, name: str) -> Callable[[Any], Any]:
    found: Any = importlib.import_module(module)
    return cast("Callable[[Any], Any]", reduce(getattr, name.split("."), found))


def main() -> None:
    """Take the control socket from standard input and help."""
    with socket.socket(fileno=os.dup(0)) as control, open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
        help_parent(control, int(sys.argv[1]))


if __name__ == "__main__":
    main()
