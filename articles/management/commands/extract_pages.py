"""Extract pages from JSON Lines to JSON Lines; needs no database."""

import argparse
import base64
import binascii
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.extraction import Extract, Page, extract

_BATCH = 16  # lines given to a process at a time


class Command(BaseCommand):
    """`manage extract_pages IN OUT [--workers N]`."""

    help = "Read {id, url, html} lines (html: text, or base64 with encoding=base64) and write what was extracted."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("input", type=Path)
        parser.add_argument("output", type=Path)
        parser.add_argument("--workers", type=int, default=1, help="number of processes (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        count = errors = 0
        try:
            with (
                options["input"].open("rb") as lines,
                options["output"].open("w", encoding="utf-8") as out,
            ):
                for record in _records(lines, options["workers"]):
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
                    count += 1
                    errors += "error" in record
        except OSError as error:
            raise CommandError(f"Cannot read or write: {error.strerror}") from error
        self.stdout.write(f"{count} pages, {errors} with errors")


def _records(lines: Iterator[bytes], workers: int) -> Iterator[dict[str, Any]]:
    filled = (line for line in lines if line.strip())
    if workers <= 1:
        yield from map(read_line, filled)
        return
    with ProcessPoolExecutor(workers) as pool:
        while chunk := list(islice(filled, _BATCH * workers * 4)):
            yield from pool.map(read_line, chunk, chunksize=_BATCH)


def read_line(line: bytes) -> dict[str, Any]:
    """One input line to one output record; whatever is wrong with the line becomes its `error`."""
    identity: Any = None
    try:
        row = json.loads(line)
        identity = row.get("id") if isinstance(row, dict) else None
        return {"id": identity, **record_of(extract(_page(row)))}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return {"id": identity, "error": f"{type(error).__name__}: this line could not be read as a page"}
    except Exception as error:
        return {"id": identity, "error": f"{type(error).__name__}: extraction failed"}


def _page(row: Any) -> Page:
    html = row["html"]
    if row.get("encoding") == "base64":
        try:
            body = base64.b64decode(html, validate=True)
        except binascii.Error as error:
            raise ValueError("html is no base64") from error
    else:
        body = html.encode("utf-8", "replace")
    return Page(
        url=str(row.get("url") or ""),
        body=body,
        content_type=str(row.get("content_type") or "text/html"),
        status=int(row.get("status") or 200),
    )


def record_of(found: Extract) -> dict[str, Any]:
    """An extract as plain JSON values."""
    return {
        "title": found.title,
        "authors": list(found.authors),
        "byline": found.byline,
        "date": found.published_on,
        "published": found.published_at.isoformat() if found.published_at else "",
        "modified": found.modified_at.isoformat() if found.modified_at else "",
        "site": found.site,
        "language": found.language,
        "canonical_url": found.canonical_url,
        "section": found.section,
        "description": found.description,
        "lead_image": found.lead_image,
        "is_paywalled": found.is_paywalled,
        "text": found.text,
        "blocks": [
            {"kind": block.kind, "start": block.start, "end": block.end, "level": block.level}
            for block in found.blocks
        ],
        "verdict": found.verdict.value,
        "doubts": [{"code": doubt.code, "reason": doubt.reason} for doubt in found.doubts],
        "findings": {
            name: {
                "value": finding.value,
                "method": finding.method,
                "confidence": round(finding.confidence, 3),
            }
            for name, finding in found.findings.items()
        },
        "extractor_version": found.extractor_version,
    }
