"""Group: find the article whose text this one repeats."""

from django.db import connection, transaction

from analysis.services.duplicates import find_copies, join_copies, store_fingerprint
from articles.leases import Lease, finish
from articles.models import Article, Stage
from articles.services import record_audit
from articles.services.claims import hold_row

# Any fixed number will do; it names the right to look at neighbors and decide.
GROUP_LOCK = 7_201_002


def group_and_store(lease: Lease) -> bool:
    """Point the article at the first one with (almost) the same text; False when the lease was lost.

    One worker at a time: two copies that are grouped at once would each take the other for the first.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GROUP_LOCK])
        article = hold_row(lease)
        if article is None:
            return False
        original = find_original(article)
        if original is not None and article.duplicate_of_id != original.pk:
            record_audit(
                "join copies",
                article,
                by=None,
                detail={"duplicate_of": [article.duplicate_of_id, original.pk]},
            )
        return finish(lease, stage=Stage.GROUPED, duplicate_of=original)


def find_original(article: Article) -> Article | None:
    """The first article with this text, edited or cut; None when this one is it."""
    if article.version is None:
        return None
    copies = find_copies(article, store_fingerprint(article.version))
    return join_copies(article, copies) if copies else None
