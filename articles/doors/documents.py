"""PDF and Word documents → their text, title, authors and date."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import docx
import pypdf
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table as WordTable
from lxml import etree

from .archives import check_zip_size
from .text import clean, one_line, paragraphs
from .types import File, Upload, UploadRefused

MOST_PAGES = 1_000
LEAST_LETTERS = 40  # below this a PDF is taken for a scan
MANY_PAGES = 2  # a line at the edges of as many pages, and of half of all, is a header or footer
PAGE_NUMBER = re.compile(r"^\W*(?:page\s+)?\d{1,4}(?:\s*(?:/|of|von|sur|de)\s*\d{1,4})?\W*$", re.IGNORECASE)
EDGE_LINES = 2
SHORT_LINE = 0.7  # of the usual width: such a line ends its paragraph
# Titles that programs write by themselves.
EMPTY_TITLE = re.compile(
    r"^(untitled|microsoft word|document\d*|layout \d|slide \d|.*\.(docx?|pdf|indd|tex|qxd|rtf)$)", re.I
)
SENTENCE_END = re.compile(r"[.!?…:;”\"')\]]$")
BULLET = re.compile(r"^\s*(?:[•‣▪●○–—*-]|\(?\d{1,2}[.)])\s+")


def read_pdf(file: File) -> Upload:
    """The text of a PDF; refuses protected ones and scans, which hold pictures of text only."""
    try:
        reader = pypdf.PdfReader(io.BytesIO(file.data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UploadRefused("The PDF is protected by a password.")
        if len(reader.pages) > MOST_PAGES:
            raise UploadRefused(f"The PDF has more than {MOST_PAGES} pages.")
        pages = [clean(page.extract_text() or "").split("\n") for page in reader.pages]
        information: Any = reader.metadata or {}
    except UploadRefused:
        raise
    except MemoryError:
        raise
    except Exception:  # the library documents no complete list of what a damaged file can raise
        raise UploadRefused("The PDF is damaged and cannot be read.") from None
    text = paragraphs(list(_joined(_without_edges(pages))))
    if sum(letter.isalpha() for letter in text) < LEAST_LETTERS:
        raise UploadRefused("The PDF contains no text, only pictures of it; make it searchable first (OCR).")
    return Upload(
        name=file.name,
        kind="pdf",
        data=file.data,
        text=text,
        title=_pdf_title(_property(information, "/Title"), text),
        authors=_names(_property(information, "/Author")),
        published_at=_pdf_time(_property(information, "/CreationDate")),
    )


def _property(information: Any, name: str) -> str:
    try:
        return one_line(str(information.get(name) or ""), 500)
    except Exception:  # a reference to an object that is not there
        return ""


def _without_edges(pages: list[list[str]]) -> list[list[str]]:
    """Pages without running headers, footers and page numbers: lines that return at the edges, numbers aside."""
    pages = [[line.rstrip() for line in page if line.strip()] for page in pages]
    seen = Counter(key for page in pages for key in {_edge_key(line) for line in _edges(page)})
    running = {key for key, count in seen.items() if count >= max(MANY_PAGES, len(pages) // 2)}
    return [
        [
            line
            for number, line in enumerate(page)
            if not (_is_edge(number, page) and _is_running(line, running))
        ]
        for page in pages
    ]


def _is_running(line: str, running: set[str]) -> bool:
    return _edge_key(line) in running or PAGE_NUMBER.match(line) is not None


def _edges(page: list[str]) -> list[str]:
    return [line for number, line in enumerate(page) if _is_edge(number, page)]


def _is_edge(number: int, page: list[str]) -> bool:
    return number < EDGE_LINES or number >= len(page) - EDGE_LINES


def _edge_key(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _joined(pages: list[list[str]]) -> Iterator[str]:
    """Paragraphs out of printed lines: a line runs on unless it is short and ends a sentence, or a list begins."""
    lines = [line for page in pages for line in page]
    widths = sorted(len(line) for line in lines)
    width = widths[len(widths) * 9 // 10] if widths else 0
    current = ""
    for line in lines:
        if current and BULLET.match(line):
            yield current
            current = ""
        current = _append(current, line.strip())
        is_short = len(line) < width * SHORT_LINE
        if is_short and (SENTENCE_END.search(line) or not current.endswith(("-", ","))):
            yield current
            current = ""
    yield current


def _append(current: str, line: str) -> str:
    if re.search(r"[^\W\d_]-$", current) and line[:1].islower():
        return current[:-1] + line  # a word divided at the end of a line
    return f"{current} {line}".strip()


def _pdf_title(given: str, text: str) -> str:
    if given and not EMPTY_TITLE.match(given):
        return given
    first = text.split("\n", 1)[0]
    return first if len(first) <= 200 else ""


def _names(given: str) -> tuple[str, ...]:
    names = re.split(r"\s*[;,]\s*|\s+and\s+", given)
    return tuple(one_line(name, 200) for name in names if any(letter.isalpha() for letter in name))[:20]


def _pdf_time(given: str) -> datetime | None:
    """A PDF date (D:20261102101500+01'00', ISO 32000-1, 7.9.4), in UTC."""
    match = re.match(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-]\d\d)'?(\d\d)?)?", given)
    if not match:
        return None
    year, month, day, hour, minute, second, zone, zone_minutes = match.groups(default="")
    form = f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}"
    try:
        return datetime.fromisoformat(f"{form}{zone or '+00'}:{zone_minutes or '00'}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_docx(file: File) -> Upload:
    """The paragraphs, list items and table rows of a Word document, in their order."""
    check_zip_size(file.data)
    try:
        document = docx.Document(io.BytesIO(file.data))
        text = paragraphs(list(_word_lines(document)))
        properties = document.core_properties
        title, author, created = properties.title or "", properties.author or "", properties.created
    except (PackageNotFoundError, KeyError, ValueError, AttributeError, TypeError, etree.LxmlError):
        raise UploadRefused("The Word document is damaged and cannot be read.") from None
    if not text:
        raise UploadRefused("The Word document contains no text.")
    authors = () if author == "python-docx" else _names(author)
    return Upload(
        name=file.name,
        kind="docx",
        data=file.data,
        text=text,
        title=_pdf_title(one_line(title, 500), text),
        authors=authors,
        published_at=created.replace(tzinfo=UTC) if created and created.tzinfo is None else created,
    )


def _word_lines(document: Document) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, WordTable):
            for row in block.rows:
                cells = dict.fromkeys(
                    cell.text.replace("\n", " ").strip() for cell in row.cells
                )  # merged ones return
                yield " | ".join(cell for cell in cells if cell)
        else:
            yield from block.text.split("\n")
