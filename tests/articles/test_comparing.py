"""The page of differences between copies and between versions."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article, Version
from tests.reports.conftest import make_tagged

FIRST = "Files of Acme Streaming lay open in Freedonia. Nobody noticed for a year."
SECOND = "Files of Acme Streaming lay open in Freedonia. Nobody noticed for two years <b>."


@pytest.fixture
def pair(analyst: User) -> tuple[Article, Article]:
    return make_tagged("First", by=analyst, text=FIRST), make_tagged("Second", by=analyst, text=SECOND)


def address(article: Article, version: Version | None) -> str:
    assert version is not None
    return reverse("articles:article_differences", args=[article.pk, version.pk])


def test_both_sides_are_shown_escaped(page: Client, pair: tuple[Article, Article]) -> None:
    shown = page.get(address(pair[1], pair[0].version)).content.decode()
    assert "Nobody noticed for a year." in shown
    assert "Nobody noticed for two years &lt;b&gt;." in shown
    assert "What differs between the copies" in shown


def test_equal_texts_say_so(page: Client, pair: tuple[Article, Article]) -> None:
    assert "No difference" in page.get(address(pair[0], pair[0].version)).content.decode()


def test_a_stranger_sees_nothing(client: Client, stranger: User, pair: tuple[Article, Article]) -> None:
    client.force_login(stranger)
    assert client.get(address(pair[1], pair[0].version)).status_code == 404


def test_another_persons_article_stays_hidden(
    client: Client, stranger: User, pair: tuple[Article, Article]
) -> None:
    own = make_tagged("Own", by=stranger, text="Own files of Acme Streaming here. Nothing else.")
    client.force_login(stranger)
    assert client.get(address(own, pair[0].version)).status_code == 404


def test_needs_a_login_and_only_reads(client: Client, page: Client, pair: tuple[Article, Article]) -> None:
    where = address(pair[1], pair[0].version)
    assert page.post(where).status_code == 405
    page.logout()
    assert page.get(where).url.startswith("/login/")  # type: ignore[attr-defined]
