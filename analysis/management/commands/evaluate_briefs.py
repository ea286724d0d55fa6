"""evaluate_briefs summaries | claims | findings | pointers: how good the brief is, on labeled and supplied texts."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.pipeline import analyze
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.language import parse
from analysis.pipeline.types import Result
from evaluation.briefs import (
    ClaimScore,
    FindingScore,
    Share,
    add_claims,
    add_findings,
    read_articles,
    read_labels,
    read_texts,
)
from evaluation.pointers import count_pointers
from evaluation.summaries import read_events, score_summaries

DATA = settings.BASE_DIR.parent / "shared" / "data"
WHAT = ("summaries", "claims", "findings", "pointers")
POINTER_SETS = ("abp-5000", "cti-2000", "tic-2000")
PARTS = ("dev", "held")


class Command(BaseCommand):
    """Prints one table; all of them read the sets beside the checkout."""

    help = "Measure summaries, claims, findings or pointers of the brief."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=WHAT)
        parser.add_argument("--data", type=Path, default=DATA)
        parser.add_argument("--count", type=int, default=300, help="events or articles to read")

    def handle(self, *args: Any, **options: Any) -> None:
        data: Path = options["data"]
        if not data.is_dir():
            raise CommandError("The evaluation data is not beside the checkout.")
        lines = {"summaries": _summaries, "claims": _claims, "findings": _findings, "pointers": _pointers}
        for line in lines[options["what"]](data, options["count"]):
            self.stdout.write(line)


def _summaries(data: Path, count: int) -> Iterator[str]:
    events = list(read_events(data / "stories" / "neus" / "val.jsonl.gz"))[:count]
    yield f"{len(events)} events of NeuS, the round-up as reference"
    yield "| method | ROUGE-1 | ROUGE-2 | ROUGE-L |"
    yield "|---|---|---|---|"
    for row in score_summaries(events, parse):
        yield f"| {row.method} | {row.one:.3f} | {row.two:.3f} | {row.longest:.3f} |"


def _labeled(data: Path, part: str) -> Iterator[tuple[dict[str, Any], str, Result]]:
    for label, title, text in read_texts(data, read_labels(part)):
        yield label, text, analyze(title, text, load_lexicon())


def _claims(data: Path, _: int) -> Iterator[str]:
    for part in PARTS:
        score = ClaimScore()
        for label, text, result in _labeled(data, part):
            add_claims(score, label, text, result)
        yield f"{part}: statements P {score.precision}, R {score.recall}, F1 {score.f1:.3f}"
        yield f"  speaker right: {score.quote_speakers} of the quotations found"
        yield f"                 {score.quotes_end_to_end} of all labeled quotations"
        yield f"                 {score.speakers} of all statements found"


def _findings(data: Path, _: int) -> Iterator[str]:
    for part in PARTS:
        score = FindingScore()
        for label, text, result in _labeled(data, part):
            add_findings(score, label, text, result)
        yield f"{part}: effect and affected one P {score.precision}, R {score.recall}"
        yield f"  where sentence and effect agree: affected {score.affected}, direction {score.direction},"
        yield f"    certainty {score.certainty}, horizon {score.horizon}, stated horizons {score.horizon_stated}"


def _pointers(data: Path, count: int) -> Iterator[str]:
    total = Share()
    for title, text in read_articles(data, POINTER_SETS, count):
        share = count_pointers(text, title, analyze(title, text, load_lexicon()))
        total.right, total.all = total.right + share.right, total.all + share.all
    yield f"{count} articles: {total} of the shown sentences point to their place"
