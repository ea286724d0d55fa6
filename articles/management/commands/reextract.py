"""Read stored pages again: `manage reextract [ID…] [--older] [--now]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.tasks import analyze_article, reextraction_step
from articles.hints import hint
from articles.models import Article
from articles.services import older_articles, run_reextraction_step, start_reextraction


class Command(BaseCommand):
    """Plans a re-extraction, shown with its progress under Re-extraction; `--now` does it here."""

    help = "Extract articles again from their stored bytes with the present extractor; nothing is fetched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, help="articles")
        parser.add_argument("--older", action="store_true", help="all that another extractor version read")
        parser.add_argument("--now", action="store_true", help="do it in this process")

    def handle(self, *args: Any, ids: list[int], older: bool, now: bool, **options: Any) -> None:
        if bool(ids) == older:
            raise CommandError("Name articles by their numbers, or say --older for all that are due.")
        chosen = (
            older_articles()
            if older
            else list(Article.objects.filter(pk__in=ids).values_list("pk", flat=True))
        )
        if not chosen:
            self.stdout.write("Nothing to read again.")
            return
        job = start_reextraction(chosen, reason="From the command line", by=None)
        if not now:
            hint(reextraction_step, job.pk)
        while now:
            step = run_reextraction_step(job.pk)
            for article_id in step.opened:
                hint(analyze_article, article_id)
            if not step.has_more:
                break
        job.refresh_from_db()
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(job.counts.items()))
        self.stdout.write(f"Re-extraction {job.pk}: {len(chosen)} articles, {job.stage}. {told}".strip())
