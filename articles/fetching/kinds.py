"""What a body is, judged by its first bytes and then by what its server calls it."""

import codecs
import re

SNIFFED_BYTES = 2048
# First bytes, from the WHATWG MIME sniffing standard and the `file` command's tables.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"BM", "image"),
    (b"\x00\x00\x01\x00", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\x00asm", "program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"ID3", "sound"),
    (b"OggS", "sound"),
    (b"fLaC", "sound"),
    (b"\x1a\x45\xdf\xa3", "video"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
)
TEXT_SIGNATURES = {b"BM", b"MZ", b"ID3", b"BZh"}  # may also begin a word: believed only beside control bytes
MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CONTROL_BYTES = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0C, 0x0D, 0x1B})
HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|link|article|div|p|h1|!--)[\s>/-]", re.I
)
HTML_ROOT = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.I)
XML = re.compile(rb"<(?:\?xml|rss|feed|rdf:RDF|urlset|sitemapindex|opml)[\s>]", re.I)
NAMES = {
    "pdf": "a PDF document",
    "image": "a picture",
    "archive": "an archive",
    "program": "a program",
    "office": "an office document",
    "sound": "a sound recording",
    "video": "a video",
    "font": "a font",
    "empty": "empty",
    "unknown": "a file of an unknown kind",
    "html": "a web page",
    "xml": "an XML document",
    "json": "a JSON document",
    "text": "plain text",
}
HEADER_KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/json": "json",
    "text/plain": "text",
}


def find_kind(body: bytes, content_type: str = "") -> str:
    """ "html", "xml", "json", "text", or one of the other names in `NAMES`. Bytes outrank the header."""
    if not body.strip():
        return "empty"
    head = body[:SNIFFED_BYTES]
    signed = _signed(head)
    if signed:
        return signed
    text = _as_ascii(head)
    start = text.lstrip()[:512]
    if HTML.match(start):
        return "html"
    if XML.match(start):
        return "html" if HTML_ROOT.search(start) else "xml"
    if _has_control_bytes(text) and not HTML.search(text):
        return "unknown"
    return _text_kind(text, content_type)


def _signed(head: bytes) -> str:
    if head[:4] == b"RIFF":
        return "image" if head[8:12] == b"WEBP" else "sound"
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in (b"avif", b"heic", b"mif1") else "video"
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            is_word = signature in TEXT_SIGNATURES and not _has_control_bytes(head)
            return "" if is_word else kind
    return ""


def _has_control_bytes(head: bytes) -> bool:
    return len(head.translate(None, CONTROL_BYTES)) < len(head)


def _as_ascii(head: bytes) -> bytes:
    """A beginning in which the ASCII characters of a text can be found, whatever its encoding."""
    if head.startswith(MARKS[1:]):
        return head[2:].translate(None, CONTROL_BYTES)
    if _looks_like_utf16(head):
        return head.replace(b"\x00", b"")
    return head.removeprefix(MARKS[0])


def _looks_like_utf16(head: bytes) -> bool:
    """Markup in UTF-16 without its mark: every other byte of the beginning is zero."""
    first = head[:40]
    return len(first) >= 8 and any(first) and (not any(first[1::2]) or not any(first[0::2]))


def _text_kind(text: bytes, content_type: str) -> str:
    start = text.lstrip()
    declared = _declared(content_type)
    if declared == "json" or start[:1] in (b"{", b"["):
        return "json" if start[:1] in (b"{", b"[") else declared
    if declared:
        return declared
    return "html" if HTML.search(text) else "text"


def _declared(content_type: str) -> str:
    """The kind the first understandable type of the header stands for."""
    for one in content_type.split(","):
        name = one.partition(";")[0].strip().lower()
        if name in HEADER_KINDS:
            return HEADER_KINDS[name]
        if name.endswith(("+json", "/json")):
            return "json"
        if name.endswith(("+xml", "/xml")):
            return "xml"
    return ""
