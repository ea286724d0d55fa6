"""One request over a connection that goes to exactly the checked address and keeps the budget."""

import functools
import http.client
import io
import ipaddress
import re
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.util import parse_url

from .addresses import DEFAULT_PORTS, Target
from .types import Budget, FetchFailed, FetchLimits, postpone, refuse

READ_BYTES = 64 * 1024
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class BudgetReader(io.RawIOBase):
    """The receiving side of a socket, whose own time limit would start anew with every byte."""

    def __init__(self, sock: socket.socket, budget: Budget) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        limits = self._budget.limits
        self._sock.settimeout(self._budget.seconds(limits.read_seconds))
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError:
            self._budget.seconds(limits.read_seconds)  # says so when it was the deadline
            raise postpone("timeout", f"The server was silent for {limits.read_seconds:g} seconds.") from None
        if not count and self._budget.in_headers:
            raise closed_early()
        self._budget.spend(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class BudgetResponse(http.client.HTTPResponse):
    """An answer read through the budget, header included, and refused when its header is not clean."""

    def __init__(self, sock: socket.socket, *args: Any, budget: Budget, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(BudgetReader(sock, budget), READ_BYTES)
        self._budget = budget

    def begin(self) -> None:
        self._budget.expect_headers()
        super().begin()
        self._budget.expect_body()
        if self.headers.defects or any(CONTROL_CHARACTER.search(value) for value in self.headers.values()):
            raise refuse("headers", "The server's answer has a header that breaks the rules of the web.")


class PinnedAdapter(IPFilterAdapter):  # type: ignore[misc]
    """Connects to one checked number; the library checks it once more, without a second look-up."""

    def __init__(self, target: Target, number: str, budget: Budget) -> None:
        self._target = target
        self.number = number
        self._budget = budget
        super().__init__(is_https_proto=target.scheme == "https", allow_loopback=target.is_loopback_allowed)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        url = parse_url(request.url or "")
        port = url.port or DEFAULT_PORTS[self._target.scheme]
        if ((url.host or "").strip("[]"), port) != (self._target.host, self._target.port):
            raise refuse("address", "The address is not well formed.")
        pinned = request.copy()
        shown = f"[{self.number}]" if ":" in self.number else self.number
        pinned.url = f"{self._target.scheme}://{shown}:{port}/"
        host_params, pool_kwargs = super().build_connection_pool_key_attributes(pinned, verify, cert)
        request.headers["Host"] = self._target.authority
        if self._target.scheme == "https":
            pool_kwargs |= {"assert_hostname": self._target.host, "server_hostname": self._target.host}
        if _is_number(self._target.host):
            pool_kwargs.pop("server_hostname", None)  # RFC 6066: no number in the name extension
        return host_params, pool_kwargs

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = functools.partial(budgeted_connection, pool.ConnectionCls, self._budget)
        return pool


def budgeted_connection(connection_class: Any, budget: Budget, **kwargs: Any) -> Any:
    """A connection whose answers are read through the budget."""
    connection = connection_class(**kwargs)
    connection.response_class = functools.partial(BudgetResponse, budget=budget)
    return connection


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def open_session(limits: FetchLimits) -> requests.Session:
    """A session for one fetch: cookies live through its redirects, no proxy or password of the environment."""
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=False,
        never_redirect=True,
        default_timeout=(limits.connect_seconds, limits.read_seconds),
        user_agent_override=limits.user_agent,
    )
    session: requests.Session = HTTPSession(config)
    session.trust_env = False
    session.verify = limits.ca_file or True
    return session


def send(
    session: requests.Session, request: requests.Request, target: Target, number: str, budget: Budget
) -> requests.Response:
    """The answer with its body still unread, or `FetchFailed` in plain words."""
    adapter = PinnedAdapter(target, number, budget)
    session.get_adapter(target.url).close()  # the one of the hop before
    session.mount(f"{target.scheme}://", adapter)
    limits = budget.limits
    try:
        prepared = session.prepare_request(request)
        timeout = (budget.seconds(limits.connect_seconds), budget.seconds(limits.read_seconds))
        return session.send(prepared, stream=True, timeout=timeout, allow_redirects=False)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise explain(error, limits) from None


def explain(error: Exception, limits: FetchLimits) -> FetchFailed:
    """A network error as a sentence; by its class alone, because texts of exceptions are for programmers."""
    if isinstance(error, InvalidIPAddress):
        return refuse("forbidden-address", "The address leads to a network that is not fetched.")
    if isinstance(error, requests.ConnectTimeout):
        return postpone(
            "connect-timeout", f"The server did not answer within {limits.connect_seconds:g} seconds."
        )
    if isinstance(error, requests.Timeout | urllib3.exceptions.ReadTimeoutError | TimeoutError):
        return postpone("timeout", f"The server was silent for {limits.read_seconds:g} seconds.")
    if isinstance(error, requests.exceptions.SSLError):
        return refuse(
            "certificate", "The server could not prove its identity (certificate or encryption error)."
        )
    if isinstance(error, ValueError):
        return refuse("address", "The address is not well formed.")
    return _explain_by_cause(_causes(error))


def _explain_by_cause(causes: list[BaseException]) -> FetchFailed:
    if any(isinstance(cause, urllib3.exceptions.NewConnectionError) for cause in causes):
        return postpone("unreachable", "No connection to the server could be made.")
    if any(isinstance(cause, http.client.HTTPException) and not _is_hang_up(cause) for cause in causes):
        return refuse("headers", "The server's answer breaks the rules of the web.")
    return closed_early()


def closed_early() -> FetchFailed:
    """The failure for an answer that breaks off."""
    return postpone("closed", "The server closed the connection before the page was complete.")


def _is_hang_up(cause: BaseException) -> bool:
    return isinstance(cause, http.client.RemoteDisconnected | http.client.IncompleteRead)


def _causes(error: BaseException) -> list[BaseException]:
    """Everything an exception wraps: urllib3 and requests carry the cause as an argument or as a context."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(seen) < 20:
        one = waiting.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return seen


def number_of(response: requests.Response) -> str:
    """The numeric address that answered."""
    adapter = response.connection
    return adapter.number if isinstance(adapter, PinnedAdapter) else ""


def host_of(url: str) -> str:
    """The host of an address as used for politeness: lower case, with its port when it has an unusual one."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
