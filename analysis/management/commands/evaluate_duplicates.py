"""evaluate_duplicates [--articles N]: recall of edited copies among N articles, and lookup times in Postgres."""

import gzip
import json
import random
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction

from analysis.models import Fingerprint
from analysis.pipeline.fingerprints import make_bands, make_shingles
from analysis.services.duplicates import find_copies
from articles.models import Article, Stage, Version
from articles.services.texts import text_hash
from evaluation.duplicates import edits, enough_texts, evaluate_duplicates

NEWS = "abp-*.jsonl.gz"


class Command(BaseCommand):
    """Both tables of docs/quality.md; what it puts into the database is rolled back."""

    help = "Near-duplicates: recall by kind of edit, others per lookup, and lookup times in Postgres."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, default=Path("../shared/data"))
        parser.add_argument("--articles", type=int, default=10_000)
        parser.add_argument(
            "--texts",
            default=NEWS,
            metavar="PATTERN",
            help="files of data/corpus; threat reports and newsletters share passages that are no edit of ours",
        )
        parser.add_argument("--sample", type=int, default=600, help="copies of each kind looked up in memory")
        parser.add_argument("--lookups", type=int, default=100, help="of each kind looked up in Postgres")

    def handle(self, *args: Any, **options: Any) -> None:
        texts = enough_texts(corpus_texts(options["data"] / "corpus", options["texts"]), options["articles"])
        self.stdout.write(f"{len(texts):,} articles\n| edit | recall | others per lookup | candidates |")
        for row in evaluate_duplicates(texts, sample=options["sample"]):
            self.stdout.write(f"| {row.edit} | {row.recall:.3f} | {row.others:.4f} | {row.candidates:.1f} |")
        try:
            lines = postgres_lines(texts, options["lookups"])
        except OperationalError as error:
            lines = [f"No lookup is timed, the database says: {error}"]
        self.stdout.write("\n".join(lines))


def corpus_texts(folder: Path, pattern: str = NEWS) -> list[str]:
    """The texts of the corpora of that name in a folder, each once."""
    found: dict[str, None] = {}
    for path in sorted(folder.glob(pattern)):
        with gzip.open(path, "rt", encoding="utf-8") as rows:
            found |= dict.fromkeys(json.loads(row)["text"] for row in rows)
    if not found:
        raise CommandError("The corpus is not beside the checkout.")
    return list(found)


def postgres_lines(texts: Sequence[str], lookups: int) -> list[str]:
    """Recall and milliseconds of the product's own lookup among these texts; nothing is kept."""
    choice = random.Random(11)  # noqa: S311  (a repeatable choice, not a secret)
    chosen = choice.sample(range(len(texts)), min(lookups, len(texts)))
    lines = ["| edit, in Postgres | recall | others per lookup | p50 ms | p95 ms |"]
    with transaction.atomic():
        ids = fill(texts)
        for name, edit in edits(texts, choice).items():
            found = [look_up(edit(texts[number])) for number in chosen]
            hits = [ids[number] in copies for number, (copies, _) in zip(chosen, found, strict=True)]
            others = sum(len(copies) for copies, _ in found) - sum(hits)
            times = sorted(seconds * 1000 for _, seconds in found)
            lines.append(
                f"| {name} | {sum(hits) / len(hits):.3f} | {others / len(hits):.4f} "
                f"| {times[len(times) // 2]:.0f} | {times[int(len(times) * 0.95)]:.0f} |"
            )
        transaction.set_rollback(True)
    return lines


def fill(texts: Sequence[str]) -> list[int]:
    """Articles with these texts and their fingerprints, as grouping leaves them; their ids in order."""
    with connection.cursor() as cursor:
        # Thousands of rows at once take as long as they take.
        cursor.execute("SET LOCAL statement_timeout = 0")
    rows = Article.objects.bulk_create(
        [Article(stage=Stage.FETCHED, origin=Article.Origin.IMPORT) for _ in texts], batch_size=1000
    )
    versions = Version.objects.bulk_create(
        [
            Version(article=row, number=1, text=text, text_hash=text_hash(text))
            for row, text in zip(rows, texts, strict=True)
        ],
        batch_size=1000,
    )
    for row, version in zip(rows, versions, strict=True):
        row.version, row.stage = version, Stage.GROUPED
    Article.objects.bulk_update(rows, ["version", "stage"], batch_size=1000)
    Fingerprint.objects.bulk_create(
        [Fingerprint(version=version, bands=make_bands(make_shingles(version.text))) for version in versions],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE analysis_fingerprint, articles_version, articles_article")
    return [row.pk for row in rows]


def look_up(text: str) -> tuple[set[int], float]:
    """What grouping finds for a text that comes in now: ids of articles, and the seconds it took."""
    article = Article(pk=0, version=Version(pk=0, article_id=0, text=text, text_hash=text_hash(text)))
    begun = time.perf_counter()
    copies = {copy.pk for copy in find_copies(article, make_bands(make_shingles(text)))}
    return copies, time.perf_counter() - begun
