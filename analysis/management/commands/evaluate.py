"""evaluate [extraction | duplicates | stories | FOLDER]: precision, recall and F1 on labels and by judgments."""

import json
import subprocess
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from analysis.pipeline import PIPELINE_VERSION, analyze
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.language import KIND_OF_LABEL
from analysis.pipeline.records import Record, to_record
from analysis.search.quality import MEASURED, judged_quality
from evaluation.calibration import calibration_error, reliability
from evaluation.spans import Score, score_spans
from evaluation.stories import story_lines
from evaluation.tags import article_labels, score_articles

DATA = settings.BASE_DIR.parent / "shared" / "data"
BRIEFS = ("summaries", "claims", "findings", "pointers")
COLUMNS = ["", "Precision", "Recall", "F1", "Right", "Wrong", "Missed"]
LABEL_OF_KIND = {kind.value: label for label, kind in KIND_OF_LABEL.items()}
Row = dict[str, Any]
Triple = tuple[int, int, str]


class Command(BaseCommand):
    """Runs the pipeline over every file of labels in a folder and prints one table for each."""

    help = "Measure tags and mentions on labeled articles (gold/*-dev.jsonl beside the checkout by default)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what",
            nargs="?",
            default=str(DATA / "gold"),
            help=f"extraction, duplicates, stories, {', '.join(BRIEFS)}, or a folder",
        )
        parser.add_argument("--files", default="*-dev.jsonl", help="which files of the folder (a glob)")
        parser.add_argument("--save", action="store_true", help="keep the tables for the Quality page")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "extraction":
            call_command("evaluate_extraction", data=DATA, stdout=self.stdout)
        elif options["what"] in BRIEFS:
            call_command("evaluate_briefs", options["what"], data=DATA, stdout=self.stdout)
        elif options["what"] == "duplicates":
            call_command("evaluate_duplicates", data=DATA, stdout=self.stdout)
        elif options["what"] == "stories":
            self.stdout.write("\n".join(story_lines(DATA)))
        else:
            self._tags(Path(options["what"]), options)

    def _tags(self, folder: Path, options: dict[str, Any]) -> None:
        files = sorted(folder.glob(options["files"]))
        if not files:
            raise CommandError("There are no labeled articles there.")
        tables = []
        for path in files:
            rows = [
                json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
            ]
            self.stdout.write(f"\n{path.stem}: {len(rows)} articles")
            lines, found = report(rows)
            self.stdout.write("\n".join(lines))
            tables += [
                {**table, "title": f"{table['title']}, {path.stem} ({len(rows)} articles)"} for table in found
            ]
        self.stdout.write("\n".join(judged_lines()))
        if options["save"]:
            save(tables)


def judged_lines() -> list[str]:
    """The same figures by what analysts decided, where there is a database with decisions."""
    try:
        tables = [(title, lines) for title, lines in judged_quality() if lines]
    except OperationalError:
        return ["", "No database answers, so there are no judgments to count."]
    shown = ["", "by the analysts' judgments" if tables else "No judgments yet."]
    for title, lines in tables:
        shown.append(f"  {title}")
        shown += [
            f"    {line.label:22} P {_share(line.precision)}  R {_share(line.recall)}  F1 {_share(line.f1)}  "
            f"(right {line.right}, wrong {line.wrong}, missed {line.missed})"
            for line in lines
        ]
    return shown


def _share(value: float | None) -> str:
    return "  –  " if value is None else f"{value:.3f}"


def save(tables: list[dict[str, Any]]) -> None:
    """Write what the Quality page shows, with date, commit and pipeline version."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    values = {
        "date": timezone.now().date().isoformat(),
        "commit": commit.stdout.strip() or "unknown",
        "pipeline_version": PIPELINE_VERSION,
        "tables": tables,
    }
    MEASURED.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def report(rows: list[Row]) -> tuple[list[str], list[dict[str, Any]]]:
    """Lines and tables of one file: article level always, mentions and calibration where spans are labeled."""
    records = [
        to_record(row["id"], analyze(row.get("title", ""), row["text"], load_lexicon())) for row in rows
    ]
    wanted = [
        row if "countries" in row else article_labels(row["id"], row["text"], row["spans"]) for row in rows
    ]
    scores = score_articles(zip(wanted, records, strict=True))
    lines, tables = ["  article level", *_table(scores)], [_values("Tags", scores)]
    if all("spans" in row for row in rows):
        gold = [[(start, end, label) for start, end, label, _ in row["spans"]] for row in rows]
        found = [_triples(record) for record in records]
        spans = score_spans(gold, found)
        lines += ["  mentions, exact borders and kind", *_table(spans), *_calibration_lines(gold, records)]
        tables.append(_values("Mentions", spans))
    return lines, tables


def _values(title: str, scores: dict[str, Score]) -> dict[str, Any]:
    rows = [
        [
            name,
            *(f"{value:.3f}" for value in (one.precision, one.recall, one.f1)),
            one.right,
            one.wrong,
            one.missed,
        ]
        for name, one in scores.items()
    ]
    return {"title": title, "note": "", "columns": COLUMNS, "rows": rows}


def _triples(record: Record) -> list[Triple]:
    return [
        (mention["start"], mention["end"], LABEL_OF_KIND[mention["kind"]])
        for mention in record["mentions"]
        if mention["kind"] in LABEL_OF_KIND
    ]


def _table(scores: dict[str, Score]) -> list[str]:
    return [
        f"    {name:22} P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}  "
        f"(right {score.right}, wrong {score.wrong}, missed {score.missed})"
        for name, score in scores.items()
    ]


def _calibration_lines(gold: list[list[Triple]], records: list[Record]) -> list[str]:
    pairs = [
        (mention["score"], triple in set(wanted))
        for wanted, record in zip(gold, records, strict=True)
        for mention, triple in zip(
            [mention for mention in record["mentions"] if mention["kind"] in LABEL_OF_KIND],
            _triples(record),
            strict=True,
        )
    ]
    return [
        f"  calibration error {calibration_error(pairs):.3f}",
        *(
            f"    score {found.low:.1f}-{found.high:.1f}: {found.count:5} mentions, mean {found.mean:.2f}, "
            f"right {found.right:.2f}"
            for found in reliability(pairs)
        ),
    ]
