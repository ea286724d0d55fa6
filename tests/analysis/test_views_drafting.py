"""The draft on the article page: who sees it, its way from the button to the summary, and what can go wrong."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis import tasks
from analysis.models import Analysis, BriefEdit, Draft
from analysis.services.drafts import ask_draft
from articles.models import Article
from tests.analysis.writer_endpoint import GOOD, Endpoint, answers, drafted
from tests.factories import make_article, make_ready_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(analyst: User) -> Article:
    return make_ready_article(by=analyst)


def panel(page: Client, article: Article, seen: str = "") -> Any:
    address = reverse("analysis:draft_detail", args=[article.pk])
    return page.get(address, {"seen": seen} if seen else {}, headers={"HX-Request": "true"})


def soup(html: bytes) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def places(article: Article, draft: int) -> list[str]:
    named = [
        reverse(f"analysis:{name}", args=[draft]) for name in ("draft_use", "draft_discard", "draft_restore")
    ]
    return [reverse("analysis:draft_ask", args=[article.pk]), *named]


def test_switched_off_nothing_is_seen_and_nothing_is_there(
    page: Client, article: Article, analyst: User, settings
) -> None:
    settings.WRITER_URL = ""
    assert "raft" not in soup(page.get(article.get_absolute_url()).content).main.text
    assert panel(page, article).status_code == 404
    draft = Draft.objects.create(article=article, version=article.version, numbering="x", model_name="m")
    assert {page.post(place).status_code for place in places(article, draft.pk)} == {404}


def test_the_article_page_costs_nothing_more(
    page: Client, article: Article, settings, django_assert_num_queries
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settings.WRITER_URL = ""
    page.get(article.get_absolute_url())
    with CaptureQueriesContext(connection) as off:
        page.get(article.get_absolute_url())
    settings.WRITER_URL, settings.WRITER_MODEL = "http://127.0.0.1:9/v1", "m"
    with django_assert_num_queries(len(off)):
        html = page.get(article.get_absolute_url()).content
    place = soup(html).select_one("#draft")
    assert place["hx-get"] == reverse("analysis:draft_detail", args=[article.pk])
    assert place["aria-live"] == "polite"


def test_rights(
    client: Client, served: str, article: Article, analyst: User, contributor: User, stranger: User
) -> None:
    draft = drafted(article, analyst)
    own = make_ready_article("Own words. Chad is here.", by=contributor)
    detail = reverse("analysis:draft_detail", args=[article.pk])
    for place in places(article, draft.pk):
        assert client.post(place)["Location"].startswith("/login")
    assert client.get(detail).status_code == 302
    for person in (contributor, stranger):
        client.force_login(person)
        assert client.get(detail).status_code == 403
        assert {client.post(place).status_code for place in places(article, draft.pk)} == {403}
    client.force_login(contributor)
    assert b'id="draft"' not in client.get(own.get_absolute_url()).content
    client.force_login(analyst)
    assert {client.get(place).status_code for place in places(article, draft.pk)} == {405}
    assert client.post(detail).status_code == 405
    assert client.get(reverse("analysis:draft_detail", args=[4711])).status_code == 404
    assert client.post(reverse("analysis:draft_use", args=[4711])).status_code == 404


def test_from_the_button_to_the_summary_and_back(page: Client, served: str, article: Article) -> None:
    assert "Draft a summary" in panel(page, article).text
    asked = page.post(reverse("analysis:draft_ask", args=[article.pk]), headers={"HX-Request": "true"})
    waiting = soup(asked.content).select_one("[hx-trigger]")
    assert waiting["hx-trigger"] == "every 2s"
    draft = Draft.objects.get()
    seen = waiting["hx-get"].partition("seen=")[2]
    assert panel(page, article, seen).status_code == 204
    tasks.write_draft(draft.pk)
    shown = panel(page, article, seen)
    assert "checked sentence by sentence" in shown.text
    parts = soup(shown.content)
    assert parts.select_one("[hx-trigger]") is None
    link = parts.select_one(".draft-line a")
    assert (link["data-evidence"], link.text) == ("0", GOOD["text"])
    assert "elsewhere in the article" in parts.select_one(".is-flagged").text
    assert "999" in parts.select_one("details .is-dropped").text
    used = page.post(reverse("analysis:draft_use", args=[draft.pk]), follow=True)
    edited = soup(used.content).select_one(".edited")
    assert GOOD["text"] in edited.text
    assert "drafted by small-model" in edited.text
    assert "Used as the summary" in panel(page, article).text
    edit = BriefEdit.objects.get()
    page.post(reverse("analysis:brief_edit_undo", args=[edit.pk]))
    assert "Use as the summary" in panel(page, article).text


def test_failure_can_be_tried_again_and_closed(
    page: Client, served: str, article: Article, analyst: User
) -> None:
    Endpoint.act = lambda self: self.send(b"", 500)
    draft = drafted(article, analyst)
    text = panel(page, article).text
    assert "in trouble" in text
    assert "Try again" in text
    closed = page.post(reverse("analysis:draft_discard", args=[draft.pk]), follow=True)
    assert "discarded" in closed.text
    assert "Draft a summary" in panel(page, article).text


def test_without_scripts_there_is_a_page(page: Client, served: str, article: Article) -> None:
    told = page.post(reverse("analysis:draft_ask", args=[article.pk]), follow=True)
    assert "waits for its turn" in told.text
    assert "<h1>Draft of a summary</h1>" in told.text


def test_stopped_and_outdated_drafts(page: Client, served: str, article: Article, analyst: User) -> None:
    draft = ask_draft(article, by=analyst)
    page.post(reverse("analysis:draft_discard", args=[draft.pk]))
    assert "Draft a summary" in panel(page, article).text
    drafted(article, analyst)
    Analysis.objects.filter(version=article.version).update(sentences=[["body", 0, 10]])
    text = panel(page, article).text
    assert "is not shown" in text
    assert GOOD["text"] not in text


def test_a_refused_request_says_why(page: Client, served: str) -> None:
    article = make_article("Not analyzed yet.")
    address = reverse("analysis:draft_ask", args=[article.pk])
    answer = page.post(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, article.get_absolute_url())
    assert page.post(address).status_code == 302


def test_hostile_words_are_only_words(page: Client, served: str, article: Article, analyst: User) -> None:
    answers({"text": "<script>alert(1)</script> Amazon is here.", "cites": [0]})
    drafted(article, analyst)
    assert "<script>alert" not in panel(page, article).text
