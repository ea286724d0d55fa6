"""Group: find the article whose text this one repeats, and the story it belongs to."""

from django.db import transaction

from analysis.services.duplicates import find_copies, join_copies, store_fingerprint
from analysis.services.profiles import store_profile
from analysis.services.stories import hold_group_lock, leave_story, place_article, unsettled_articles
from articles.leases import Lease, finish
from articles.models import Article, Stage
from articles.services import record_audit
from articles.services.claims import hold_row

SETTLED_AT_ONCE = 50  # articles at one tick; the next tick takes the rest


def group_and_store(lease: Lease) -> bool:
    """Point the article at the first one with (almost) the same text and place it in its story; False when too late.

    One worker at a time: two copies that are grouped at once would each take the other for the first.
    """
    store_profile(
        Article.objects.select_related("version").get(pk=lease.id)
    )  # the slow part, before the lock
    with transaction.atomic():
        hold_group_lock()
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
        if not finish(lease, stage=Stage.GROUPED, duplicate_of=original):
            return False
        place_article(article.pk)
        return True


def settle_stories(limit: int = SETTLED_AT_ONCE) -> int:
    """Take withdrawn articles out of their stories and place those that have no story profile yet; how many."""
    found = unsettled_articles(limit)
    for article_id, is_present in found:
        if is_present:
            place_again(article_id)
        else:
            with transaction.atomic():
                hold_group_lock()
                leave_story(article_id)
    return len(found)


def place_again(article_id: int) -> None:
    """Place an article that went through the belt before; twice changes nothing."""
    store_profile(Article.objects.select_related("version").get(pk=article_id))
    with transaction.atomic():
        hold_group_lock()
        place_article(article_id)


def grouped_articles(*, is_missing: bool) -> list[int]:
    """Ids of present articles at the end of the belt, oldest first; with `is_missing` those never placed."""
    rows = Article.objects.present().filter(stage=Stage.GROUPED)
    if is_missing:
        rows = rows.filter(story_profile__isnull=True)
    return list(rows.order_by("dated_at", "pk").values_list("pk", flat=True))


def find_original(article: Article) -> Article | None:
    """The first article with this text, edited or cut; None when this one is it."""
    if article.version is None:
        return None
    copies = find_copies(article, store_fingerprint(article.version))
    return join_copies(article, copies) if copies else None
