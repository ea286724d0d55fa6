"""Analyze articles again: `manage reanalyze [ID…] [--older] [--now]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analysis.pipeline import PIPELINE_VERSION
from analysis.services import run_rerun_step, start_rerun
from analysis.tasks import rerun_step
from articles.hints import hint
from articles.models import Article


class Command(BaseCommand):
    """Plans a re-run, shown with its progress under re-runs; `--now` does it here instead of in the workers."""

    help = "Analyze articles again with the present pipeline and lexicon."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, help="articles; all when none is named")
        parser.add_argument(
            "--older", action="store_true", help="only those analyzed by another pipeline version"
        )
        parser.add_argument("--now", action="store_true", help="do it in this process")

    def handle(self, *args: Any, ids: list[int], older: bool, now: bool, **options: Any) -> None:
        wanted = Article.objects.ready()
        if ids:
            wanted = wanted.filter(pk__in=ids)
        if older:
            wanted = wanted.exclude(version__analysis__pipeline_version=PIPELINE_VERSION)
        chosen = list(wanted.values_list("pk", flat=True))
        rerun = start_rerun(chosen, reason="From the command line", by=None)
        if not now:
            hint(rerun_step, rerun.pk)
        while now and run_rerun_step(rerun.pk):
            continue
        rerun.refresh_from_db()
        self.stdout.write(
            f"Re-run {rerun.pk}: {len(chosen)} articles, {rerun.stage}, {len(rerun.changes)} changed."
        )
