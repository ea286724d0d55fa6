"""What people do with an article, and who may."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from articles.models import Article, Audit, Profile, Stage
from articles.services import submit_url, withdraw_article
from tests.factories import make_ready_article, make_url_article

POSTED = ("retry", "withdraw", "restore", "accept", "refetch", "state", "assign")
FOR_ANALYSTS = ("restore", "accept", "refetch", "state", "assign", "replace")


def address(name: str, article: Article) -> str:
    return reverse(f"articles:article_{name}", args=[article.pk])


@pytest.fixture
def article(analyst: User) -> Article:
    return make_ready_article(title="Amazon goes to Chad", by=analyst)


@pytest.fixture
def waiting(analyst: User) -> Article:
    return make_url_article(by=analyst)


def test_retry_forgets_the_failure(page: Client, waiting: Article) -> None:
    Article.objects.filter(pk=waiting.pk).update(failed_at=datetime.now(UTC), failure_reason="404")
    assert page.post(address("retry", waiting))["Location"] == waiting.get_absolute_url()
    waiting.refresh_from_db()
    assert waiting.failed_at is None


def test_withdraw_and_restore(page: Client, article: Article) -> None:
    page.post(address("withdraw", article))
    assert Article.objects.get(pk=article.pk).withdrawn_at
    page.post(address("restore", article))
    assert Article.objects.get(pk=article.pk).withdrawn_at is None


def test_contributor_withdraws_only_what_is_theirs_alone(
    client: Client, contributor: User, analyst: User
) -> None:
    own, shared = (
        make_url_article("https://example.org/own", by=contributor),
        make_url_article(by=contributor),
    )
    submit_url("https://example.org/news/1", by=analyst)
    client.force_login(contributor)
    assert client.post(address("withdraw", own)).status_code == 302
    assert client.post(address("withdraw", shared)).status_code == 403
    assert Article.objects.get(pk=shared.pk).withdrawn_at is None


def test_accept_ends_the_hold(page: Client, article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(
        hold_reason="Looks like a login page.", stage=Stage.EXTRACTED
    )
    page.post(address("accept", article))
    assert Article.objects.get(pk=article.pk).hold_reason == ""


def test_refetch_goes_back_to_the_site(page: Client, waiting: Article, article: Article) -> None:
    Article.objects.filter(pk=waiting.pk).update(failed_at=datetime.now(UTC), failure_reason="404")
    page.post(address("refetch", waiting))
    assert Article.objects.get(pk=waiting.pk).status == "queued"
    response = page.post(address("refetch", article), follow=True)
    assert b"no address to fetch it from" in response.content


def test_replace_makes_a_version(page: Client, article: Article) -> None:
    assert page.get(address("replace", article)).status_code == 200
    page.post(address("replace", article), {"title": "New", "text": "Another text about Amazon."})
    article.refresh_from_db()
    assert article.version is not None
    assert (article.version.number, article.version.text) == (2, "Another text about Amazon.")


def test_replace_refuses_an_empty_text_and_keeps_the_page(page: Client, article: Article) -> None:
    response = page.post(address("replace", article), {"title": "", "text": "123"})
    assert b"The text contains no words." in response.content
    assert article.versions.count() == 1


def test_state_and_assignment(page: Client, article: Article, colleague: User) -> None:
    page.post(address("state", article), {"state": "important"})
    page.post(address("assign", article), {"to": colleague.pk})
    article.refresh_from_db()
    assert (article.work_state, article.assignee) == ("important", colleague)
    page.post(address("assign", article), {"to": ""})
    article.refresh_from_db()
    assert article.assignee is None
    assert set(Audit.objects.values_list("verb", flat=True)) >= {"set state", "assign"}


def test_an_article_is_given_only_to_who_may_judge_it(
    page: Client, article: Article, contributor: User
) -> None:
    answer = page.post(address("assign", article), {"to": contributor.pk}, follow=True)
    assert b"not one of the available" in answer.content
    article.refresh_from_db()
    assert article.assignee is None


def test_unknown_state_or_person_changes_nothing(page: Client, article: Article) -> None:
    assert (
        b"not one of the available"
        in page.post(address("state", article), {"state": "x"}, follow=True).content
    )
    assert (
        b"not one of the available"
        in page.post(address("assign", article), {"to": "9999"}, follow=True).content
    )


@pytest.mark.parametrize("name", (*POSTED, "replace"))
def test_anonymous_is_sent_to_login(client: Client, article: Article, name: str) -> None:
    assert client.post(address(name, article))["Location"].startswith("/login/")


@pytest.mark.parametrize("name", ("retry", "withdraw"))
def test_stranger_finds_nothing(client: Client, article: Article, stranger: User, name: str) -> None:
    client.force_login(stranger)
    assert client.post(address(name, article)).status_code == 404


@pytest.mark.parametrize("name", FOR_ANALYSTS)
def test_contributor_may_not(client: Client, contributor: User, name: str) -> None:
    article = make_ready_article(by=contributor)
    client.force_login(contributor)
    assert client.post(address(name, article)).status_code == 403


@pytest.mark.parametrize("name", FOR_ANALYSTS)
def test_analyst_finds_no_article_that_is_not_there(page: Client, name: str) -> None:
    assert page.post(reverse(f"articles:article_{name}", args=[987654])).status_code == 404


@pytest.mark.parametrize("name", POSTED)
def test_changes_are_posted(page: Client, article: Article, name: str) -> None:
    assert page.get(address(name, article)).status_code == 405


def test_theme_is_kept_and_leads_back(page: Client, analyst: User) -> None:
    response = page.post("/theme/", {"theme": "dark", "next": "/articles/"})
    assert response["Location"] == "/articles/"
    assert Profile.objects.get(user=analyst).theme == "dark"
    assert b'data-theme="dark"' in page.get("/articles/").content


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_theme_never_leads_away(page: Client, target: str) -> None:
    assert page.post("/theme/", {"theme": "light", "next": target})["Location"] == "/"


def test_theme_knows_three(page: Client, analyst: User) -> None:
    page.post("/theme/", {"theme": "pink"})
    assert Profile.objects.get(user=analyst).theme == "system"


def test_theme_is_posted_by_somebody(page: Client, client: Client) -> None:
    assert page.get("/theme/").status_code == 405
    page.logout()
    assert page.post("/theme/", {"theme": "dark"})["Location"].startswith("/login/")


def test_withdrawn_twice_is_harmless(page: Client, article: Article, analyst: User) -> None:
    withdraw_article(article, by=analyst)
    assert page.post(address("withdraw", article)).status_code == 302
