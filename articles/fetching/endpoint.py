"""Asking a service that the administrator named: unlike a page's address it may lie on this machine or its network.

The address comes from the settings alone, so it is not checked against networks; everything else is bounded as for a
page: time, bytes, no redirect, no proxy or password of the environment.
"""

import functools
import http.client
from collections.abc import Mapping
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from .decoding import decode
from .transport import READ_BYTES, budgeted_connection, explain
from .types import Budget, FetchFailed, FetchLimits, postpone, refuse

__all__ = ["ask_endpoint"]


class EndpointAdapter(HTTPAdapter):
    """Connects as usual and reads the answer through the budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = functools.partial(budgeted_connection, pool.ConnectionCls, self._budget)
        return pool


def ask_endpoint(
    address: str, payload: bytes, limits: FetchLimits, *, headers: Mapping[str, str] | None = None
) -> bytes:
    """Post a payload and give the body of the answer; raises `FetchFailed` for everything but status 200."""
    budget = Budget(limits)
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": limits.user_agent}
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", EndpointAdapter(budget))
        session.mount("https://", EndpointAdapter(budget))
        try:
            request = requests.Request("POST", address, headers={**sent, **(headers or {})}, data=payload)
            return _answer(session, session.prepare_request(request), budget)
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            OSError,
            ValueError,
        ) as error:
            raise explain(error, limits) from None


def _answer(session: requests.Session, request: requests.PreparedRequest, budget: Budget) -> bytes:
    limits = budget.limits
    timeout = (budget.seconds(limits.connect_seconds), budget.seconds(limits.read_seconds))
    verify = limits.ca_file or True
    with session.send(
        request, stream=True, timeout=timeout, verify=verify, allow_redirects=False
    ) as response:
        _check_status(response.status_code)
        pieces = response.raw.stream(READ_BYTES, decode_content=False)
        return decode(pieces, response.headers.get("Content-Encoding", ""), limits)


def _check_status(status: int) -> None:
    if status == 200:
        return
    if 300 <= status < 400:
        raise refuse("redirects", "The server sends us to another address.")
    failure: FetchFailed = (postpone if status in (408, 429) or status >= 500 else refuse)(
        "status", f"The server answered with status {status}."
    )
    failure.status = status
    raise failure
