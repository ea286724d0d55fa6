"""The writer: an OpenAI-compatible endpoint the administrator named. Off, and needed by nothing, unless it is set."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from articles.fetching import FetchFailed, FetchLimits, ask_endpoint

MOST_BYTES = 512 * 1024  # of an answer; a draft has a few thousand
CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Writer:
    """Where drafts are asked for. The key is in no representation."""

    url: str
    model: str
    seconds: int
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """Where texts go, as an analyst is told."""
        return urlsplit(self.url).netloc


class WriterFailed(Exception):
    """No draft; the message is a sentence for the analyst that says what to do."""


def writer() -> Writer | None:
    """The writer of the settings; None when there is none."""
    if not settings.WRITER_URL:
        return None
    return Writer(
        settings.WRITER_URL, settings.WRITER_MODEL, settings.WRITER_SECONDS, settings.WRITER_API_KEY
    )


def ask_writer(asked: Writer, messages: Sequence[dict[str, str]]) -> bytes:
    """The answer to a chat of these messages; raises WriterFailed.

    Only what every such server takes is sent: some refuse a temperature, a limit of tokens or a response format. The
    answer is bounded in time and bytes, and read strictly, so none of them is needed.
    """
    payload = json.dumps({"model": asked.model, "messages": list(messages), "stream": False}).encode()
    headers = {"Content-Type": "application/json"}
    if asked.key:
        headers["Authorization"] = f"Bearer {asked.key}"
    limits = FetchLimits(
        connect_seconds=min(CONNECT_SECONDS, asked.seconds),
        read_seconds=asked.seconds,  # it is silent until it has finished
        total_seconds=asked.seconds,
        wire_bytes=MOST_BYTES,
        decoded_bytes=MOST_BYTES,
        user_agent=settings.FETCH_USER_AGENT,
    )
    try:
        return ask_endpoint(f"{asked.url}/chat/completions", payload, limits, headers=headers)
    except FetchFailed as failed:
        raise WriterFailed(_said(failed, asked)) from None


def _said(failed: FetchFailed, asked: Writer) -> str:
    """A failure as a sentence about the writer, with what helps."""
    if failed.status is not None:
        return _said_of_status(failed.status)
    too_slow = (
        f"The writer did not finish within {asked.seconds} seconds. Try again, or have WRITER_SECONDS raised."
    )
    return {
        "unreachable": "No connection to the writer could be made. Is it running? Try again later.",
        "connect-timeout": "The writer could not be reached in time. Is it running? Try again later.",
        "timeout": too_slow,
        "deadline": too_slow,
        "closed": "The writer broke off before its answer was complete. Try again.",
        "too-large": "The writer's answer is far larger than any summary, so it was not read. Try again.",
        "redirects": "The writer sends us to another address, which is not followed. WRITER_URL should be checked.",
        "certificate": "The writer could not prove its identity (certificate error). Tell the administrator.",
    }.get(failed.code, "The writer's answer breaks the rules of the web. Tell the administrator.")


def _said_of_status(status: int) -> str:
    if status in (401, 403):
        return f"The writer does not accept the key (status {status}). WRITER_API_KEY should be checked."
    if status in (400, 404, 405, 422):
        what = "WRITER_URL and WRITER_MODEL should be checked"
        return f"The writer does not understand the request (status {status}). {what}."
    if status == 429:
        return "The writer is busy or its quota is used up (status 429). Try again later."
    return f"The writer is in trouble (status {status}). Try again later."
