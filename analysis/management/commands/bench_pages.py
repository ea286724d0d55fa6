"""`manage bench_pages`: how long the server takes for the pages analysts live in, and with how many statements."""

import math
import statistics
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import Group, User
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.management.corpus.queries import mixed
from analysis.models import Entity
from articles.models import Article

NAME = "bench-pages"
MOST_FREQUENT = 400  # the entities that pages are asked for, spread over frequent and rare
TYPED = (
    "ko",
    "kor",
    "country:no",
    "company:ama",
    "researcher:na",
    "org:un",
    "threat:la",
    "source:source-0",
    "state:i",
)


class Command(BaseCommand):
    """In this process, through all of Django, as a signed-in analyst; nothing is taken from the cache."""

    help = "Measure the pages on this desk's articles (see load_corpus): p50, p95, most statements."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, default=200, metavar="N", help="requests of each kind")
        parser.add_argument(
            "--rounds",
            type=int,
            default=1,
            metavar="N",
            help="ask each address N times, its fastest answer counts (on a machine shared with other work)",
        )
        parser.add_argument(
            "--pause",
            type=float,
            default=0.0,
            metavar="SECONDS",
            help="rest before every request (where processor time is rationed, as on many virtual machines)",
        )
        parser.add_argument("--slow", action="store_true", help="name the five slowest of each kind")

    def handle(self, *args: Any, **options: Any) -> None:
        user, _ = User.objects.get_or_create(username=NAME)
        user.set_unusable_password()
        user.save()
        user.groups.add(Group.objects.get(name="analyst"))
        client = Client(headers={"host": "localhost"})
        client.force_login(user)
        try:
            self.stdout.write(
                f"{Article.objects.count():,} articles, {options['count']} requests of each kind, "
                f"best of {options['rounds']}"
            )
            self.stdout.write(machine())
            self.stdout.write(f"{'page':32}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}{'statements':>12}")
            for name, addresses in pages(options["count"]):
                self.measure(client, name, addresses, options)
        finally:
            user.delete()

    def measure(self, client: Client, name: str, addresses: list[str], options: dict[str, Any]) -> None:
        """One line of the table."""
        for address in addresses[:3]:  # compiled templates, connections
            client.get(address)
        best = [math.inf] * len(addresses)
        # One round after the other, so that a slow minute meets an address only once.
        for _ in range(options["rounds"]):
            best = [
                min(so_far, timed(client, address, options["pause"]))
                for so_far, address in zip(best, addresses, strict=True)
            ]
        times = list(zip(best, addresses, strict=True))
        statements = max(
            count_statements(client, address) for address in addresses[:: max(len(addresses) // 20, 1)]
        )
        numbers = sorted(seconds * 1000 for seconds, _ in times)
        p95 = numbers[min(int(len(numbers) * 0.95), len(numbers) - 1)]
        line = f"{name:32}{statistics.median(numbers):9.0f}{p95:9.0f}{numbers[-1]:9.0f}{statements:12}"
        self.stdout.write(line)
        for seconds, address in sorted(times, reverse=True)[: 5 if options["slow"] else 0]:
            self.stdout.write(f"    {seconds * 1000:7.0f} ms  {address}")


def machine() -> str:
    """What this machine makes of work that is the same everywhere: figures of two machines compare beside it."""
    loops, answers = [], []
    for _ in range(20):
        begun = time.perf_counter()
        sum(range(1_000_000))
        loops.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        answers.append(time.perf_counter() - begun)
    return (
        f"machine: adding a million numbers {statistics.median(loops) * 1000:.0f} ms (median of 20), "
        f"SELECT 1 {statistics.median(answers) * 1000:.2f} ms"
    )


def pages(count: int) -> Iterable[tuple[str, list[str]]]:
    """Name and addresses of each kind of page."""
    entities = list(
        Entity.objects.filter(article_count__gt=0)
        .order_by("-article_count", "pk")
        .values_list("pk", flat=True)
    )[:MOST_FREQUENT]
    asked = [entities[number * len(entities) // count] for number in range(count)] if entities else []
    listing, completing = reverse("articles:article_list"), reverse("articles:query_complete")
    yield "search with facets", [f"{listing}?{urlencode({'q': text})}" for text in mixed(count)]
    yield "newest, filtered by entity", [f"{listing}?tag={pk}" for pk in asked]
    yield "newest of all", [listing] * min(count, 40)
    yield "dashboard", [reverse("analysis:dashboard")] * min(count, 40)
    yield "entity", [reverse("analysis:entity_detail", args=[pk]) for pk in asked]
    typed = [TYPED[number % len(TYPED)] for number in range(count)]
    yield "autocomplete", [f"{completing}?{urlencode({'q': text, 'at': len(text)})}" for text in typed]


def timed(client: Client, address: str, pause: float) -> float:
    """Seconds of one request whose counts are not kept from before."""
    cache.clear()
    time.sleep(pause)
    begun = time.perf_counter()
    answer = client.get(address)
    seconds = time.perf_counter() - begun
    if answer.status_code != 200:
        raise CommandError(f"{address} answers {answer.status_code}.")
    return seconds


def count_statements(client: Client, address: str) -> int:
    """SQL statements of one request."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
