"""Archives opened without trusting what they say about themselves: ZIP of files, WARC of pages."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from articles.extraction.types import Page
from articles.fetching import find_kind

from .text import one_line, read_time
from .types import MEBIBYTE, File, Skipped, Upload, UploadRefused

MOST_MEMBERS = 500
MOST_MEMBER_BYTES = 10 * MEBIBYTE
MOST_TOTAL_BYTES = 100 * MEBIBYTE
MOST_RATIO = 200  # unpacked by packed size; plain text reaches 10, repetitive pages 50
MOST_RECORDS = 2_000
READ_BYTES = 64 * 1024
PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_zip(data: bytes) -> tuple[list[File], list[Skipped]]:
    """The files of a ZIP under bare names; `UploadRefused` for a broken one and for a bomb."""
    files: list[File] = []
    skipped: list[Skipped] = []
    total = 0
    with _zip(data) as archive:
        members = [member for member in archive.infolist() if not _is_noise(member)]
        if len(members) > MOST_MEMBERS:
            raise UploadRefused(f"The archive holds more than {MOST_MEMBERS} files.")
        for member in members:
            reason = _objection(member)
            if reason:
                skipped.append(Skipped(one_line(member.filename, 200), reason))
                continue
            content = _read_member(archive, member, MOST_TOTAL_BYTES - total)
            total += len(content)
            files.append(File(bare_name(member.filename), content))
    return files, skipped


def zip_names(data: bytes) -> set[str]:
    """The names in a ZIP, to tell what it is."""
    with _zip(data) as archive:
        return set(archive.namelist()[: 10 * MOST_MEMBERS])


def check_zip_size(data: bytes) -> None:
    """Refuse a ZIP, such as an office document, whose members unpack to too much; counts what really comes out."""
    left = MOST_TOTAL_BYTES
    with _zip(data) as archive:
        for member in archive.infolist():
            if member.flag_bits & 1 or member.compress_type not in PLAIN_METHODS:
                raise UploadRefused("The document is encrypted or packed in an unusual way.")
            for piece in _pieces(archive, member):
                left -= len(piece)
                if left < 0:
                    raise UploadRefused("The document unpacks to more than 100 MB.")


def bare_name(name: str) -> str:
    """The last part of a path in either system's notation, safe to show and to store."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return one_line(re.sub(r'[<>:"|?*/\\]', "_", last), 200).lstrip(".") or "file"


def _zip(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError):
        raise UploadRefused("The archive is damaged.") from None


def _is_noise(member: zipfile.ZipInfo) -> bool:
    """Folders and what operating systems leave in archives."""
    path = PurePosixPath(member.filename)
    return (
        member.is_dir() or "__MACOSX" in path.parts or path.name in (".DS_Store", "Thumbs.db", "desktop.ini")
    )


def _objection(member: zipfile.ZipInfo) -> str:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or re.match(r"[a-zA-Z]:", name):
        return "Its name points outside the archive."
    if stat.S_ISLNK(member.external_attr >> 16):
        return "It is a link, not a file."
    if member.flag_bits & 1:
        return "It is protected by a password."
    if member.compress_type not in PLAIN_METHODS:
        return "It is compressed in an unusual way."
    if member.file_size > MOST_MEMBER_BYTES:
        return f"It is larger than {MOST_MEMBER_BYTES // MEBIBYTE} MB."
    return ""


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    content = bytearray()
    for piece in _pieces(archive, member):
        content += piece
        if len(content) > left or len(content) > MOST_RATIO * max(member.compress_size, 1024):
            raise UploadRefused("The archive unpacks to far more than it should; it is taken for an attack.")
        if len(content) > MOST_MEMBER_BYTES:
            raise UploadRefused("The archive holds a file that is larger than it says.")
    return bytes(content)


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(member) as stream:
            while piece := stream.read(READ_BYTES):
                yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise UploadRefused("The archive is damaged.") from None


def read_warc(file: File) -> tuple[list[Upload], list[Skipped]]:
    """The web pages of a web archive (ISO 28500), plain or gzip, each with its address and time."""
    uploads: list[Upload] = []
    skipped: list[Skipped] = []
    total = 0
    try:
        for number, record in enumerate(ArchiveIterator(io.BytesIO(file.data)), 1):
            if number > MOST_RECORDS:
                skipped.append(Skipped(file.name, f"Only the first {MOST_RECORDS} records were read."))
                break
            if record.rec_type not in ("response", "resource"):
                continue
            found = _read_record(record)
            total += len(found.data) if isinstance(found, Upload) else 0
            if total > MOST_TOTAL_BYTES:
                raise UploadRefused("The web archive unpacks to more than 100 MB.")
            (uploads if isinstance(found, Upload) else skipped).append(found)  # type: ignore[arg-type]
    except (ArchiveLoadFailed, zlib.error, EOFError, OSError, ValueError, AttributeError, TypeError):
        raise UploadRefused("The web archive is damaged.") from None
    return uploads, skipped


def _read_record(record: Any) -> Upload | Skipped:
    url = one_line(record.rec_headers.get_header("WARC-Target-URI") or "", 2000).strip("<>")
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status != "200":
        return Skipped(url, f"It is an answer with status {one_line(status, 10)}, not a page.")
    body = _body(record)
    if getattr(record.raw_stream, "limit", 0) and not record.raw_stream.read(1):
        return Skipped(url, "It is cut off.")
    if body is None:
        return Skipped(url, f"It is larger than {MOST_MEMBER_BYTES // MEBIBYTE} MB.")
    headers = tuple(
        (str(name), str(value))
        for name, value in (record.http_headers.headers if record.http_headers else ())
    )
    content_type = next(
        (value for name, value in headers if name.lower() == "content-type"), record.content_type or ""
    )
    if find_kind(body, content_type) != "html":
        return Skipped(url, "It is not a web page.")
    page = Page(
        url=url, body=body, content_type=content_type, headers=headers, fetched_at=_record_time(record)
    )
    return Upload(name=url, kind="warc", data=body, page=page, url=url)


def _record_time(record: Any) -> datetime | None:
    return read_time(record.rec_headers.get_header("WARC-Date") or "")


def _body(record: Any) -> bytes | None:
    """The body out of transfer and content encoding; None above the limit, whatever it would unpack to."""
    stream = record.content_stream()
    content = bytearray()
    while len(content) <= MOST_MEMBER_BYTES:
        piece = stream.read(READ_BYTES)
        if not piece:
            return bytes(content)
        content += piece
    return None
