"""Which addresses may be fetched: the form of a URL, and every number its name stands for."""

import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

from .types import Budget, FetchLimits, postpone, refuse

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_ADDRESS = 4096  # arbitrary; half of what common servers accept

# is_global of Python 3.11 does not know all of these, and some look public.
DENIED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments; instance metadata of one cloud
        "192.88.99.0/24",  # 6to4 relays
        "100.64.0.0/10",  # carrier-grade NAT; instance metadata of another cloud
        "168.63.129.16/32",  # platform address of a third, with a public number
        "224.0.0.0/3",  # multicast and reserved
    )
)
# Of IPv6 only this is given to hosts. Outside lie loopback, mapped, translated (NAT64), local, multicast.
GIVEN_V6 = ipaddress.IPv6Network("2000::/3")
DENIED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID …
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, carries any IPv4 address
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
)
ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))  # followed by an IPv4 address, RFC 5214

LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain")
NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """An address whose form is allowed: the spelling every reader understands alike."""

    url: str  # ASCII, without user name and fragment
    scheme: str
    host: str  # lower case, ASCII, no trailing dot, no brackets
    port: int
    is_loopback_allowed: bool = False

    @property
    def authority(self) -> str:
        """Host and port as the Host header wants them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def check_address(address: str, limits: FetchLimits) -> Target:
    """The target an address means, or `FetchFailed` when it is not one we fetch. Asks no name server."""
    parts = _split(address)
    host = _plain_host(parts)
    port = _port(parts)
    is_loopback_allowed = f"{host}:{port}" in limits.allowed_loopback
    if not is_loopback_allowed:
        _check_port(port, limits)
        _check_name(host)
    return Target(_rebuild(parts, host, port), parts.scheme, host, port, is_loopback_allowed)


def _split(address: str) -> SplitResult:
    address = address.strip()
    if len(address) > LONGEST_ADDRESS:
        raise refuse("address", "The address is too long.")
    # A backslash is a slash to browsers and part of the name to others: nobody knows which host is meant.
    if "\\" in re.split(r"[?#]", address, maxsplit=1)[0]:
        raise refuse("address", "The address contains a backslash.")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise refuse("address", "The address is not well formed.") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise refuse("scheme", "Only addresses that begin with http:// or https:// can be fetched.")
    if not parts.netloc or not parts.hostname:
        raise refuse("address", "The address names no host.")
    if "@" in parts.netloc:
        raise refuse("address", "The address contains a user name; give it without one.")
    return parts


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise refuse("port", "The address has an impossible port number.") from None
    return DEFAULT_PORTS[parts.scheme] if port is None else port


def _check_port(port: int, limits: FetchLimits) -> None:
    if port not in limits.ports:
        allowed = " and ".join(str(one) for one in sorted(limits.ports))
        raise refuse("port", f"Only the ports {allowed} can be fetched.")


def _plain_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    if parts.netloc.startswith("["):
        return _plain_v6(host)
    try:
        # Mapping first: full-width digits and dots are digits and dots to a browser.
        host = idna.encode(host, uts46=True).decode() if not host.isascii() else host.lower()
    except UnicodeError:
        raise refuse("address", "The host name in the address is not valid.") from None
    host = host.removesuffix(".")
    if not HOST_NAME.fullmatch(host) or len(host) > 253:
        raise refuse("address", "The host name in the address is not valid.")
    return host


def _plain_v6(host: str) -> str:
    if "%" in host:
        raise refuse("forbidden-address", "The address belongs to a local network, which is not fetched.")
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise refuse("address", "The numeric address is not valid.") from None


def _check_name(host: str) -> None:
    if ":" in host:
        return
    last = host.rpartition(".")[2]
    if NUMERIC_LABEL.fullmatch(last):
        # 2130706433, 0x7f.1 and 127.1 are read as numbers by some and as names by others.
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise refuse("address", "The numeric address is written in an unusual form.") from None
    elif "." not in host or any(host.endswith(f".{name}") for name in LOCAL_NAMES):
        raise refuse("forbidden-address", "The name belongs to a local network, which is not fetched.")


def _rebuild(parts: SplitResult, host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    authority = shown if port == DEFAULT_PORTS[parts.scheme] else f"{shown}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return urlunsplit((parts.scheme, authority, path, query, ""))


def resolve(target: Target, budget: Budget) -> tuple[str, ...]:
    """Every number the host stands for, looked up once; fails if a single one of them is forbidden."""
    answers = _look_up(target, budget)
    for answer in answers:
        if not _is_allowed(answer, target, budget.limits):
            raise refuse(
                "forbidden-address",
                "The address leads to a private, local or reserved network, which is not fetched.",
            )
    return answers


def _look_up(target: Target, budget: Budget) -> tuple[str, ...]:
    found: list[tuple[str, ...] | OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            found.append(tuple(dict.fromkeys(str(row[4][0]) for row in rows)))
        except (OSError, UnicodeError) as error:
            found.append(error)

    # The system's resolver knows no deadline of ours, so it is left behind when it takes too long.
    thread = threading.Thread(target=look_up, daemon=True, name="name-lookup")
    thread.start()
    thread.join(budget.seconds(budget.limits.connect_seconds))
    if not found:
        raise postpone("dns", f"The name {target.host} could not be looked up in time.")
    answer = found[0]
    if isinstance(answer, tuple) and answer:
        return answer
    if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN:
        raise postpone("dns", f"The name {target.host} could not be looked up at the moment.")
    raise refuse("dns", f"There is no server with the name {target.host}.")


def _is_allowed(answer: str, target: Target, limits: FetchLimits) -> bool:
    try:
        ip = ipaddress.ip_address(answer)
    except ValueError:
        return False
    if target.is_loopback_allowed:
        return ip.is_loopback
    return is_public(answer) and not any(ip in ipaddress.ip_network(net) for net in limits.denied_networks)


def is_public(answer: str) -> bool:
    """Whether a numeric address belongs to the public internet, judged by the number alone."""
    ip = ipaddress.ip_address(answer)
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in network for network in DENIED_V4)
    if ip not in GIVEN_V6 or any(ip in network for network in DENIED_V6):
        return False
    return ip.packed[8:12] not in ISATAP
