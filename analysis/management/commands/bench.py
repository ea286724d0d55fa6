"""`manage bench`: articles per second of the analysis, with and without the brief, beside the bare language model."""

import gzip
import itertools
import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.pipeline import analyze, find_tags, load_language
from analysis.pipeline.knowledge import load_lexicon

DEMO = Path(__file__).resolve().parents[3] / "articles" / "demo"
WORDS = 450  # of one article, as in the target


def make_texts(count: int) -> list[str]:
    """`count` articles of about 450 words, recombined from the paragraphs of the demonstration articles."""
    paragraphs = [
        part.strip()
        for path in sorted(DEMO.glob("2*.md"))
        for part in path.read_text(encoding="utf-8").partition("\n\n")[2].split("\n\n")
    ]
    choice = random.Random(1)  # noqa: S311  (a repeatable mixture, not a secret)
    texts = []
    for _ in range(count):
        choice.shuffle(paragraphs)
        sizes = itertools.accumulate(len(part.split()) for part in paragraphs)
        taken = next(number for number, words in enumerate(sizes, 1) if words >= WORDS)
        texts.append("\n\n".join(paragraphs[:taken]))
    return texts


def read_texts(path: Path, count: int) -> list[str]:
    """The beginnings of `count` real articles, of about 450 words; shorter ones are left out."""
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        parts = (re.split(r"(\s+)", json.loads(row)["text"]) for row in rows)
        long = ("".join(part[: 2 * WORDS]) for part in parts if len(part) >= 2 * WORDS)
        texts = list(itertools.islice(long, count))
    if not texts:
        raise CommandError(f"No article of {path} has {WORDS} words.")
    return texts


def clock(work: Callable[[], object]) -> float:
    """Processor seconds, which other work on the machine disturbs less than the wall clock."""
    start = time.process_time()
    work()
    return time.process_time() - start


class Command(BaseCommand):
    """Alternates between them in blocks, so that a change of the machine's load meets all alike."""

    help = "Measure articles per second of the whole analysis, of the tags alone and of the bare model."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, default=1000)
        parser.add_argument("--block", type=int, default=50)
        parser.add_argument(
            "--texts",
            type=Path,
            metavar="FILE",
            help="*.jsonl.gz of articles with a text, instead of the demonstration articles, "
            "in which nearly every sentence attributes something",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file, count = options["texts"], options["count"]
        texts = read_texts(file, count) if file else make_texts(count)
        lexicon, nlp = load_lexicon(), load_language()
        analyze("", texts[0], lexicon)
        whole = tags = bare = 0.0
        for start in range(0, len(texts), options["block"]):
            block = texts[start : start + options["block"]]
            bare += clock(lambda block=block: [len(doc) for doc in nlp.pipe(block)])  # type: ignore[misc]
            tags += clock(lambda block=block: [find_tags("", text, lexicon) for text in block])  # type: ignore[misc]
            whole += clock(lambda block=block: [analyze("", text, lexicon) for text in block])  # type: ignore[misc]
        self._print(texts, whole, tags, bare)

    def _print(self, texts: list[str], whole: float, tags: float, bare: float) -> None:
        words = sum(len(text.split()) for text in texts)
        self.stdout.write("| work | articles per processor second | words per processor second |")
        self.stdout.write("|---|---|---|")
        for name, seconds in (
            ("bare nlp.pipe, recognizer included", bare),
            ("tags alone", tags),
            ("whole analysis", whole),
        ):
            self.stdout.write(f"| {name} | {len(texts) / seconds:.1f} | {words / seconds:,.0f} |")
        self.stdout.write(
            f"ratio {bare / tags:.2f} for the tags, {bare / whole:.2f} for the whole; the brief adds "
            f"{(whole - tags) / len(texts) * 1000:.0f} ms an article "
            f"({len(texts)} articles of {words / len(texts):.0f} words)"
        )
