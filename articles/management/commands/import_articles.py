"""Import a table of articles: `manage import_articles FILE [--mapping field=column …] [--dry-run] [--by NAME]`."""

import time
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from articles.models import TableImport
from articles.services import (
    SubmissionRefused,
    confirm_import,
    forecast_import,
    run_import_step,
    start_import,
)

WAIT_SECONDS = 1  # while a worker has the import in hand
Mapping = tuple[tuple[str, str], ...]


class Command(BaseCommand):
    """The report: how many articles are new, already here or skipped, and a line for each skipped row."""

    help = "Import a CSV or JSON Lines table of articles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument(
            "--mapping",
            nargs="+",
            default=[],
            metavar="FIELD=COLUMN",
            help="which column is which field; guessed by the columns' names when left out",
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing, say what would happen")
        parser.add_argument("--by", default="", help="user name of the person who imports")

    def handle(self, *args: Any, file: str, mapping: list[str], by: str, **options: Any) -> None:
        path, pairs = Path(file), read_mapping(mapping)
        if not path.is_file():
            raise CommandError(f"There is no file {file}.")
        person = User.objects.filter(username=by).first()
        if by and person is None:
            raise CommandError(f"There is no user named {by}.")
        try:
            if options["dry_run"]:
                found = forecast_import(path.name, path.read_bytes(), pairs)
                counts = {"new": found.new, "known": found.known, "skipped": len(found.lines)}
                self.report(counts, found.plan.mapping, found.lines)
            else:
                row = start_import(path.name, path.read_bytes(), by=person, mapping=pairs)
                row = run_import(confirm_import(row, by=person))
                self.report(row.counts, row.mapping, row.skipped)
        except SubmissionRefused as refused:
            raise CommandError(refused.reason) from None

    def report(self, counts: dict[str, int], mapping: Any, lines: Any) -> None:
        """Tab-separated, one line for each row that is not taken."""
        self.stdout.write("Columns: " + ", ".join(f"{field}={column}" for field, column in mapping))
        self.stdout.write(f"{counts['new']} new, {counts['known']} already here, {counts['skipped']} skipped")
        for name, reason in lines:
            self.stdout.write(f"{name}\t{reason}")


def read_mapping(given: list[str]) -> Mapping:
    """("text", "body") for each "text=body"."""
    pairs = tuple((field, column) for field, _, column in (one.partition("=") for one in given))
    if not all(field and column for field, column in pairs):
        raise CommandError("Write the mapping as field=column, for instance text=body.")
    return pairs


def run_import(row: TableImport) -> TableImport:
    """Run it here and now, or wait for the worker that has taken it. Raises SubmissionRefused when it fails."""
    while row.stage == TableImport.ImportStage.RUNNING:
        if row.failed_at:
            raise SubmissionRefused(row.failure_reason)
        is_unfinished = run_import_step(row.pk)
        row.refresh_from_db()
        if not is_unfinished and row.stage == TableImport.ImportStage.RUNNING and not row.failed_at:
            time.sleep(WAIT_SECONDS)
    return row
