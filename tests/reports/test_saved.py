"""Saved searches: the same query as the list, with each reader's own rights, and deletion that can be undone."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from articles.models import Action
from reports.models import SavedSearch
from reports.services import searches
from tests.factories import make_ready_article


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def saved(by: User, query: str = "q=chad", name: str = "Chad", **more: bool) -> SavedSearch:
    return searches.save_search(name, query, by=by, **more)


def test_saving_keeps_the_parameters_of_the_list_only(analyst: User) -> None:
    row = saved(analyst, "?page=3&q=chad&tag=7&tag=9&csrf=x&source=&sort=relevance")
    assert row.query == "q=chad&tag=7&tag=9&sort=relevance"
    assert row.get_absolute_url() == "/articles/?q=chad&tag=7&tag=9&sort=relevance"


@pytest.mark.parametrize(
    ("name", "query", "why"),
    [
        (" ", "q=chad", "Give the search a name"),
        ("Chad", "q=chad", "already"),
        ("Bad", "q=contry:x", "mistake"),
        ("Long", "q=" + "x" * 4200, "too long"),
    ],
)
def test_what_cannot_be_saved(analyst: User, name: str, query: str, why: str) -> None:
    saved(analyst)
    with pytest.raises(searches.SearchRefused, match=why):
        saved(analyst, query, name)


def test_nobody_keeps_too_many(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MAX_SAVED", 1)
    saved(analyst)
    with pytest.raises(searches.SearchRefused, match="Delete one first"):
        saved(analyst, name="Another")


def test_new_is_what_came_in_since_the_owner_looked(page: Client, analyst: User) -> None:
    make_ready_article(by=analyst)
    row, rest = saved(analyst), saved(analyst, "q=nothing", "Nothing")
    assert [one.label for one in searches.with_news([row, rest], analyst)] == ["", ""]
    cache.clear()
    make_ready_article("Another text about Chad.", by=analyst)
    assert [one.label for one in searches.with_news([row, rest], analyst)] == ["1", ""]
    answer = page.get(f"/saved/{row.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/articles/?q=chad")
    row.refresh_from_db()
    assert [one.label for one in searches.with_news([row, rest], analyst)] == ["", ""]


def test_many_new_articles_are_not_counted_to_the_end(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searches, "MANY", 2)
    row = saved(analyst)
    for number in range(3):
        make_ready_article(f"Text {number} about Chad.", by=analyst)
    assert searches.with_news([row], analyst)[0].label == "1+"


def test_looking_at_a_shared_search_is_not_its_owners_look(
    client: Client, analyst: User, colleague: User
) -> None:
    row = saved(analyst, is_shared=True)
    before = row.last_seen_at
    client.force_login(colleague)
    assert client.get(f"/saved/{row.pk}/").status_code == 302
    row.refresh_from_db()
    assert row.last_seen_at == before


def test_each_reader_sees_their_own_articles_only(client: Client, analyst: User, contributor: User) -> None:
    make_ready_article(by=analyst)
    own = saved(contributor)
    make_ready_article("Chad by somebody else.", by=analyst)
    make_ready_article("Chad by the contributor.", title="Own text", by=contributor)
    client.force_login(contributor)
    body = client.get(f"/saved/{own.pk}/widget/").content.decode()
    assert "Own text" in body
    assert "somebody else" not in body
    assert searches.with_news([own], contributor)[0].new == 1


def test_contributors_do_not_see_what_analysts_share(
    client: Client, analyst: User, contributor: User
) -> None:
    row = saved(analyst, is_shared=True)
    client.force_login(contributor)
    assert client.get(f"/saved/{row.pk}/").status_code == 404
    assert "Chad" not in client.get("/saved/").content.decode()


def test_private_searches_are_private(client: Client, analyst: User, colleague: User) -> None:
    row = saved(analyst)
    client.force_login(colleague)
    for way in ("", "widget/"):
        assert client.get(f"/saved/{row.pk}/{way}").status_code == 404
    for way in ("edit/", "move/", "delete/"):
        assert client.post(f"/saved/{row.pk}/{way}", {"name": "x"}).status_code == 404


def test_the_page_lists_renames_orders_and_deletes_with_a_way_back(page: Client, analyst: User) -> None:
    one, two = saved(analyst), saved(analyst, "q=amazon", "Amazon")
    page.post(f"/saved/{two.pk}/move/", {"way": "up"})
    assert [row.name for row in SavedSearch.objects.all()] == ["Amazon", "Chad"]
    page.post(f"/saved/{one.pk}/edit/", {"name": "Chad news", "is_shared": "on"})
    one.refresh_from_db()
    assert (one.name, one.is_shared) == ("Chad news", True)
    assert "already" in page.post(f"/saved/{one.pk}/edit/", {"name": "Amazon"}, follow=True).content.decode()
    answer = page.post(f"/saved/{one.pk}/delete/", follow=True).content.decode()
    action = Action.objects.get()
    assert f'action="/reports/actions/{action.pk}/undo/"' in answer
    assert not SavedSearch.objects.filter(name="Chad news").exists()
    page.post(f"/reports/actions/{action.pk}/undo/")
    back = SavedSearch.objects.get(name="Chad news")
    assert (back.query, back.is_shared, back.last_seen_at) == (one.query, True, one.last_seen_at)


def test_a_deleted_search_stays_gone_when_its_name_is_taken(analyst: User) -> None:
    action = searches.delete_search(saved(analyst), by=analyst)
    saved(analyst)
    with pytest.raises(searches.NothingToUndo):
        searches.restore_search(action.pk, by=analyst)
    action.refresh_from_db()
    assert action.undone_at is None


def test_saving_from_the_list(page: Client, analyst: User) -> None:
    make_ready_article(by=analyst)
    assert 'action="/saved/save/"' in page.get("/articles/?q=chad").content.decode()
    answer = page.post("/saved/save/", {"name": "Chad", "query": "q=chad"}, follow=True)
    assert answer.redirect_chain == [("/articles/?q=chad", 302)]
    assert "Saved as “Chad”" in answer.content.decode()
    again = page.post("/saved/save/", {"name": "Chad", "query": "q=chad"}, follow=True)
    assert "already" in again.content.decode()


def test_the_rail_shows_the_first_ones_with_what_is_new(page: Client, analyst: User) -> None:
    saved(analyst)
    make_ready_article("Another text about Chad.", by=analyst)
    body = page.get("/saved/rail/").content.decode()
    assert "Chad" in body
    assert "1<span" in body


def test_the_widget_has_count_and_newest(page: Client, analyst: User) -> None:
    row = saved(analyst)
    for number in range(7):
        make_ready_article(f"Text {number} about Chad.", title=f"Title {number}", by=analyst)
    body = page.get(f"/saved/{row.pk}/widget/").content.decode()
    assert body.count("result-title") == 5
    assert ">7</a>" in body
    assert "7 new" in body


def test_the_widget_says_when_the_search_is_broken(page: Client, analyst: User) -> None:
    row = saved(analyst)
    SavedSearch.objects.filter(pk=row.pk).update(query="q=contry:x")
    assert "has a mistake" in page.get(f"/saved/{row.pk}/widget/").content.decode()


def test_the_pages_cost_the_same_for_one_and_for_many(
    page: Client, analyst: User, django_assert_max_num_queries: object
) -> None:
    make_ready_article(by=analyst)
    for number in range(8):
        saved(analyst, f"q=chad+{number}", f"Search {number}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page.get("/saved/rail/")
    cache.clear()
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page.get("/saved/")


@pytest.mark.parametrize("address", ["/saved/", "/saved/rail/", "/palette/", "/saved/1/", "/saved/1/widget/"])
def test_reading_needs_a_login_and_get(client: Client, analyst: User, address: str) -> None:
    assert client.get(address).status_code == 302
    client.force_login(analyst)
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", ["/saved/save/", "/saved/1/edit/", "/saved/1/move/", "/saved/1/delete/"])
def test_changing_needs_a_login_and_post(client: Client, analyst: User, address: str) -> None:
    assert client.post(address).status_code == 302
    client.force_login(analyst)
    assert client.get(address).status_code == 405
