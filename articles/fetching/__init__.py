"""The one door through which this product asks other servers for anything."""

import http.client
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from .addresses import Target, check_address, is_public, resolve
from .decoding import decode
from .endpoint import ask_endpoint
from .kinds import NAMES, find_kind
from .robots import Robots, parse_robots
from .transport import explain, host_of, number_of, open_session, send
from .types import Budget, FetchedPage, FetchFailed, FetchLimits, Validators, refuse

__all__ = [
    "FetchFailed",
    "FetchLimits",
    "FetchedPage",
    "Robots",
    "Validators",
    "ask_endpoint",
    "check_address",
    "fetch_page",
    "fetch_robots",
    "find_kind",
    "host_of",
    "is_public",
    "parse_robots",
    "post_payload",
]

REDIRECTS = (301, 302, 303, 307, 308)
TRY_AGAIN = (408, 421, 425, 429, 500, 502, 503, 504, 507, 509, 520, 521, 522, 523, 524, 529)
MOST_NUMBERS = 2  # of a host's addresses that are tried, one after the other
LONGEST_WAIT = 7 * 24 * 3600.0
READ_BYTES = 64 * 1024
ANY_KIND = frozenset(NAMES)
NO_ROBOTS = ("status", "empty", "kind", "too-large", "encoding", "headers", "redirects")
REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en, *;q=0.5",
}
EXPLAINED = {
    400: "The server did not understand the request (400).",
    401: "The page needs a login (401).",
    402: "The page must be paid for (402).",
    403: "The server refuses to show this page to us (403).",
    404: "There is no page at this address (404).",
    410: "The page has been removed (410).",
    429: "The server asks us to come back later (429).",
    451: "The page is blocked for legal reasons (451).",
}


def fetch_page(address: str, limits: FetchLimits, *, validators: Validators | None = None) -> FetchedPage:
    """The page at an address, after redirects, within all limits.

    Raises `FetchFailed` with a sentence for the analyst. Every hop is checked like the first: form of the
    address, port, and each number its name stands for; the connection goes to such a number and no other.
    """
    budget = Budget(limits)
    headers = REQUEST_HEADERS | _conditions(validators)
    passed: list[str] = []
    with open_session(limits) as session:
        target = check_address(address, limits)
        while True:
            request = requests.Request("GET", target.url, headers=headers)
            with _send_to_any(session, request, target, budget) as response:
                following = _redirect_target(response, target.url, limits)
                if following is None:
                    return _page(response, target, requested=address, passed=passed, budget=budget)
            passed.append(target.url)
            if len(passed) > limits.redirects:
                raise refuse("redirects", f"The address was redirected more than {limits.redirects} times.")
            target = following


def post_payload(address: str, payload: bytes, limits: FetchLimits, *, headers: Mapping[str, str]) -> int:
    """Send a payload to a webhook under the rules of any fetch and give the status; follows no redirect."""
    budget = Budget(limits)
    target = check_address(address, limits)
    with open_session(limits) as session:
        request = requests.Request("POST", target.url, headers=dict(headers), data=payload)
        with _send_to_any(session, request, target, budget) as response:
            return response.status_code


def fetch_robots(address: str, limits: FetchLimits) -> Robots:
    """The robots.txt rules for the host of an address; keeping them for a day (RFC 9309) is up to the caller.

    A host without a readable file allows everything. Raises `FetchFailed` when it cannot be asked, since nothing
    is allowed until it can, and when the address itself is not one we fetch.
    """
    parts = urlsplit(check_address(address, limits).url)
    try:
        page = fetch_page(f"{parts.scheme}://{parts.netloc}/robots.txt", limits)
    except FetchFailed as failure:
        if failure.permanent and failure.code in NO_ROBOTS:
            return Robots()
        raise
    if page.kind != "text":
        return Robots()  # an error page sent with status 200
    return parse_robots(page.body.decode("utf-8", "replace"))


def _conditions(validators: Validators | None) -> dict[str, str]:
    if validators is None:
        return {}
    named = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in named.items() if value and re.fullmatch(r"[\x20-\x7e]+", value)}


def _send_to_any(
    session: requests.Session, request: requests.Request, target: Target, budget: Budget
) -> requests.Response:
    """Ask the host at its first number, and at the next only when no connection could be made."""
    numbers = resolve(target, budget)[:MOST_NUMBERS]
    for number in numbers[:-1]:
        try:
            return send(session, request, target, number, budget)
        except FetchFailed as failure:
            if failure.code not in ("unreachable", "connect-timeout"):
                raise
    return send(session, request, target, numbers[-1], budget)


def _redirect_target(response: requests.Response, url: str, limits: FetchLimits) -> Target | None:
    if response.status_code not in REDIRECTS:
        return None
    location = response.headers.get("Location", "").strip()
    if not location:
        raise refuse("redirects", "The server redirects without saying where to.")
    # Header values arrive as Latin-1; many servers send UTF-8.
    location = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return check_address(urljoin(url, location), limits)
    except ValueError:
        raise refuse("address", "The server redirects to an address that is not well formed.") from None


def _page(
    response: requests.Response, target: Target, *, requested: str, passed: list[str], budget: Budget
) -> FetchedPage:
    _check_status(response)
    body = b"" if response.status_code == 304 else _read_body(response, budget)
    content_type = response.headers.get("Content-Type", "")
    kind = find_kind(body, content_type)
    if response.status_code != 304:
        _check_kind(kind, budget.limits)
    return FetchedPage(
        url=target.url,
        body=body,
        content_type=content_type,
        status=response.status_code,
        headers=tuple((str(name), str(value)) for name, value in response.raw.headers.items()),
        requested_url=requested,
        redirects=tuple(passed),
        fetched_at=datetime.now(UTC),
        kind=kind,
        remote_address=number_of(response),
    )


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status == 304 or 200 <= status < 300:
        return
    what = "is in trouble" if status >= 500 else "refuses the request"
    raise FetchFailed(
        EXPLAINED.get(status, f"The server {what} (status {status})."),
        permanent=status not in TRY_AGAIN,
        code="status",
        status=status,
        retry_after=_retry_after(response.headers.get("Retry-After", "")),
    )


def _check_kind(kind: str, limits: FetchLimits) -> None:
    if kind == "empty":
        raise refuse("empty", "The server sent an empty page.")
    if kind not in limits.kinds:
        raise refuse("kind", f"The address leads to {NAMES[kind]}, not to a web page.")


def _read_body(response: requests.Response, budget: Budget) -> bytes:
    raw = response.raw
    try:
        pieces = raw.stream(READ_BYTES, decode_content=False)
        return decode(pieces, response.headers.get("Content-Encoding", ""), budget.limits)
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
        raise explain(error, budget.limits) from None


def _retry_after(value: str) -> float | None:
    """Seconds to wait, from either form of the header; None when it says nothing usable."""
    if re.fullmatch(r"\d{1,9}", value):
        return min(float(value), LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
