"""analyze_texts IN OUT: analyze texts given as JSON Lines, without a database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand

from analysis.pipeline import analyze, load_language
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.records import Record, to_record

# Lines handed to a worker at once: few enough to keep all workers busy, enough to hide the hand-over.
CHUNK = 8


class Command(BaseCommand):
    """Reads {id, title?, text, url?, date?} a line and writes one record of tags and mentions a line."""

    help = "Analyze texts from a JSON Lines file (- for standard input); no database is used."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("input", metavar="IN", help="JSON Lines: id, title (optional), text, url, date")
        parser.add_argument("output", metavar="OUT", help="JSON Lines to write (- for standard output)")
        parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            lines = _open(options["input"], "r", stack)
            out = _open(options["output"], "w", stack)
            count = failed = 0
            for record in analyze_lines(lines, workers=options["workers"]):
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
                count += 1
                failed += "error" in record
        self.stderr.write(f"{count} analyzed, {failed} of them with an error")


def _open(name: str, mode: str, stack: ExitStack) -> Any:
    if name == "-":
        return sys.stdin if mode == "r" else sys.stdout
    # A byte that is no UTF-8 spoils its own line only.
    return stack.enter_context(Path(name).open(mode, encoding="utf-8", errors="replace"))


def analyze_lines(lines: Iterable[str], *, workers: int = 1) -> Iterator[Record]:
    """One record per non-empty line, in order; a line that cannot be read gives {id, error}."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    if workers <= 1:
        yield from map(analyze_line, numbered)
        return
    load_language()  # before the fork, so that the workers share its memory
    load_lexicon()
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(analyze_line, numbered, chunksize=CHUNK)


def analyze_line(numbered: tuple[int, str]) -> Record:
    """Analyze one line; whatever is wrong with it is told in its record."""
    number, line = numbered
    try:
        row = json.loads(line)
    except ValueError as problem:
        return {"id": None, "line": number, "error": f"not JSON: {problem}"}
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        identifier = row.get("id") if isinstance(row, dict) else None
        return {"id": identifier, "line": number, "error": "a line needs an object with a text"}
    read = partial(_text_of, row)
    result = analyze(
        read("title"),
        row["text"],
        load_lexicon(),
        published_on=read("date"),
        source_host=urlsplit(read("url")).hostname or "",
    )
    return to_record(row.get("id"), result)


def _text_of(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
