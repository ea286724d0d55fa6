"""Derive mentions, tags, search and counts anew from what is stored: `manage rebuild`. No pipeline runs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from analysis.services import recount_days, recount_entities, settle_again
from articles.models import Article


class Command(BaseCommand):
    """For after a restore, a change of the search configuration, or doubt."""

    help = "Derive tags, search and counts anew from stored findings, judgments and merges."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, help="articles; all when none is named")
        parser.add_argument("--counts", action="store_true", help="only the counts by day and by entity")

    def handle(self, *args: Any, ids: list[int], counts: bool = False, **options: Any) -> None:
        done = 0 if counts else self._derive(ids)
        wrong, days = recount_entities(), recount_days()
        self.stdout.write(
            f"{done} articles derived anew, {wrong} counts corrected, {days} days counted anew."
        )

    def _derive(self, ids: list[int]) -> int:
        """Settle each article again; how many."""
        wanted = Article.objects.ready().order_by("pk")
        if ids:
            wanted = wanted.filter(pk__in=ids)
        done = 0
        for article_id in wanted.values_list("pk", flat=True).iterator(chunk_size=1000):
            with transaction.atomic():
                done += settle_again(article_id) is not None
        return done
