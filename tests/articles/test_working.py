"""State and assignee: to anybody who judges, with the trail on the page and a way back."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article
from tests.factories import make_ready_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(analyst: User) -> Article:
    return make_ready_article(by=analyst)


def post(client: Client, article: Article, name: str, **data: Any) -> str:
    return client.post(reverse(f"articles:{name}", args=[article.pk]), data, follow=True).content.decode()


def test_assign_to_a_colleague_and_back(
    page: Client, article: Article, colleague: User, contributor: User
) -> None:
    work = reverse("articles:article_work", args=[article.pk])
    html = page.get(work).content.decode()
    assert ">colleague</option>" in html
    assert ">contributor</option>" not in html
    html = post(page, article, "article_assign", to=colleague.pk)
    assert "Assigned to colleague." in html
    assert "given to colleague" in page.get(work).content.decode()
    undo = reverse("articles:article_work_undo", args=[article.pk, "assign", 0])
    assert f'action="{undo}"' in html
    page.post(undo)
    article.refresh_from_db()
    assert article.assignee is None


def test_state_with_history_and_undo(page: Client, article: Article) -> None:
    html = post(page, article, "article_state", state="done")
    assert "New → Done" in page.get(reverse("articles:article_work", args=[article.pk])).content.decode()
    undo = reverse("articles:article_work_undo", args=[article.pk, "state", "new"])
    assert f'action="{undo}"' in html
    page.post(undo)
    article.refresh_from_db()
    assert article.work_state == "new"


@pytest.mark.parametrize(("what", "before"), [("state", "magic"), ("assign", "99999"), ("assign", "x")])
def test_an_undo_of_nonsense_changes_nothing(page: Client, article: Article, what: str, before: str) -> None:
    assert (
        page.post(reverse("articles:article_work_undo", args=[article.pk, what, before])).status_code == 302
    )
    article.refresh_from_db()
    assert (article.work_state, article.assignee) == ("new", None)


def test_rights(client: Client, article: Article, stranger: User, analyst: User) -> None:
    undo = reverse("articles:article_work_undo", args=[article.pk, "state", "done"])
    work = reverse("articles:article_work", args=[article.pk])
    assert client.get(work).status_code == 302
    assert client.post(undo).status_code == 302
    client.force_login(stranger)
    assert client.post(undo).status_code == 403
    assert client.get(work).status_code == 403
    client.force_login(analyst)
    assert client.get(undo).status_code == 405
    assert client.post(work).status_code == 405
