"""evaluate [FOLDER]: precision, recall and F1 of tags and mentions on labeled articles."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.pipeline import analyze
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.language import KIND_OF_LABEL
from analysis.pipeline.records import Record, to_record
from evaluation.calibration import calibration_error, reliability
from evaluation.spans import Score, score_spans
from evaluation.tags import article_labels, score_articles

LABEL_OF_KIND = {kind.value: label for label, kind in KIND_OF_LABEL.items()}
Row = dict[str, Any]
Triple = tuple[int, int, str]


class Command(BaseCommand):
    """Runs the pipeline over every file of labels in a folder and prints one table for each."""

    help = "Measure tags and mentions on labeled articles (gold/*-dev.jsonl beside the checkout by default)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = settings.BASE_DIR.parent / "shared" / "data" / "gold"
        parser.add_argument("folder", nargs="?", type=Path, default=default)
        parser.add_argument("--files", default="*-dev.jsonl", help="which files of the folder (a glob)")

    def handle(self, *args: Any, **options: Any) -> None:
        files = sorted(options["folder"].glob(options["files"]))
        if not files:
            raise CommandError("There are no labeled articles there.")
        for path in files:
            rows = [
                json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
            ]
            self.stdout.write(f"\n{path.stem}: {len(rows)} articles")
            self.stdout.write("\n".join(report(rows)))


def report(rows: list[Row]) -> list[str]:
    """The lines of one table: article level always, mentions and calibration where spans are labeled."""
    records = [
        to_record(row["id"], analyze(row.get("title", ""), row["text"], load_lexicon())) for row in rows
    ]
    wanted = [
        row if "countries" in row else article_labels(row["id"], row["text"], row["spans"]) for row in rows
    ]
    lines = ["  article level", *_table(score_articles(zip(wanted, records, strict=True)))]
    if all("spans" in row for row in rows):
        gold = [[(start, end, label) for start, end, label, _ in row["spans"]] for row in rows]
        found = [_triples(record) for record in records]
        lines += ["  mentions, exact borders and kind", *_table(score_spans(gold, found))]
        lines += _calibration_lines(gold, records)
    return lines


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
