"""Hand in addresses and files from the command line: `manage submit URL|FILE… [--by NAME]`."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.tasks import hint_article
from articles.services import SubmissionRefused, Submitted, submit_files, submit_url


class Command(BaseCommand):
    """One line of answer for each thing handed in; exit status 1 when any was refused."""

    help = "Hand in addresses and files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("given", nargs="+", metavar="URL|FILE")
        parser.add_argument("--by", default="", help="user name of the person who hands it in")

    def handle(self, *args: Any, given: list[str], by: str, **options: Any) -> None:
        person = User.objects.filter(username=by).first()
        if by and person is None:
            raise CommandError(f"There is no user named {by}.")
        refused = 0
        for one in given:
            try:
                for submitted in hand_in(one, by=person):
                    hint_article(submitted.article)
                    self.stdout.write(
                        f"{submitted.article.pk}\t{submitted.article.status}\t{one}\t{submitted.message}"
                    )
            except SubmissionRefused as reason:
                refused += 1
                self.stderr.write(f"-\trefused\t{one}\t{reason.reason}")
        if refused:
            raise CommandError(f"{refused} of {len(given)} were refused.")


def hand_in(given: str, *, by: User | None) -> list[Submitted]:
    """A file when there is one of this name, else an address."""
    path = Path(given)
    if path.is_file():
        return list(submit_files(path.name, path.read_bytes(), by=by).submitted)
    return [submit_url(given, by=by)]
