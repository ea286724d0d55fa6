"""What a service refuses becomes a sentence on the page, never an error page."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from analysis.models import Alias, Entity, Judgment
from analysis.services import merge_entities
from tests.analysis.test_services_judgments import mention_of
from tests.factories import make_entity, make_ready_article

pytestmark = pytest.mark.django_db


def said(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_refused_judgment_is_explained_on_the_article(page):
    article = make_ready_article()
    url = reverse("analysis:mention_judge", args=[mention_of(article, "Amazon").pk])
    came_from = f"http://testserver{article.get_absolute_url()}"
    response = page.post(url, {"decision": "reject", "scope": "source"}, headers={"Referer": came_from})
    assert response.status_code == 302
    assert response["Location"] == came_from
    assert "names no source" in said(response)
    assert not Judgment.objects.exists()


def test_refusal_never_leads_to_another_site(page):
    article = make_ready_article()
    url = reverse("analysis:mention_judge", args=[mention_of(article, "Amazon").pk])
    response = page.post(
        url, {"decision": "reject", "scope": "source"}, headers={"Referer": "https://evil.example/"}
    )
    assert response["Location"] == reverse("analysis:dashboard")


def test_refused_split_and_undo_are_explained(page, analyst):
    make_ready_article()
    amazon, other, third = (
        Entity.objects.get(key="company:amazon"),
        make_entity("company:a"),
        make_entity("company:b"),
    )
    alias = Alias.objects.get(entity=amazon, surface="Amazon")
    assert "own name" in said(page.post(reverse("analysis:alias_split", args=[alias.pk])))
    first = merge_entities(other, into=amazon, by=analyst)
    merge_entities(Entity.objects.get(pk=amazon.pk), into=third, by=analyst)
    assert "later merge" in said(page.post(reverse("analysis:change_undo", args=[first.pk])))
