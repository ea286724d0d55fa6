"""Copies join the first article, whatever order they are grouped in; nothing is dropped."""

import random

import pytest
from django.contrib.auth.models import User

from analysis.models import Fingerprint
from analysis.services.duplicates import find_copies, store_fingerprint
from analysis.services.grouping import find_original
from articles.models import Article
from tests.analysis.test_fingerprints import cut, make_text
from tests.reports.conftest import make_tagged

BODY = "Files of Acme Streaming lay open in Freedonia. " + make_text(1)


def group(article: Article) -> Article:
    article.refresh_from_db()
    Article.objects.filter(pk=article.pk).update(duplicate_of=find_original(article))
    article.refresh_from_db()
    return article


@pytest.fixture
def family(analyst: User) -> list[Article]:
    """One text, a copy with new boilerplate, a copy cut to a third, and another text."""
    texts = [BODY, "Sign in to read on. " + BODY, cut(0.35, BODY), "Plans of Acme Streaming. " + make_text(2)]
    return [make_tagged(f"Article {number}", by=analyst, text=text) for number, text in enumerate(texts)]


@pytest.mark.parametrize("seed", range(4))
def test_copies_join_the_first_in_any_order(family: list[Article], seed: int) -> None:
    order = list(family)
    random.Random(seed).shuffle(order)
    for article in order:
        group(article)
    for article in family:
        article.refresh_from_db()
    first = family[0]
    assert [article.duplicate_of for article in family] == [None, first, first, None]


def test_a_withdrawn_article_is_no_original(family: list[Article]) -> None:
    from django.utils import timezone

    group(family[0])
    Article.objects.filter(pk=family[0].pk).update(withdrawn_at=timezone.now())
    assert group(family[1]).duplicate_of is None


def test_grouping_twice_changes_nothing(family: list[Article]) -> None:
    for article in [*family, *family]:
        group(article)
    assert Fingerprint.objects.count() == 4
    assert find_copies(family[3], store_fingerprint(family[3].version)) == []


def test_short_texts_are_copies_only_when_equal(analyst: User) -> None:
    first = make_tagged("One", by=analyst, text="Acme Streaming closed. So it goes.")
    near = make_tagged("Two", by=analyst, text="Acme Streaming closed. So it went.")
    same = make_tagged("Three", by=analyst, text="Acme Streaming closed. So it goes.")
    for article in (first, near, same):
        group(article)
    assert (near.duplicate_of, same.duplicate_of) == (None, first)
