"""How right the tags are: measured on gold data, and by what analysts decided since."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth

from analysis.models import Judgment, Kind

MEASURED = Path(__file__).resolve().parents[1] / "pipeline" / "data" / "quality.json"
DECISION = Judgment.Decision
# A machine's tag was right when it was accepted; another kind or entity means that it was wrong as it stood.
RIGHT = Q(decision=DECISION.ACCEPT)
WRONG = Q(decision__in=[DECISION.REJECT, DECISION.REKIND, DECISION.RELINK])
MISSED = Q(decision=DECISION.ADD)
GROUPS = (("Kind", "kind"), ("Method", "method"), ("Source", "article__source__name"), ("Month", "month"))
MAX_LINES = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One group of judged tags. Precision and recall are shares from 0 to 1, None while nothing decides them."""

    label: str
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """Share of judged machine tags that were right."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None

    @property
    def recall(self) -> float | None:
        """Share of the right tags that the machine had found; analysts add what they notice, so an upper bound."""
        known = self.right + self.missed
        return self.right / known if known else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both."""
        if not self.precision or not self.recall:
            return None
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def judged_quality() -> list[tuple[str, list[Line]]]:
    """Tables by kind, method, source and month over every judgment that stands, one statement each."""
    standing = Judgment.objects.filter(undone_at__isnull=True).annotate(month=TruncMonth("at"))
    return [(title, _lines(standing, column)) for title, column in GROUPS]


def _lines(judgments: QuerySet[Judgment], column: str) -> list[Line]:
    rows = (
        judgments.annotate(label=F(column)) if column != "month" else judgments.annotate(label=F("month"))
    ).values("label")
    counted = rows.annotate(
        right=Count("pk", filter=RIGHT), wrong=Count("pk", filter=WRONG), missed=Count("pk", filter=MISSED)
    ).order_by("-right", "-wrong", "label")
    return [
        Line(_label(column, row["label"]), row["right"], row["wrong"], row["missed"])
        for row in counted[:MAX_LINES]
    ]


def _label(column: str, value: Any) -> str:
    if column == "month":
        return f"{value:%Y-%m}"
    if column == "kind" and value in Kind.values:
        return str(Kind(value).label)
    return str(value) if value else "Not known"


def measured_quality() -> dict[str, Any]:
    """What `manage evaluate --save` last wrote: {date, commit, tables: [{title, note, columns, rows}, …]}."""
    if not MEASURED.is_file():
        return {"tables": []}
    found = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {"tables": []}
