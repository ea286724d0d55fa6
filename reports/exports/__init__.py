"""Items or a bundle as a document in one format; every format is written from the same plain values."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from reports.exports import csv, jsonl, markdown, pdf
from reports.exports.types import Bundle, Item


@dataclass(frozen=True, slots=True)
class ListFormat:
    """A format that is streamed item by item."""

    extension: str
    content_type: str
    write: Callable[[Iterable[Item]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class ReportFormat:
    """A format that is written as a whole."""

    extension: str
    content_type: str
    write: Callable[[Bundle], bytes]


LIST_FORMATS = {
    "csv": ListFormat("csv", "text/csv; charset=utf-8", csv.write),
    "jsonl": ListFormat("jsonl", "application/x-ndjson; charset=utf-8", jsonl.write),
}
REPORT_FORMATS = {
    "pdf": ReportFormat("pdf", "application/pdf", pdf.write),
    "md": ReportFormat("md", "text/markdown; charset=utf-8", markdown.write),
}
