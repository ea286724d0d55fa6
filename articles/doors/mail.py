"""Mails and pages saved as mails: EML, MSG and MHTML."""

import io
import re
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr
from typing import Any

import oxmsg

from articles.extraction.types import Page

from .archives import MOST_MEMBERS, bare_name
from .text import clean, one_line, paragraphs, read_time
from .types import File, Upload, UploadRefused

HEADER = re.compile(rb"\A(?:[!-9;-~]+:[ \t]?[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){2}")
KNOWN_HEADER = re.compile(rb"(?im)^(?:from|to|subject|date|received|mime-version|return-path|message-id):")
LEAST_TEXT = 200  # characters of a plain part that is worth more than the page beside it
MOST_PARTS = 1_000


def looks_like_mail(data: bytes) -> bool:
    """Whether a file begins with the header of a mail."""
    start = data[:8192].lstrip()
    return bool(HEADER.match(start) and KNOWN_HEADER.search(start))


def looks_like_mhtml(data: bytes) -> bool:
    """Whether a mail is a saved web page with its pictures."""
    head = data[:8192].lower()
    return b"multipart/related" in head and (b"text/html" in data[:200_000].lower())


def read_eml(file: File) -> tuple[Upload, list[File]]:
    """A mail (RFC 5322) and its attachments."""
    message = _message(file.data)
    plain, page = _part_text(message, "plain"), _html_part(message)
    text = _mail_paragraphs(plain)
    has_page = page is not None and len(text) < LEAST_TEXT
    if not text and not has_page:
        raise UploadRefused("The mail contains no text.")
    upload = Upload(
        name=file.name,
        kind="eml",
        data=file.data,
        page=page if has_page else None,
        text="" if has_page else text,
        title=_header(message, "Subject"),
        authors=_sender(_header(message, "From")),
        published_at=read_time(_header(message, "Date")),
    )
    return upload, _attachments(message)


def read_mhtml(file: File) -> Upload:
    """A web page saved with its pictures (RFC 2557); its address is the one it was saved from."""
    message = _message(file.data)
    page = _html_part(message)
    if page is None:
        raise UploadRefused("The saved page contains no web page.")
    url = _header(message, "Snapshot-Content-Location") or page.url
    url = url if url.startswith(("http://", "https://")) else ""
    saved = Page(
        url=url,
        body=page.body,
        content_type=page.content_type,
        fetched_at=read_time(_header(message, "Date")),
    )
    return Upload(
        name=file.name, kind="mhtml", data=file.data, page=saved, url=url, title=_header(message, "Subject")
    )


def read_msg(file: File) -> tuple[Upload, list[File]]:
    """A mail as Outlook saves it (MS-OXMSG) and its attachments."""
    try:
        message = oxmsg.Message.load(io.BytesIO(file.data))
        plain, markup = message.body or "", message.html_body or ""
        subject, sender, sent = message.subject or "", message.sender or "", message.sent_date
        attached = [
            (one.file_name or "", one.file_bytes or b"") for one in message.attachments[:MOST_MEMBERS]
        ]
    except MemoryError:
        raise
    except Exception:  # the library documents no complete list of what a damaged file can raise
        raise UploadRefused("The Outlook message is damaged and cannot be read.") from None
    text = _mail_paragraphs(plain)
    page = (
        Page(url="", body=markup.encode("utf-8", "replace"), content_type="text/html; charset=utf-8")
        if markup
        else None
    )
    has_page = page is not None and len(text) < LEAST_TEXT
    if not text and not has_page:
        raise UploadRefused("The Outlook message contains no text.")
    upload = Upload(
        name=file.name,
        kind="msg",
        data=file.data,
        page=page if has_page else None,
        text="" if has_page else text,
        title=one_line(subject, 500),
        authors=_sender(sender),
        published_at=read_time(sent.isoformat()) if sent else None,
    )
    return upload, [File(bare_name(name), content) for name, content in attached if content]


def _message(data: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(data)
    if not isinstance(message, EmailMessage):
        raise UploadRefused("The mail is damaged and cannot be read.")
    return message


def _header(message: EmailMessage, name: str) -> str:
    """A header in plain words; "" when it is missing or beyond reading."""
    try:
        return one_line(str(message.get(name, "")), 1000)
    except (ValueError, IndexError, LookupError, AttributeError, TypeError, MessageError):
        return ""  # the header parser of the standard library fails on some malformed values


def _walk(message: EmailMessage) -> list[Any]:
    return [part for _, part in zip(range(MOST_PARTS), message.walk(), strict=False)]


def _part_text(message: EmailMessage, subtype: str) -> str:
    for part in _walk(message):
        if part.get_content_type() == f"text/{subtype}" and not part.get_filename():
            charset = part.get_content_charset() or "utf-8"
            payload = _payload(part)
            try:
                return clean(payload.decode(charset, "replace"))
            except LookupError:
                return clean(payload.decode("utf-8", "replace"))
    return ""


def _html_part(message: EmailMessage) -> Page | None:
    for part in _walk(message):
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            charset = part.get_content_charset() or ""
            content_type = f"text/html; charset={charset}" if charset else "text/html"
            location = one_line(str(part.get("Content-Location", "")), 2000)
            return Page(url=location, body=_payload(part), content_type=content_type)
    return None


def _payload(part: Any) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _attachments(message: EmailMessage) -> list[File]:
    """Attached files; pictures that belong to the text are not attached but shown."""
    found = []
    for part in _walk(message)[:MOST_MEMBERS]:
        name = part.get_filename()
        if name and part.get_content_disposition() == "attachment" and part.get_content_maintype() != "image":
            found.append(File(bare_name(name), _payload(part)))
    return found


def _mail_paragraphs(text: str) -> str:
    """Paragraphs out of wrapped lines: in a mail a blank line divides, a line end alone does not."""
    return paragraphs([" ".join(block.split("\n")) for block in re.split(r"\n\s*\n", clean(text))])


def _sender(value: str) -> tuple[str, ...]:
    names = [name or address for name, address in getaddresses([value])] or [parseaddr(value)[0]]
    return tuple(one_line(name, 200).strip('"') for name in names if name)[:5]
