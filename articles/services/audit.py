"""The audit trail: one row for every change and every export, in the transaction of the change."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from articles.models import Article, Audit


def record_audit(
    verb: str, row: models.Model | None, *, by: User | None, detail: dict[str, Any] | None = None
) -> Audit:
    """Write who did what to which row. `detail` holds plain JSON values, for changes {"field": [before, after]}.

    Call it inside the transaction that makes the change. `by` is None for the system's own work.
    """
    return Audit.objects.create(
        by=by if by is not None and by.pk else None,
        verb=verb,
        model=row._meta.label_lower if row is not None else "",
        row_id=row.pk if row is not None else None,
        label=str(row)[:300] if row is not None else "",
        detail=detail or {},
    )


def record_audits(
    verb: str, articles: Iterable[tuple[int, str, dict[str, Any]]], *, by: User | None
) -> list[Audit]:
    """The same for many articles, in one statement: (number, title, detail) of each."""
    rows = [
        Audit(
            by=by,
            verb=verb[:40],
            model=Article._meta.label_lower,
            row_id=pk,
            label=title[:300],
            detail=detail,
        )
        for pk, title, detail in articles
    ]
    return Audit.objects.bulk_create(rows)
