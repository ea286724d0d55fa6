"""Analyzing chosen articles again, in the background: progress, pause, and what it changed."""

import time
from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from analysis.models import Entity, Rerun
from analysis.services.counting import settle_again
from analysis.services.settling import Change
from analysis.services.storing import lock_article, replace_analysis, run_pipeline
from articles.leases import Lease, claim, finish, mine, renew
from articles.models import Article
from articles.services import record_audit

STEP_SECONDS = 10  # of work in one task; a pause takes effect at the next article
SKIP_AFTER = 3  # tries after which an article that kills workers is passed over


def start_rerun(article_ids: Iterable[int], *, reason: str, by: User | None) -> Rerun:
    """Plan a re-run over these articles; the caller hints `rerun_step`, or the reconciler finds it."""
    wanted = sorted(set(article_ids))
    with transaction.atomic():
        rerun = Rerun.objects.create(article_ids=wanted, reason=reason[:300], by=by)
        record_audit("start re-run", rerun, by=by, detail={"articles": len(wanted), "reason": reason[:300]})
    return rerun


def pause_rerun(rerun: Rerun, *, by: User) -> Rerun:
    """Stop after the article that is being analyzed."""
    return _set_paused(rerun, by=by, is_paused=True)


def resume_rerun(rerun: Rerun, *, by: User) -> Rerun:
    """Go on where it was stopped."""
    return _set_paused(rerun, by=by, is_paused=False)


@transaction.atomic
def _set_paused(rerun: Rerun, *, by: User, is_paused: bool) -> Rerun:
    row = Rerun.objects.select_for_update(of=("self",)).get(pk=rerun.pk)
    if row.is_paused != is_paused and row.stage == Rerun.RerunStage.RUNNING:
        Rerun.objects.filter(pk=row.pk).update(is_paused=is_paused, stage_at=Now())
        record_audit("pause re-run" if is_paused else "resume re-run", row, by=by)
        row.refresh_from_db()
    return row


def run_rerun_step(rerun_id: int) -> bool:
    """Analyze the next articles for about ten seconds; True when there is more to do."""
    where = Q(is_paused=False)
    lease = claim(
        Rerun, rerun_id, stage=Rerun.RerunStage.RUNNING, seconds=settings.LEASE_SECONDS, where=where
    )
    if lease is None:
        return False
    rerun = Rerun.objects.get(pk=rerun_id)
    position = _pass_over(rerun, lease)
    until = time.monotonic() + STEP_SECONDS
    while position < len(rerun.article_ids) and time.monotonic() < until:
        if not _advance(lease, rerun, position):
            break
        position += 1
    if position >= len(rerun.article_ids):
        finish(lease, stage=Rerun.RerunStage.DONE)
        return False
    return finish(lease, stage=Rerun.RerunStage.RUNNING) and not Rerun.objects.get(pk=rerun_id).is_paused


def _pass_over(rerun: Rerun, lease: Lease) -> int:
    """Where to begin: behind an article at which the work ended too often."""
    if lease.attempt <= SKIP_AFTER or rerun.position >= len(rerun.article_ids):
        return rerun.position
    changes = [
        *rerun.changes,
        [rerun.article_ids[rerun.position], [], [], "passed over: the work ended several times"],
    ]
    mine(lease).update(position=rerun.position + 1, changes=changes)
    rerun.changes = changes
    return rerun.position + 1


def _advance(lease: Lease, rerun: Rerun, position: int) -> bool:
    """Analyze one article again and note what changed; False when paused or the lease was lost."""
    if not renew(lease, seconds=settings.LEASE_SECONDS):
        return False
    if Rerun.objects.filter(pk=rerun.pk, is_paused=True).exists():
        return False
    article_id = rerun.article_ids[position]
    change = settle_again(article_id) if rerun.is_settling else rerun_article(article_id)
    if change is not None and (change.added or change.removed):
        rerun.changes = [*rerun.changes, [article_id, _names(change.added), _names(change.removed)]]
    return bool(mine(lease).update(position=position + 1, changes=rerun.changes))


def rerun_article(article_id: int) -> Change | None:
    """Run the pipeline again over the current version; None when there is nothing to analyze, or the text changed."""
    article = Article.objects.ready().select_related("source", "version").filter(pk=article_id).first()
    if article is None or article.version is None:
        return None
    result = run_pipeline(article)
    with transaction.atomic():
        row = lock_article(article_id)
        if row is None or row.version_id != article.version_id:
            return None
        return replace_analysis(row, result)


def _names(ids: Iterable[int]) -> list[str]:
    return sorted(Entity.objects.filter(pk__in=ids).values_list("name", flat=True))
