"""Score extraction on the labeled page sets beside the checkout and print the table of docs/quality.md."""

import argparse
import base64
import gzip
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.extraction import Extract, Page, Verdict, extract
from evaluation.extraction import (
    author_key,
    body_rates,
    labeled_authors,
    segment_rates,
    share,
    title_scores,
)

Row = dict[str, Any]


class Command(BaseCommand):
    """`manage evaluate_extraction [--data DIR] [--sample N] [--workers N]`."""

    help = "Body, segments, titles, dates, authors and verdicts on the sets in DIR/extraction."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, default=Path("../shared/data"))
        parser.add_argument("--sample", type=int, default=1, help="take every Nth page (default 1: all)")
        parser.add_argument("--workers", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["data"] / "extraction"
        if not folder.is_dir():
            raise CommandError(f"No page sets in {folder}.")
        started, done = time.monotonic(), 0
        for name, score in _SCORES.items():
            rows = list(_read(folder / name))[:: options["sample"]]
            found = _extract_all([_page(row) for row in rows], options["workers"])
            done += len(rows)
            for line in score(list(zip(rows, found, strict=True)), folder):
                self.stdout.write(f"{name:12} {len(rows):5} pages  {line}")
        speed = done / (time.monotonic() - started)
        self.stdout.write(f"speed        {speed:.1f} pages/s with {options['workers']} processes")


def _read(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("pages-*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _page(row: Row) -> Page:
    html = row["html"]
    body = base64.b64decode(html) if row["encoding"] == "base64" else html.encode("utf-8")
    return Page(url=row["url"], body=body)


def _extract_all(pages: list[Page], workers: int) -> list[Extract]:
    if workers <= 1:
        return [extract(page) for page in pages]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(extract, pages, chunksize=8))


_HTMLDATE_PAGES = 239
Pairs = list[tuple[Row, Extract]]


def _aeb(pairs: Pairs, _: Path) -> Iterator[str]:
    rates = body_rates((row["truth"]["articleBody"], found.text) for row, found in pairs)
    yield f"body F1 {rates.f1:.4f} (P {rates.precision:.4f}, R {rates.recall:.4f})"
    yield f"taken for an article {share(found.verdict is not Verdict.NOT_ARTICLE for _, found in pairs):.4f}"


def _trafilatura(pairs: Pairs, _: Path) -> Iterator[str]:
    rates = segment_rates((row["truth"]["with"], row["truth"]["without"], found.text) for row, found in pairs)
    yield f"segments F1 {rates.f1:.4f} (P {rates.precision:.4f}, R {rates.recall:.4f})"
    exact, near = title_scores(
        (row["truth"]["title"], found.title) for row, found in pairs if row["truth"].get("title")
    )
    yield f"title exact {exact:.4f}, near {near:.4f}"
    yield f"date exact {_dates(pairs, lambda row: row['truth'].get('date')):.4f}"
    signed = [(row["truth"]["author"], found.authors) for row, found in pairs if row["truth"].get("author")]
    yield f"authors exact {share(labeled_authors(truth) == author_key(names) for truth, names in signed):.4f}"
    unsigned = [found.authors for row, found in pairs if row["truth"].get("author") == ""]
    yield f"false authors {sum(map(bool, unsigned))} of {len(unsigned)} pages labeled without"
    signed_and_dated = [
        found for row, found in pairs if row["truth"].get("author") and row["truth"].get("date")
    ]
    right = share(found.verdict is not Verdict.NOT_ARTICLE for found in signed_and_dated)
    yield f"taken for an article {right:.4f} of {len(signed_and_dated)} signed and dated pages"


def _dates(pairs: Pairs, truth: Callable[[Row], str | None]) -> float:
    return share(truth(row) == found.published_on for row, found in pairs if truth(row))


def _htmldate(pairs: Pairs, folder: Path) -> Iterator[str]:
    """Its 560 pages that lie in the trafilatura set are read from there."""
    by_id = {("htmldate", row["id"]): found for row, found in pairs}
    with (folder / "htmldate" / "eval.jsonl").open(encoding="utf-8") as lines:
        wanted = [json.loads(line) for line in lines]
    wanted = wanted[:: max(1, round(_HTMLDATE_PAGES / len(pairs)))]  # as sparse as the sample
    elsewhere = {line["page_id"] for line in wanted if line["page_set"] == "trafilatura"}
    for row in _read(folder / "trafilatura"):
        if row["id"] in elsewhere:
            by_id["trafilatura", row["id"]] = extract(_page(row))
    known = [(line["date"], by_id.get((line["page_set"], line["page_id"]))) for line in wanted]
    yield f"date exact {share(found.published_on == date for date, found in known if found):.4f} of {len(known)}"


_SCORES: dict[str, Callable[[Pairs, Path], Iterator[str]]] = {
    "aeb": _aeb,
    "trafilatura": _trafilatura,
    "htmldate": _htmldate,
}
