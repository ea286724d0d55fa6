"""Watched entities: the button, the page with what is new, and who may watch what."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.models import Entity
from reports.models import Watch
from tests.factories import make_ready_article


def chad() -> Entity:
    return Entity.objects.get(key="country:TD")


def test_watching_begins_and_ends(page: Client, analyst: User) -> None:
    make_ready_article(by=analyst)
    address = f"/watch/entities/{chad().pk}/toggle/"
    answer = page.post(address, {"next": chad().get_absolute_url()}, follow=True)
    assert answer.redirect_chain == [(chad().get_absolute_url(), 302)]
    assert f'action="{address}"' in answer.content.decode()  # the message's way back
    assert Watch.objects.get().entity == chad()
    assert 'aria-pressed="true"' in page.get(f"/watch/entities/{chad().pk}/button/").content.decode()
    answer = page.post(address, headers={"HX-Request": "true"})
    assert 'aria-pressed="false"' in answer.content.decode()
    assert not Watch.objects.exists()


def test_the_page_shows_what_is_new_until_it_was_seen(page: Client, analyst: User) -> None:
    make_ready_article(title="Old one", by=analyst)
    page.post(f"/watch/entities/{chad().pk}/toggle/")
    assert "nothing new" in page.get("/watch/").content.decode()
    make_ready_article("Chad once more.", title="Fresh one", by=analyst)
    body = page.get("/watch/").content.decode()
    assert "1 new" in body
    assert "Fresh one" in body
    assert "Old one" in body
    answer = page.get(f"/watch/{Watch.objects.get().pk}/")
    assert answer["Location"] == f"/articles/?tag={chad().pk}"
    assert "nothing new" in page.get("/watch/").content.decode()


def test_everything_can_be_seen_at_once(page: Client, analyst: User) -> None:
    make_ready_article(by=analyst)
    for entity in Entity.objects.all():
        page.post(f"/watch/entities/{entity.pk}/toggle/")
    make_ready_article("Amazon in Chad again. Nick Roy, a researcher.", by=analyst)
    assert "1 new" in page.get("/watch/").content.decode()
    page.post("/watch/seen/")
    assert " new</a>" not in page.get("/watch/").content.decode()


def test_without_a_watch_the_page_says_what_is_worth_it(page: Client, analyst: User) -> None:
    make_ready_article(by=analyst)
    body = page.get("/watch/").content.decode()
    assert "You watch nothing yet" in body
    assert "Watch</span> Chad" in body


def test_articles_of_others_are_not_shown_to_contributors(
    client: Client, analyst: User, contributor: User
) -> None:
    make_ready_article(title="Hidden one", by=analyst)
    make_ready_article("Chad by the contributor.", title="Own one", by=contributor)
    client.force_login(contributor)
    client.post(f"/watch/entities/{chad().pk}/toggle/")
    body = client.get("/watch/").content.decode()
    assert "Own one" in body
    assert "Hidden one" not in body


def test_contributors_cannot_watch_what_they_cannot_know(
    client: Client, analyst: User, contributor: User
) -> None:
    make_ready_article(by=analyst)
    hidden = Entity.objects.get(key="person:x-nick-roy")
    client.force_login(contributor)
    assert client.post(f"/watch/entities/{hidden.pk}/toggle/").status_code == 404
    assert client.get(f"/watch/entities/{hidden.pk}/button/").status_code == 404


def test_somebody_elses_watch_is_not_found(client: Client, analyst: User, colleague: User) -> None:
    make_ready_article(by=analyst)
    row = Watch.objects.create(user=analyst, entity=chad())
    client.force_login(colleague)
    assert client.get(f"/watch/{row.pk}/").status_code == 404


def test_the_page_costs_the_same_for_one_and_for_many(
    page: Client, analyst: User, django_assert_max_num_queries: object
) -> None:
    make_ready_article(by=analyst)
    for entity in Entity.objects.all():
        Watch.objects.create(user=analyst, entity=entity)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page.get("/watch/")


@pytest.mark.parametrize("address", ["/watch/", "/watch/1/", "/watch/entities/1/button/"])
def test_reading_needs_a_login_and_get(client: Client, analyst: User, address: str) -> None:
    assert client.get(address).status_code == 302
    client.force_login(analyst)
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/watch/seen/", "/watch/entities/1/toggle/"])
def test_changing_needs_a_login_and_post(client: Client, analyst: User, address: str) -> None:
    assert client.post(address).status_code == 302
    client.force_login(analyst)
    assert client.get(address).status_code == 405
