"""A snapshot written as a web archive record (ISO 28500), with its digest."""

import hashlib
import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from articles.extraction.types import Page

SOFTWARE = "newsintel"
# What the stored body no longer is; kept under another name, as web archives do.
TRANSFER_HEADERS = ("content-encoding", "transfer-encoding", "content-length")
NAMESPACE = uuid.UUID(
    "6f1f1a52-6f1c-5d0e-9d86-0f6a1b0f7f11"
)  # arbitrary: makes the same input give the same ids


@dataclass(frozen=True, slots=True)
class WebArchive:
    """The bytes of a .warc.gz file and what proves them."""

    data: bytes
    sha256: str  # of `data`, as hex
    payload_sha256: tuple[str, ...]  # of each page's body, in order, as hex


def write_warc(pages: Iterable[Page], *, written_at: datetime) -> WebArchive:
    """A gzip web archive of pages, each with the redirects that led to it. Same pages and time, same bytes."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    information = {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "description": "bodies without encoding",
    }
    _write(writer, "warcinfo", "", _lines(information), {"WARC-Date": _form(written_at)})
    digests = [digest for page in pages for digest in _write_page(writer, page, written_at)]
    data = out.getvalue()
    return WebArchive(data, hashlib.sha256(data).hexdigest(), tuple(digests))


def _write_page(writer: WARCWriter, page: Page, written_at: datetime) -> Iterator[str]:
    moment = _form(page.fetched_at or written_at)
    address = page.url or "urn:newsintel:file"
    digest = hashlib.sha256(page.body).hexdigest()
    headers = {"WARC-Date": moment, "WARC-Payload-Digest": f"sha256:{digest}"}
    if page.status and page.headers:
        http = StatusAndHeaders(str(page.status), list(_http_headers(page)), protocol="HTTP/1.1")
        identity = _write(writer, "response", address, page.body, headers, http)
    else:  # a file handed in: no server has answered
        headers["Content-Type"] = page.content_type or "application/octet-stream"
        identity = _write(writer, "resource", address, page.body, headers)
    facts = {"requestedURL": page.requested_url or address} | {
        f"redirect-{number}": url for number, url in enumerate(page.redirects, 1)
    }
    _write(writer, "metadata", address, _lines(facts), {"WARC-Date": moment, "WARC-Refers-To": identity})
    yield digest


def _write(
    writer: WARCWriter,
    kind: str,
    address: str,
    content: bytes,
    headers: dict[str, str],
    http: StatusAndHeaders | None = None,
) -> str:
    described = "\n".join((kind, address, headers["WARC-Date"], hashlib.sha256(content).hexdigest()))
    identity = f"<urn:uuid:{uuid.uuid5(NAMESPACE, described)}>"
    if kind in ("warcinfo", "metadata"):
        headers = {"Content-Type": "application/warc-fields", **headers}
    record = writer.create_warc_record(
        address,
        kind,
        payload=io.BytesIO(content),
        length=len(content),
        http_headers=http,
        warc_headers_dict={"WARC-Record-ID": identity, **headers},
    )
    writer.write_record(record)
    return identity


def _http_headers(page: Page) -> Iterator[tuple[str, str]]:
    for name, value in page.headers:
        clean_name = "".join(character for character in name if character.isalnum() or character in "-_")
        clean_value = " ".join(value.split())
        if clean_name.lower() in TRANSFER_HEADERS:
            yield f"X-Archive-Orig-{clean_name}", clean_value
        else:
            yield clean_name, clean_value
    yield "Content-Length", str(len(page.body))


def _lines(facts: dict[str, str]) -> bytes:
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in facts.items()).encode()


def _form(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
