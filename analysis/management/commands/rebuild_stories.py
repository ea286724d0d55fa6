"""rebuild_stories: group all articles into stories anew, under the analysts' decisions; stories keep their numbers."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from analysis.services.grouping import grouped_articles, place_again


class Command(BaseCommand):
    """Goes through the archive in order of date; it may be stopped and started again at any time."""

    help = "Group all articles into stories anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--missing", action="store_true", help="only articles that were never grouped")

    def handle(self, *args: Any, **options: Any) -> None:
        started, number = time.monotonic(), 0
        for article_id in grouped_articles(is_missing=options["missing"]):
            place_again(article_id)
            number += 1
        self.stdout.write(f"{number} articles grouped in {time.monotonic() - started:.0f} s.")
