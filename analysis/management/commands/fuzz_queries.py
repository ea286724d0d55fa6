"""`manage fuzz_queries`: a hundred thousand queries nobody would type; none may fail or run over its time."""

import time
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.management.corpus.queries import fuzzed
from analysis.query import QueryError, complete, parse_query
from analysis.search import Filters, Place, find_articles

SHOWN = 10  # failures told in full


class Command(BaseCommand):
    """Each is parsed and completed; what is understood runs against Postgres, as the page would run it."""

    help = "Throw fuzzed queries at the parser and at Postgres."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, default=100_000, metavar="N")
        parser.add_argument("--parse-only", action="store_true", help="leave Postgres alone")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(username="fuzz", is_superuser=True, is_active=True)
        understood = cut = 0
        failures: list[str] = []
        slowest, begun = (0.0, ""), time.monotonic()
        for text in fuzzed(options["count"]):
            started = time.monotonic()
            try:
                query = understand(text)
                understood += query is not None
                if query is not None and not options["parse_only"]:
                    cut += find_articles(query, user).look(Place()).is_cut
            except Exception as problem:
                failures.append(f"{text!r}: {type(problem).__name__}: {problem}")
            slowest = max(slowest, (time.monotonic() - started, text))
        self.stdout.write(
            f"{options['count']:,} queries in {time.monotonic() - begun:.0f} s: {understood:,} understood, "
            f"{len(failures)} failures, {cut} over their time; slowest {slowest[0]:.2f} s: {slowest[1]!r}"
        )
        if failures or cut:
            raise CommandError("\n".join(failures[:SHOWN]) or "Some statements ran over their time.")


def understand(text: str) -> Filters | None:
    """The filters the query means, None when it is a mistake that is explained."""
    complete(text, len(text) // 2)
    try:
        return Filters(query=parse_query(text))
    except QueryError as error:
        if not (0 <= error.start <= error.end and error.message):
            raise ValueError("a mistake without a place") from error
        return None
