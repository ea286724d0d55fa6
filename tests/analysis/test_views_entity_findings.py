"""What articles find and say about an entity: fragment and page, exposure of companies, rights."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.models import Entity
from articles.models import Article
from articles.services import withdraw_article
from tests.analysis.test_views_findings import MADE
from tests.factories import analyze_as, make_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(contributor: User) -> Article:
    return analyze_as(make_article(by=contributor, title="A title", published_on="2024-03-05"), **MADE)


def address(key: str) -> str:
    return reverse("analysis:entity_findings", args=[Entity.objects.get(key=key).pk])


def test_each_finding_has_its_sentence(page: Client, article: Article) -> None:
    shown = page.get(address("company:amazon"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in shown
    assert "Legal: harm" in shown
    assert "operates in" in shown
    assert f'href="{article.get_absolute_url()}#s3"' in shown
    assert "<html" in page.get(address("company:amazon")).content.decode()


def test_people_show_what_they_say(page: Client, article: Article) -> None:
    assert "said by Nick Roy" in page.get(address("person:x-nick-roy")).content.decode()


def test_countries_list_companies_exposed_to_them(page: Client, article: Article, analyst: User) -> None:
    assert "Companies exposed to Chad" in page.get(address("country:TD")).content.decode()
    withdraw_article(article, by=analyst)
    assert "Companies exposed" not in page.get(address("country:TD")).content.decode()


def test_rights(client: Client, article: Article, stranger: User) -> None:
    amazon = address("company:amazon")
    assert client.get(amazon)["Location"].startswith("/login/")
    Entity.objects.update(is_known=False)
    client.force_login(stranger)
    assert client.get(amazon).status_code == 404
    Entity.objects.update(is_known=True)
    assert "No sentence so far" in client.get(amazon).content.decode()
    assert client.post(amazon).status_code == 405
