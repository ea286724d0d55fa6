"""The values that come in through the doors: feeds, sitemaps, files and tables. Frozen, free of any framework."""

from dataclasses import dataclass
from datetime import datetime

from articles.extraction.types import Page

MEBIBYTE = 1024 * 1024


class UploadRefused(Exception):
    """A file, feed or table is not taken; `reason` is a sentence for the person who handed it in."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class File:
    """A file as handed in."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """One text or page found in a file. Either `page` waits for extraction or `text` is ready."""

    name: str  # a bare file name, or the address for a record of a web archive
    kind: str  # "html", "mhtml", "warc", "pdf", "docx", "eml", "msg", "txt" or "md"
    data: bytes  # what to keep as evidence: the file itself, or the member of an archive
    page: Page | None = None
    text: str = ""  # paragraphs separated by one newline; Markdown as written when `kind` is "md"
    title: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    url: str = ""  # where it says it comes from; nobody has checked it


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not taken, with a sentence saying why."""

    name: str  # the member, the row ("row 12") or the entry
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """All that was found in one file."""

    uploads: tuple[Upload, ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One article a feed or a sitemap names."""

    url: str
    title: str = ""
    published_at: datetime | None = None  # UTC
    modified_at: datetime | None = None  # UTC
    summary: str = ""  # plain text
    authors: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read; newest entries are wherever the publisher puts them."""

    kind: str  # "rss", "atom", "json"
    title: str
    entries: tuple[Entry, ...]
    url: str = ""  # the site it belongs to
    language: str = ""
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap: pages, or further sitemaps, or both."""

    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FetchedBody:
    """What a server sent for a feed or a sitemap."""

    body: bytes
    url: str
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One article of a table, checked."""

    number: int  # the line or record, counted from 1, header not counted
    url: str = ""
    title: str = ""
    text: str = ""
    byline: str = ""
    source: str = ""
    published_at: datetime | None = None
    language: str = ""
    labels: tuple[str, ...] = ()
    id: str = ""  # the id it had where it comes from


@dataclass(frozen=True, slots=True)
class Table:
    """A table to import."""

    data: bytes
    name: str = ""
    mapping: tuple[tuple[str, str], ...] = ()  # (our field, their column); empty: guessed from the names


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do: nothing has been written yet."""

    columns: tuple[str, ...]
    mapping: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]
    unused_columns: tuple[str, ...] = ()
