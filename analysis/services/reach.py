"""How far a judgment or merge reaches: the articles it concerns, settled at once or, when many, by a re-run."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from analysis.models import Analysis, Entity, Judgment, Mention, Rerun, Tag
from analysis.services.settling import Ledger, settle_article
from articles.models import Article
from articles.services import record_audit

AT_ONCE = 50  # articles settled while the person waits (about 25 ms each); a background job settles the rest


def lock_articles(ids: Iterable[int]) -> list[Article]:
    """The first AT_ONCE articles, locked in one order over all workers."""
    wanted = sorted(set(ids))[:AT_ONCE]
    return list(Article.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))


def settle_all(articles: Iterable[Article], ledger: Ledger) -> None:
    """Derive anew what stands in each; those without an analysis of their current text wait for it."""
    for article in articles:
        version = article.version
        if version is not None and Analysis.objects.filter(version=version).exists():
            settle_article(article, version, ledger)


def rerun_the_rest(ids: Iterable[int], *, reason: str, by: User | None) -> Rerun | None:
    """A background job that settles the articles beyond AT_ONCE; the pipeline need not run for that."""
    rest = sorted(set(ids))[AT_ONCE:]
    if not rest:
        return None
    rerun = Rerun.objects.create(article_ids=rest, reason=reason[:300], by=by, is_settling=True)
    record_audit("start re-run", rerun, by=by, detail={"articles": len(rest), "reason": reason})
    return rerun


def reach(judgment: Judgment) -> list[int]:
    """Ids of the articles whose mentions the judgment may change, its own first of all."""
    own = {judgment.article_id} if judgment.article_id else set()
    if judgment.scope == Judgment.Scope.ARTICLE:
        return sorted(own)
    found = _with_words(judgment)
    if judgment.scope == Judgment.Scope.SOURCE:
        found = found.filter(source=judgment.source_id)
    decided = Mention.everything.filter(judgment=judgment.pk).values_list("version__article_id", flat=True)
    return sorted(own | set(found.values_list("pk", flat=True)) | set(decided))


def _with_words(judgment: Judgment) -> QuerySet[Article]:
    """Articles that contain what was judged, in their current text."""
    if judgment.start is None:
        return tagged_with(judgment.entity_id)
    if judgment.decision == Judgment.Decision.ADD:
        texts = SearchQuery(judgment.surface, config="simple", search_type="phrase") | SearchQuery(
            judgment.surface, config="english", search_type="phrase"
        )
        holds = Q(version__text__contains=judgment.surface) | Q(version__title__contains=judgment.surface)
        return Article.objects.filter(holds, search=texts)
    mentions = Mention.everything.filter(surface__iexact=judgment.surface)
    return Article.objects.filter(version__in=mentions.values("version_id"))


def tagged_with(entity_id: int | None) -> QuerySet[Article]:
    """Articles in which the entity stands, was found before a judgment or merge, or is one of several candidates."""
    entity = Entity.objects.filter(pk=entity_id or 0).first()
    if entity is None:
        return Article.objects.none()
    standing = Tag.objects.order_by().filter(entity=entity).values("article_id")
    rows = Mention.everything.order_by()
    found = rows.filter(found__isnull=False, found__entity=entity.pk).values("version__article_id")
    meant = (
        rows.exclude(candidates=[]).filter(candidates__contains=[[entity.key]]).values("version__article_id")
    )
    return Article.objects.filter(pk__in=standing.union(found, meant))
