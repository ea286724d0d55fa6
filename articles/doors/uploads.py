"""A file handed in → the pages and texts in it, whatever its name claims."""

import re
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from articles.extraction.encoding import decode
from articles.extraction.types import Page
from articles.fetching import find_kind

from .archives import bare_name, open_zip, read_warc, zip_names
from .documents import read_docx, read_pdf
from .mail import looks_like_mail, looks_like_mhtml, read_eml, read_mhtml, read_msg
from .text import clean, one_line
from .types import File, Opened, Skipped, Upload, UploadRefused

DEEPEST = 2  # a mail in an archive, an attachment of a mail
TAKEN = "PDF, DOCX, EML, MSG, HTML, MHTML, WARC, TXT, MD, and ZIP of these"
EXTENSIONS = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".eml": "eml",
    ".msg": "msg",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".mhtml": "mhtml",
    ".mht": "mhtml",
    ".warc": "warc",
    ".gz": "warc",
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".zip": "zip",
}
NAMES = {
    "pdf": "a PDF document",
    "docx": "a Word document",
    "eml": "a mail",
    "msg": "an Outlook message",
    "html": "a web page",
    "mhtml": "a saved web page",
    "warc": "a web archive",
    "txt": "plain text",
    "md": "Markdown",
    "zip": "an archive",
    "office": "an old Office document",
    "spreadsheet": "a spreadsheet",
    "presentation": "a presentation",
    "opendocument": "an OpenDocument file",
    "image": "a picture",
    "program": "a program",
    "archive": "an archive of a kind that is not read",
    "sound": "a sound recording",
    "video": "a video",
    "font": "a font",
    "empty": "empty",
    "unknown": "binary data",
}
ALIKE = {"html": {"txt", "md"}, "txt": {"html", "md", "eml"}, "eml": {"mhtml", "txt", "md"}, "mhtml": {"eml"}}
ZIP_KINDS = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "spreadsheet"),
    ("ppt/presentation.xml", "presentation"),
    ("META-INF/manifest.xml", "opendocument"),
)
MESSAGE_MARK = "__properties_version1.0".encode("utf-16-le")
MARKDOWN_TITLE = re.compile(r"^\s{0,3}#\s+(.+?)\s*#*\s*$", re.MULTILINE)


def read_upload(file: File) -> Opened:
    """Everything readable in a file. Raises `UploadRefused` when there is nothing.

    Name and content must agree; of an archive or a mail with attachments, what cannot be read is listed as skipped.
    """
    opened = _open(File(bare_name(file.name), file.data), depth=0)
    if not opened.uploads:
        reasons = dict.fromkeys(skipped.reason for skipped in opened.skipped)
        raise UploadRefused(" ".join(["The file holds nothing that can be read.", *list(reasons)[:3]]))
    return opened


def _open(file: File, *, depth: int) -> Opened:
    kind = _checked_kind(file)
    if kind == "zip":
        return _open_members(file, depth=depth)
    if kind == "warc":
        uploads, skipped = read_warc(file)
        return Opened(tuple(uploads), tuple(skipped))
    if kind in MAILS:
        upload, attached = MAILS[kind](file)
        return _with_members(Opened((upload,)), attached, depth=depth)
    return Opened((SINGLE[kind](file),))


def _open_members(file: File, *, depth: int) -> Opened:
    if depth:
        raise UploadRefused("An archive inside another file is not opened.")
    files, skipped = open_zip(file.data)
    return _with_members(Opened((), tuple(skipped)), files, depth=depth)


def _with_members(opened: Opened, files: list[File], *, depth: int) -> Opened:
    uploads, skipped = list(opened.uploads), list(opened.skipped)
    for file in files:
        try:
            if depth >= DEEPEST:
                raise UploadRefused("It lies too deep inside other files.")
            inner = _open(file, depth=depth + 1)
        except UploadRefused as refused:
            skipped.append(Skipped(file.name, refused.reason))
        else:
            uploads += inner.uploads
            skipped += inner.skipped
    return Opened(tuple(uploads), tuple(skipped))


def _checked_kind(file: File) -> str:
    """What the file is, when that is something we take and agrees with its name."""
    found = detect_kind(file)
    extension = PurePosixPath(file.name).suffix.lower()
    named = EXTENSIONS.get(extension)
    if found == "empty":
        raise UploadRefused("The file is empty.")
    if found not in EXTENSIONS.values():
        raise UploadRefused(f"The file is {NAMES[found]}; these are taken: {TAKEN}.")
    if named is None:
        raise UploadRefused(
            f"Files named {one_line(extension, 20) or 'so'} are not taken; these are: {TAKEN}."
        )
    if named != found and named not in ALIKE.get(found, ()):
        raise UploadRefused(f"The file is named {extension} but is {NAMES[found]}.")
    return "html" if found == "html" and named in ("txt", "md") and _is_whole_page(file.data) else named


def _is_whole_page(data: bytes) -> bool:
    return (
        re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)[\s>]", data[:500], re.IGNORECASE)
        is not None
    )


def detect_kind(file: File) -> str:
    """One of the names in `NAMES`, judged by content alone; only txt and md are told apart by name."""
    kind = find_kind(file.data, "")
    if kind == "archive":
        return _archive_kind(file.data)
    if kind == "office":
        return "msg" if MESSAGE_MARK in file.data else "office"
    if kind in ("html", "xml", "json", "text"):
        return _text_kind(file, kind)
    return kind


def _archive_kind(data: bytes) -> str:
    if data.startswith(b"\x1f\x8b"):
        return "warc" if _first_unpacked(data).startswith(b"WARC/") else "archive"
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "archive"
    names = zip_names(data)
    return next((kind for mark, kind in ZIP_KINDS if mark in names), "zip")


def _first_unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data[:4096], 64)
    except zlib.error:
        return b""


def _text_kind(file: File, kind: str) -> str:
    if file.data.startswith(b"WARC/"):
        return "warc"
    if looks_like_mail(file.data):
        return "mhtml" if looks_like_mhtml(file.data) else "eml"
    if kind == "html":
        return "html"
    return "md" if file.name.lower().endswith((".md", ".markdown")) else "txt"


def _read_page(file: File) -> Upload:
    return Upload(file.name, "html", file.data, page=Page(url="", body=file.data))


def _read_plain(file: File) -> Upload:
    return Upload(file.name, "txt", file.data, text=_text(file))


def _read_markdown(file: File) -> Upload:
    text = _text(file)
    match = MARKDOWN_TITLE.search(text)
    return Upload(file.name, "md", file.data, text=text, title=one_line(match.group(1), 500) if match else "")


def _text(file: File) -> str:
    text = clean(decode(file.data)[0]).strip()
    if not text:
        raise UploadRefused("The file is empty.")
    return text


MAILS: dict[str, Callable[[File], tuple[Upload, list[File]]]] = {"eml": read_eml, "msg": read_msg}
SINGLE: dict[str, Callable[[File], Upload]] = {
    "pdf": read_pdf,
    "docx": read_docx,
    "mhtml": read_mhtml,
    "html": _read_page,
    "txt": _read_plain,
    "md": _read_markdown,
}
