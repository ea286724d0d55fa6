"""Profiles: what grouping sees of each article, kept as rows, and the articles that may tell of the same event."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db.models import Q
from django.db.models.expressions import RawSQL

from analysis.models import StoryProfile
from analysis.pipeline.profiles import METHOD, Profile, describe
from analysis.pipeline.stories import MAX_CANDIDATES, WINDOW_DAYS
from analysis.pipeline.vectors import SIZE
from articles.models import Article

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# Any order by shared keys would need every row's keys here; the database counts them where they lie.
SHARED = "(SELECT count(*) FROM unnest(keys) AS key WHERE key = ANY(%s))"


def store_profile(article: Article) -> Profile | None:
    """The profile of the article's current version, made and kept when there is none; None without a text.

    Takes as long as the model needs for 60 words: call it before taking the group lock.
    """
    version = article.version
    if version is None or not version.text.strip():
        return None
    row = StoryProfile.objects.filter(article=article, version=version, method=METHOD).first()
    if row is not None:
        return to_profile(row)
    published = version.published_at or article.published_at
    profile = describe(
        article.pk, version.title, version.text, day=to_day(published), language=article.language
    )
    StoryProfile.objects.update_or_create(
        article=article,
        defaults={
            "version": version,
            "dated_at": published,
            "language": profile.language,
            "keys": list(profile.keys),
            "terms": profile.terms.tobytes(),
            "weights": profile.weights.tobytes(),
            "vector": profile.vector.tobytes() if profile.vector.any() else b"",
            "method": METHOD,
        },
    )
    return profile


def to_profile(row: StoryProfile) -> Profile:
    """A stored row as the value that pure code takes."""
    vector = np.frombuffer(row.vector, np.float32) if row.vector else np.zeros(SIZE, np.float32)
    return Profile(
        id=row.article_id,
        day=to_day(row.dated_at),
        language=row.language,
        terms=np.frombuffer(row.terms, np.int32),
        weights=np.frombuffer(row.weights, np.float32),
        vector=vector,
        keys=tuple(row.keys),
    )


def to_day(moment: datetime | None) -> float | None:
    """Days since the year 2000, with fraction."""
    return None if moment is None else (moment - EPOCH) / timedelta(days=1)


def load_profiles(ids: Iterable[int]) -> list[Profile]:
    """Stored profiles of these articles, by id."""
    return [
        to_profile(row) for row in StoryProfile.objects.filter(article__in=set(ids)).order_by("article_id")
    ]


def find_candidates(profile: Profile) -> list[Profile]:
    """Present originals within the window that share the most of the rare terms, at most MAX_CANDIDATES."""
    if not profile.keys:
        return []
    rows = StoryProfile.objects.filter(
        Q(article__duplicate_of__isnull=True) | Q(article__duplicate_of__withdrawn_at__isnull=False),
        keys__overlap=list(profile.keys),
        article__withdrawn_at__isnull=True,
    ).exclude(article=profile.id)
    if profile.language:
        rows = rows.filter(language__in=["", profile.language])
    if profile.day is not None:
        middle = EPOCH + timedelta(days=profile.day)
        reach = timedelta(days=WINDOW_DAYS)
        rows = rows.filter(Q(dated_at__isnull=True) | Q(dated_at__range=(middle - reach, middle + reach)))
    shared = RawSQL(SHARED, [list(profile.keys)])  # noqa: S611  (parameters only)
    return [to_profile(row) for row in rows.order_by(shared.desc(), "-article_id")[:MAX_CANDIDATES]]
