"""`manage verify_evidence`: hash every captured page again and follow the chain from the first to the last."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.models import Snapshot
from articles.services.snapshots import broken_snapshots


class Command(BaseCommand):
    """Exit status 1 and one line per fault when anything was changed or is missing."""

    help = "Hash every captured page again and check the chain."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(broken_snapshots())
        for number, fault in faults:
            self.stderr.write(f"snapshot {number}: {fault}")
        count = Snapshot.objects.count()
        if faults:
            raise CommandError(f"{len(faults)} faults in {count} snapshots.")
        self.stdout.write(f"{count} snapshots verified: bytes, hashes and chain agree.")
