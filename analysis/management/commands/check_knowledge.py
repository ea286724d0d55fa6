"""Check the knowledge tables: duplicates, cycles, dead codes, dangerous aliases."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.pipeline.knowledge import load_lexicon, load_ownerships
from analysis.pipeline.knowledge_check import ERROR, Finding, check_lexicon, check_tables


class Command(BaseCommand):
    """`manage check_knowledge [--warnings]`: prints findings, fails when there is an error."""

    help = "Find duplicates, cycles, dead codes and dangerous aliases in analysis/pipeline/data."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--warnings", action="store_true", help="list the warnings too, not only their number"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lexicon = load_lexicon()
        findings = check_tables() + check_lexicon(lexicon, load_ownerships())
        for finding in findings:
            if finding.severity == ERROR or options["warnings"]:
                self.stdout.write(f"{finding.severity}: {finding.check}: {finding.subject}: {finding.detail}")
        self._sum_up(findings)
        kinds = Counter(entity.kind for entity in lexicon.entities.values())
        self.stdout.write(
            f"{len(lexicon.entities)} entities, {len(lexicon.aliases)} names, version {lexicon.version}"
        )
        self.stdout.write(", ".join(f"{number} {kind}" for kind, number in kinds.most_common()))
        if any(finding.severity == ERROR for finding in findings):
            raise CommandError("the knowledge tables have errors")

    def _sum_up(self, findings: list[Finding]) -> None:
        for (severity, check), number in sorted(Counter((f.severity, f.check) for f in findings).items()):
            self.stdout.write(f"{severity}: {check}: {number}")
