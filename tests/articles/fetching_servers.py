"""Servers on loopback and a name service of our own, for the tests of fetching."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from articles.fetching import FetchLimits

Handler = Callable[[socket.socket, bytes], None]


@dataclass
class Loopback:
    """A server that does with each connection what its handler says."""

    port: int
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def limits(self, **changes: object) -> FetchLimits:
        allowed = frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})
        return FetchLimits(allowed_loopback=allowed, **changes)


@contextlib.contextmanager
def serving(handler: Handler, *, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Loopback(listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def serve(accepted: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            tls.wrap_socket(accepted, server_side=True) if tls else accepted as connection,
        ):
            connection.settimeout(10)
            request = b""
            while b"\r\n\r\n" not in request:
                received = connection.recv(65536)
                if not received:
                    return
                request += received
            server.requests.append(request)
            handler(connection, request)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
            threads[-1].start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(5)
        for thread in threads:
            thread.join(5)


def answer(body: bytes, *headers: str, status: str = "200 OK") -> Handler:
    """A handler that sends one complete answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "Connection: close"]
    whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return lambda connection, _request: connection.sendall(whole)


def raw(data: bytes) -> Handler:
    """A handler that sends exactly these bytes."""
    return lambda connection, _request: connection.sendall(data)


def path_of(request: bytes) -> str:
    return request.split(b" ", 2)[1].decode()


class Names:
    """Answers look-ups from a table: the first one from the first list, later ones from the last."""

    def __init__(self, table: dict[str, list[list[str]]]) -> None:
        self._table = table
        self._asked: dict[str, int] = {}
        self._real = socket.getaddrinfo

    def __call__(self, host, port, *args, **kwargs):
        name = host.lower().rstrip(".")
        if name not in self._table:
            flags = kwargs.pop("flags", 0) | socket.AI_NUMERICHOST
            return self._real(host, port, *args, flags=flags, **kwargs)
        turn = self._asked.get(name, 0)
        self._asked[name] = turn + 1
        answers = self._table[name][min(turn, len(self._table[name]) - 1)]
        return [row for number in answers for row in self._real(number, port, type=socket.SOCK_STREAM)]


class Connects:
    """Records every connect and lets none happen, except to ports of servers named in advance."""

    def __init__(self, passing: dict[tuple[str, int], int] | None = None) -> None:
        self.seen: list[tuple[str, int]] = []
        self._passing = passing or {}
        self._real = socket.socket.connect

    def install(self, monkeypatch) -> None:
        recorder = self

        def connect(sock: socket.socket, address):
            recorder.seen.append((address[0], address[1]))
            if tuple(address[:2]) in recorder._passing:
                return recorder._real(sock, ("127.0.0.1", recorder._passing[tuple(address[:2])]))
            raise ConnectionRefusedError("recorded")

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket.socket, "connect_ex", connect)
