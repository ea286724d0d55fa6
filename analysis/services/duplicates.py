"""Near-duplicates: remember a version's fingerprint, find the texts it repeats, and point copies at the first one."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q

from analysis.models import Fingerprint
from analysis.pipeline.fingerprints import compare, make_bands, make_shingles
from articles.models import Article, Version

MAX_CANDIDATES = 500  # rows that share a band and are looked at; unrelated ones are one in several hundred
MAX_COMPARED = 40  # texts read and compared exactly, those with most bands in common first


def store_fingerprint(version: Version) -> list[int]:
    """Keep the band hashes of the version's text; once is enough, a text never changes."""
    bands = make_bands(make_shingles(version.text))
    Fingerprint.objects.get_or_create(version=version, defaults={"bands": bands})
    return bands


def find_copies(article: Article, bands: list[int]) -> list[Article]:
    """Present articles whose current text is this one's, edited or cut, or this very text however short."""
    version = article.version
    if version is None or not version.text.strip():
        return []
    same = Q(version__text_hash=version.text_hash)
    near = _near_versions(version, bands)
    others = Article.objects.present().filter(same | Q(version__in=near)).exclude(pk=article.pk)
    return list(others.only("pk", "duplicate_of"))


def join_copies(article: Article, copies: Iterable[Article]) -> Article | None:
    """Point the whole group at its first article; None when that is this one. Call while holding the group lock.

    Articles are grouped in any order, so a later one may have stood as the first until now.
    """
    members = (
        {article.pk} | {copy.duplicate_of_id or copy.pk for copy in copies} | {copy.pk for copy in copies}
    )
    first = min(members)
    rest = Article.objects.filter(Q(pk__in=members) | Q(duplicate_of__in=members)).exclude(
        pk__in=[first, article.pk]
    )
    rest.exclude(duplicate_of=first).update(duplicate_of=first)
    Article.objects.filter(pk=first).exclude(pk=article.pk).update(duplicate_of=None)
    return None if first == article.pk else Article.objects.get(pk=first)


def _near_versions(version: Version, bands: list[int]) -> list[int]:
    if not bands:
        return []
    rows = Fingerprint.objects.filter(bands__overlap=bands).exclude(version__article=version.article_id)
    mine = set(bands)
    shared = Counter(
        {pk: len(mine & set(theirs)) for pk, theirs in rows.values_list("version", "bands")[:MAX_CANDIDATES]}
    )
    likely = [pk for pk, _ in shared.most_common(MAX_COMPARED)]
    shingles = make_shingles(version.text)
    texts = Version.objects.filter(pk__in=likely).values_list("pk", "text")
    return [pk for pk, text in texts.iterator() if compare(shingles, make_shingles(text)).is_copy]
