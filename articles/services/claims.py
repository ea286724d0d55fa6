"""The belt's grip on an article: claim it, fail it, or let it wait with a growing pause."""

import random
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from articles.leases import Lease, claim, fail, give_back, mine
from articles.models import Article
from articles.services.audit import record_audit

WORKABLE = Q(withdrawn_at__isnull=True, hold_reason="")
FIRST_PAUSE = 30  # seconds before the second try; doubles with every further one
LONGEST_PAUSE = 3600


def claim_article(article_id: int, *, stage: str) -> Lease | None:
    """The right to work on the article, if it stands at `stage`; None when done, gone or in other hands.

    An article that was claimed MAX_ATTEMPTS times without being finished or given back kills workers: it fails.
    """
    lease = claim(Article, article_id, stage=stage, seconds=settings.LEASE_SECONDS, where=WORKABLE)
    if lease is None:
        return None
    if lease.attempt > settings.MAX_ATTEMPTS:
        tries = settings.MAX_ATTEMPTS
        fail_article(lease, f"Work on this article was begun {tries} times and never came to an end.")
        return None
    return lease


def fail_article(lease: Lease, reason: str) -> bool:
    """Note a permanent failure; False when the lease was lost meanwhile."""
    with transaction.atomic():
        article = Article.objects.filter(pk=lease.id).first()
        if article is None or not fail(lease, reason=reason):
            return False
        record_audit("fail", article, by=None, detail={"stage": lease.stage, "reason": reason[:500]})
    return True


def postpone_article(lease: Lease, reason: str, *, at_least: float = 0) -> bool:
    """Note a temporary failure and try again later; after MAX_ATTEMPTS tries it is a permanent one."""
    if lease.attempt >= settings.MAX_ATTEMPTS:
        return fail_article(lease, f"{reason} Tried {lease.attempt} times.")
    return give_back(lease, retry_in=pause(lease.attempt, at_least=at_least))


def pause(attempt: int, *, at_least: float = 0) -> timedelta:
    """30 s, 60 s, 120 s … up to an hour, each ±20 % so that many failures do not come back at once."""
    seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * random.uniform(0.8, 1.2)  # noqa: S311
    return timedelta(seconds=max(seconds, min(at_least, LONGEST_PAUSE)))


def hold_row(lease: Lease) -> Article | None:
    """The article locked until the transaction ends, while the lease is still this one."""
    if not mine(lease).select_for_update().exists():
        return None
    return Article.objects.select_for_update(of=("self",)).get(pk=lease.id)
