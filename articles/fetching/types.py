"""The values fetching takes and gives, and the one way in which it fails."""

import time
from dataclasses import dataclass, field
from datetime import datetime

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one fetch may cost and where it may go. The figures are those of ASVS 5 and of common browsers."""

    connect_seconds: float = 5.0  # for the connection and again for the TLS handshake
    read_seconds: float = 10.0  # of silence
    total_seconds: float = 20.0  # for everything, redirects included
    wire_bytes: int = 5 * MEBIBYTE
    decoded_bytes: int = 10 * MEBIBYTE
    header_bytes: int = 256 * 1024  # of one answer; common servers refuse above 64 KiB
    redirects: int = 5
    ports: frozenset[int] = frozenset({80, 443})
    kinds: frozenset[str] = frozenset({"html", "xml", "text", "json"})
    allowed_loopback: frozenset[str] = frozenset()  # "host:port" pairs on this machine, for tests only
    denied_networks: tuple[
        str, ...
    ] = ()  # further networks in CIDR notation, the operator's own for instance
    user_agent: str = "newsintel/0.1 (news research)"
    ca_file: str = ""  # trusted instead of the public certificate authorities


@dataclass(frozen=True, slots=True)
class Validators:
    """What an earlier answer said about itself, so that an unchanged page is not sent again."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as received. Carries every attribute of `articles.extraction.types.Page` under the same name."""

    url: str  # the final address, after redirects
    body: bytes  # decoded from transfer and content encoding, never from its character set
    content_type: str = ""  # the raw header value, "" when the server sent none
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    requested_url: str = ""
    redirects: tuple[str, ...] = ()  # the addresses that answered with a redirect, in order
    fetched_at: datetime | None = None  # UTC
    kind: str = "html"  # as judged by header and first bytes: "html", "xml", "text", "json", "pdf" …
    remote_address: str = ""  # the address that answered

    @property
    def is_unchanged(self) -> bool:
        """The server says that the page is as it was (304); the body is empty."""
        return self.status == 304

    @property
    def validators(self) -> Validators:
        """What to hand to the next fetch of the same address."""
        named = {name.lower(): value for name, value in self.headers}
        return Validators(etag=named.get("etag", ""), last_modified=named.get("last-modified", ""))


class FetchFailed(Exception):
    """No page. `reason` is a sentence for the analyst; `permanent` says that trying again cannot help."""

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        code: str,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.code = code  # short, stable, for tests and statistics: "forbidden-address", "timeout" …
        self.status = status  # the HTTP status when there was one
        self.retry_after = retry_after  # seconds the server asked us to wait


def refuse(code: str, reason: str) -> FetchFailed:
    """The failure for an address or an answer that will not do, however often it is tried."""
    return FetchFailed(reason, permanent=True, code=code)


def postpone(code: str, reason: str) -> FetchFailed:
    """The failure for something that may be over in a while."""
    return FetchFailed(reason, permanent=False, code=code)


@dataclass(slots=True)
class Budget:
    """What is left of the time and the bytes of one fetch; the only value in fetching that changes."""

    limits: FetchLimits
    deadline: float = field(init=False)
    bytes_left: int = field(init=False)
    in_headers: bool = field(init=False, default=True)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.limits.total_seconds
        self.bytes_left = self.limits.header_bytes

    def expect_headers(self) -> None:
        """A new answer begins."""
        self.in_headers = True
        self.bytes_left = self.limits.header_bytes

    def expect_body(self) -> None:
        """The headers are read; what follows counts against the size of a page."""
        self.in_headers = False
        self.bytes_left = self.limits.wire_bytes

    def seconds(self, at_most: float) -> float:
        """How long the next step may take: `at_most`, or what is left of the whole."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise postpone(
                "deadline", f"The server did not send the page within {self.limits.total_seconds:g} seconds."
            )
        return min(at_most, left)

    def spend(self, count: int) -> None:
        """Count received bytes."""
        self.bytes_left -= count
        if self.bytes_left >= 0:
            return
        if self.in_headers:
            raise refuse("headers", "The server's answer has an unreasonably large header.")
        raise too_large(self.limits.wire_bytes)


def too_large(limit: int) -> FetchFailed:
    """The failure for a page above a byte limit."""
    return refuse("too-large", f"The page is too large: more than {limit / MEBIBYTE:g} MB.")
