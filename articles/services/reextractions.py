"""Extracting chosen articles again, in the background: progress, pause, and what it changed."""

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from articles.extraction import EXTRACTOR_VERSION
from articles.leases import Lease, claim, finish, mine, renew
from articles.models import Article, Reextraction
from articles.services.audit import record_audit
from articles.services.rereading import Outcome, Reread, keep_reading, reread

STEP_SECONDS = 10  # of work in one task; a pause takes effect at the next article
SKIP_AFTER = 3  # tries after which an article that kills workers is passed over
MOST_CHANGES = 1000  # kept for the page; the counts are of all
RUNNING = Reextraction.ReextractionStage.RUNNING
DONE = Reextraction.ReextractionStage.DONE


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did: the articles that now wait for analysis, and whether there is more to read."""

    opened: tuple[int, ...] = ()
    has_more: bool = False


def older_articles() -> list[int]:
    """Ids of the articles whose current text, or failed reading, is another extractor's work on stored bytes."""
    read = Q(version__snapshot__isnull=False) & ~Q(version__extractor_version=EXTRACTOR_VERSION)
    unread = Q(version__isnull=True, failed_at__isnull=False, snapshots__isnull=False)
    found = Article.objects.present().filter(read | unread).order_by("pk").values_list("pk", flat=True)
    return list(found.distinct())


def start_reextraction(article_ids: Iterable[int], *, reason: str, by: User | None) -> Reextraction:
    """Plan a re-extraction of these articles; the caller hints `reextraction_step`, or the reconciler finds it."""
    wanted = sorted(set(article_ids))
    with transaction.atomic():
        job = Reextraction.objects.create(
            article_ids=wanted, reason=reason[:300], by=by, extractor_version=EXTRACTOR_VERSION
        )
        detail = {"articles": len(wanted), "reason": reason[:300], "extractor": EXTRACTOR_VERSION}
        record_audit("start re-extraction", job, by=by, detail=detail)
    return job


def pause_reextraction(job: Reextraction, *, by: User) -> Reextraction:
    """Stop after the article that is being read."""
    return _set_paused(job, by=by, is_paused=True)


def resume_reextraction(job: Reextraction, *, by: User) -> Reextraction:
    """Go on where it was stopped."""
    return _set_paused(job, by=by, is_paused=False)


@transaction.atomic
def _set_paused(job: Reextraction, *, by: User, is_paused: bool) -> Reextraction:
    row = Reextraction.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if row.is_paused != is_paused and row.stage == RUNNING:
        Reextraction.objects.filter(pk=row.pk).update(is_paused=is_paused, stage_at=Now())
        record_audit("pause re-extraction" if is_paused else "resume re-extraction", row, by=by)
        row.refresh_from_db()
    return row


def run_reextraction_step(job_id: int) -> Step:
    """Read the next articles for about ten seconds."""
    where = Q(is_paused=False)
    lease = claim(Reextraction, job_id, stage=RUNNING, seconds=settings.LEASE_SECONDS, where=where)
    if lease is None:
        return Step()
    job = Reextraction.objects.get(pk=job_id)
    if lease.attempt > SKIP_AFTER:
        _pass_over(job, lease)
    opened: list[int] = []
    until = time.monotonic() + STEP_SECONDS
    while job.position < len(job.article_ids) and time.monotonic() < until:
        article_id = job.article_ids[job.position]
        told = _advance(lease, job, article_id)
        if told is None:
            break
        if told.outcome is Outcome.CHANGED:
            opened.append(article_id)
    return _end_step(lease, job, tuple(opened))


def _end_step(lease: Lease, job: Reextraction, opened: tuple[int, ...]) -> Step:
    if job.position >= len(job.article_ids):
        finish(lease, stage=DONE)
        return Step(opened)
    goes_on = finish(lease, stage=RUNNING) and not Reextraction.objects.get(pk=job.pk).is_paused
    return Step(opened, goes_on)


def _pass_over(job: Reextraction, lease: Lease) -> None:
    """Begin behind the article at which the work ended too often."""
    if job.position < len(job.article_ids):
        told = Reread(Outcome.PASSED_OVER, note="The work on it ended several times.")
        mine(lease).update(**_noted(job, told))


def _advance(lease: Lease, job: Reextraction, article_id: int) -> Reread | None:
    """Read one article again and note what changed; None when paused or the lease was lost.

    The text and the job's progress are written together: a killed worker leaves both or neither.
    """
    if not renew(lease, seconds=settings.LEASE_SECONDS):
        return None
    if Reextraction.objects.filter(pk=job.pk, is_paused=True).exists():
        return None
    reading = reread(article_id)
    with transaction.atomic():
        told = keep_reading(reading)
        if mine(lease).update(**_noted(job, told)):
            return told
        transaction.set_rollback(True)
    return None


def _noted(job: Reextraction, told: Reread) -> dict[str, Any]:
    """The job's columns after one more article, copied onto the object too."""
    line = {"article": job.article_ids[job.position], **asdict(told)}
    if told.outcome is not Outcome.UNCHANGED and len(job.changes) < MOST_CHANGES:
        job.changes = [*job.changes, line]
    job.counts = job.counts | {told.outcome.value: job.counts.get(told.outcome.value, 0) + 1}
    job.position += 1
    return {"position": job.position, "changes": job.changes, "counts": job.counts}
