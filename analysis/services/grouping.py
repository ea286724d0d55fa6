"""Group: find the article whose text this one repeats."""

from django.db import connection, transaction

from articles.leases import Lease, finish
from articles.models import Article, Stage, Version
from articles.services import record_audit
from articles.services.claims import hold_row

# Any fixed number will do; it names the right to look at neighbors and decide.
GROUP_LOCK = 7_201_002


def group_and_store(lease: Lease) -> bool:
    """Point the article at the first one with the same text; False when the lease was lost.

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
    """The oldest article whose current text is this very text; None when this one is it."""
    version = article.version
    if version is None or not version.text.strip():
        return None
    same = Version.objects.filter(text_hash=version.text_hash, article_id__lt=article.pk).values("article_id")
    return (
        Article.objects.present()
        .filter(pk__in=same, version__text_hash=version.text_hash, duplicate_of__isnull=True)
        .order_by("pk")
        .first()
    )
