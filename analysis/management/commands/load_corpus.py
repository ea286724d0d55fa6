"""`manage load_corpus`: a desk of 100,000 or a million made-up articles, for measuring. Never for a real desk."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.management.corpus.loading import Plan, load, made_articles, real_articles, remove

CORPUS = Path(settings.BASE_DIR).parent / "shared" / "data" / "corpus"
MOST = 1_000_000


class Command(BaseCommand):
    """Real paragraphs recombined where a corpus lies beside the checkout, generated ones otherwise."""

    help = "Fill an empty desk with made-up articles, to measure how fast pages are at that size."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--articles", type=int, default=100_000, metavar="N")
        parser.add_argument(
            "--texts", type=Path, default=CORPUS, metavar="FOLDER", help="*.jsonl.gz with a text"
        )
        parser.add_argument("--remove", action="store_true", help="take the made-up articles away again")
        parser.add_argument(
            "--beside-real-articles",
            action="store_true",
            help="load although the desk has articles of its own",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self.stdout.write(f"{remove():,} articles removed.")
            return
        if not 0 < options["articles"] <= MOST:
            raise CommandError(f"Between 1 and {MOST:,} articles can be made.")
        if made_articles():
            raise CommandError("There are made-up articles already; take them away first with --remove.")
        if real_articles() and not options["beside_real_articles"]:
            raise CommandError(
                "This desk has real articles. Use another place (NEWSINTEL_VAR), or say --beside-real-articles."
            )
        load(Plan(options["articles"], options["texts"], self.stdout.write))
