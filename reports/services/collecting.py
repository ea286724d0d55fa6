"""Putting several articles into a report at once, and taking that back."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction

from articles.models import Action, Article
from articles.services import record_audit
from articles.services.bulk import NothingToUndo, claim_action, counted, note_action
from reports.models import Report, ReportItem
from reports.services.reports import add_articles, create_report


@transaction.atomic
def collect(
    report: Report | None, *, articles: Sequence[Article], by: User, title: str = ""
) -> Action | None:
    """Add articles to a report, or to a new one; None when all were in it. Raises ReportLocked."""
    is_new = report is None
    before = set() if report is None else set(report.items.values_list("article_id", flat=True))
    if report is None:
        report = create_report(title, articles=articles, by=by)
    else:
        add_articles(report, articles=articles, by=by)
    fresh = report.items.exclude(article__in=before).values_list("article_id", "pk")
    added = {str(article): item for article, item in fresh}
    if not added:
        return None
    text = f"{counted(len(added))} added to “{report.title[:120]}”."
    value = f"{'new:' if is_new else ''}{report.pk}"
    return note_action(Action.Verb.REPORT, value=value, before=added, text=text, by=by)


@transaction.atomic
def undo_collect(pk: int, *, by: User) -> tuple[int, int]:
    """Take the articles out again, but for those that got a note since; a report made for them goes when empty.

    Returns how many went and how many stayed. Raises NothingToUndo, also for a report that is final by now.
    """
    action = claim_action(pk, by=by, verbs=[Action.Verb.REPORT])
    report = Report.objects.select_for_update().filter(pk=int(action.value.removeprefix("new:"))).first()
    if report is None:
        raise NothingToUndo("That report is gone.")
    if report.locked_at:
        raise NothingToUndo("The report is final by now.")
    items = ReportItem.objects.filter(pk__in=list(action.before.values()), report=report, note="")
    gone, _ = items.delete()
    record_audit("undo add to report", report, by=by, detail={"articles": gone})
    if action.value.startswith("new:") and not report.items.exists():
        report.delete()
    return gone, len(action.before) - gone
