"""The bookmarklet's rendered page: kept as evidence under its address, read by the belt, never over another's text."""

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article, Snapshot, Stage, Version
from articles.services import SubmissionRefused, submit_rendered, submit_url
from articles.services.snapshots import broken_snapshots, read_page
from tests.factories import make_article, make_url_article

pytestmark = pytest.mark.django_db
URL = "https://example.org/news/1"
HTML = "<html><body><article><h1>Drawn by scripts</h1><p>Café in Chad.</p></article></body></html>"


def test_page_is_kept_and_waits_to_be_read(analyst):
    submitted = submit_rendered(URL, HTML, by=analyst)
    article = submitted.article
    assert (submitted.is_new, article.stage, article.canonical_url) == (True, Stage.FETCHED, URL)
    snapshot = article.snapshots.get()
    assert read_page(snapshot).body.decode() == HTML
    assert (snapshot.final_url, snapshot.file_name) == (URL, "rendered page, sent by a browser")
    assert list(broken_snapshots()) == []


def test_article_that_could_not_be_fetched_is_filled(contributor):
    article = make_url_article(URL)
    Article.objects.filter(pk=article.pk).update(
        failed_at="2026-01-01T00:00Z", failure_reason="Login needed."
    )
    submitted = submit_rendered(URL, HTML, by=contributor)
    assert not submitted.is_new
    assert (submitted.article.pk, submitted.article.failed_at, submitted.article.stage) == (
        article.pk, None, Stage.FETCHED,
    )  # fmt: skip


def test_only_analysts_put_a_page_beside_a_text(contributor, analyst):
    article = make_article("Words about Chad.", url=URL)
    submit_rendered(URL, HTML, by=contributor)
    assert not Snapshot.objects.exists()
    assert article.submissions.filter(by=contributor).exists()
    submit_rendered(URL, HTML, by=analyst)
    article.refresh_from_db()
    assert article.stage == Stage.FETCHED
    assert article.snapshots.count() == 1


def test_page_that_was_no_article_may_be_sent_again_by_anybody(contributor):
    article = make_article("We use cookies.", url=URL)
    Version.objects.filter(article=article).update(verdict="not_article")
    submit_rendered(URL, HTML, by=contributor)
    assert article.snapshots.count() == 1


def test_withdrawn_article_stays_as_it_is(analyst):
    article = make_url_article(URL)
    Article.objects.filter(pk=article.pk).update(withdrawn_at="2026-01-01T00:00Z")
    submit_rendered(URL, HTML, by=analyst)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize(("url", "html"), [("javascript:alert(1)", HTML), ("", HTML), (URL, "  ")])
def test_bad_address_or_empty_page_is_refused(analyst, url, html):
    with pytest.raises(SubmissionRefused):
        submit_rendered(url, html, by=analyst)
    assert not Article.objects.exists()


class TestPage:
    """Through the form, as the bookmarklet's window does it."""

    def post(self, client: Client, **data: str):
        return client.post(
            reverse("articles:article_submit"), {"tab": "url", "url": URL, "rules": "on", **data}
        )

    def test_sent_page_is_taken_instead_of_fetching(self, page):
        answer = self.post(page, page=HTML)
        article = Article.objects.get()
        assert answer["Location"] == article.get_absolute_url()
        assert article.stage == Stage.FETCHED
        evidence = page.get(reverse("articles:article_evidence", args=[article.pk])).content.decode()
        assert "rendered page, sent by a browser" in evidence

    def test_address_alone_is_fetched(self, page):
        self.post(page, page="")
        assert Article.objects.get().stage == Stage.SUBMITTED
        assert not submit_url(URL, by=None).is_new

    def test_too_large_page_is_refused(self, page, settings):
        settings.UPLOAD_MAX_BYTES = 100
        answer = self.post(page, page="x" * 101)
        assert answer.status_code == 422
        assert b"Submit the address alone" in answer.content
        assert not Article.objects.exists()

    def test_opener_may_hand_over_on_this_page_only(self, page):
        assert page.get(reverse("articles:article_submit"))["Cross-Origin-Opener-Policy"] == "unsafe-none"
        assert page.get(reverse("articles:article_list"))["Cross-Origin-Opener-Policy"] == "same-origin"
