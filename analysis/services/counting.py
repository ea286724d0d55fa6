"""Counts that follow withdrawals, and counting everything anew."""

from collections import Counter

from django.db import transaction
from django.db.models import Q

from analysis.models import Analysis, Entity
from analysis.services.settling import Change, Ledger, settle_article, settle_counts_of
from articles.models import READY_STAGES, Article

CHUNK = 200  # articles in one transaction


def settle_counts() -> int:
    """Take withdrawn articles out of the entities' counts and restored ones in; how many articles changed."""
    is_ready = Q(withdrawn_at__isnull=True, stage__in=READY_STAGES)
    off = Article.objects.filter((Q(is_counted=True) & ~is_ready) | (Q(is_counted=False) & is_ready))
    if not off.exists():
        return 0
    with transaction.atomic():
        rows = list(off.select_for_update(of=("self",)).order_by("pk")[:CHUNK])
        ledger = Ledger()
        for row in rows:
            settle_counts_of(row, ledger)
        ledger.close()
    return len(rows)


@transaction.atomic
def settle_again(article_id: int) -> Change | None:
    """Derive one article's mentions, tags and copies anew; None when it has no analysis."""
    article = Article.objects.select_for_update(of=("self",)).filter(pk=article_id).first()
    if (
        article is None
        or article.version is None
        or not Analysis.objects.filter(version=article.version).exists()
    ):
        return None
    ledger = Ledger()
    change = settle_article(article, article.version, ledger)
    ledger.close()
    return change


@transaction.atomic
def recount_entities() -> int:
    """Count every entity's articles anew; how many counts were wrong."""
    counts: Counter[int] = Counter()
    for ids in Article.objects.ready().values_list("entity_ids", flat=True).iterator(chunk_size=2000):
        counts.update(ids)
    wrong = [
        Entity(pk=pk, article_count=counts[pk])
        for pk, count in Entity.objects.order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", "article_count")
        if counts[pk] != count
    ]
    Entity.objects.bulk_update(wrong, ["article_count"], batch_size=1000)
    return len(wrong)
