"""Sources are followed, graded with history, and their feeds' health is shown."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Article, Audit, Source
from articles.services import SubmissionRefused, add_source, edit_source, grade_source, poll_now


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(name="Example Wire", host="wire.example")


def test_following_a_feed_makes_its_source(analyst: User) -> None:
    source = add_source("https://www.news.example/feed.xml", by=analyst)
    assert (source.host, source.feed_url) == ("news.example", "https://www.news.example/feed.xml")
    assert Audit.objects.filter(verb="edit source", row_id=source.pk, by=analyst).exists()


@pytest.mark.parametrize("address", ["", "no address", "ftp://news.example/feed", "javascript:alert(1)"])
def test_what_is_no_address_is_refused(analyst: User, address: str) -> None:
    with pytest.raises(SubmissionRefused):
        add_source(address, by=analyst)


def test_a_second_feed_of_one_source_is_refused(analyst: User) -> None:
    add_source("https://news.example/feed.xml", by=analyst)
    with pytest.raises(SubmissionRefused, match="already has a feed"):
        add_source("https://news.example/other.xml", by=analyst)


def test_a_new_feed_forgets_the_trouble_of_the_old_one(source: Source, analyst: User) -> None:
    Source.objects.filter(pk=source.pk).update(failures=3, last_error="Gone.", next_poll_at=timezone.now())
    changed = edit_source(source, by=analyst, feed_url="https://wire.example/new.xml")
    assert (changed.failures, changed.last_error, changed.next_poll_at) == (0, "", None)


def test_saving_the_same_writes_nothing(source: Source, analyst: User) -> None:
    edit_source(source, by=analyst, name="Example Wire")
    assert not Audit.objects.exists()


def test_only_known_columns_can_be_edited(source: Source, analyst: User) -> None:
    with pytest.raises(TypeError):
        edit_source(source, by=analyst, reliability="A")


def test_grade_keeps_its_history(page: Client, source: Source, analyst: User) -> None:
    grade_source(source, "C", "3", by=analyst)
    page.post(f"/sources/{source.pk}/grade/", {"reliability": "B", "credibility": "2"})
    source.refresh_from_db()
    assert source.grade == "B2"
    assert "C3 → B2" in page.get(f"/sources/{source.pk}/").content.decode()


def test_a_wrong_grade_changes_nothing(page: Client, source: Source) -> None:
    page.post(f"/sources/{source.pk}/grade/", {"reliability": "Z", "credibility": "9"})
    source.refresh_from_db()
    assert source.grade == ""


def test_asking_now_makes_the_feed_due(page: Client, source: Source, analyst: User) -> None:
    Source.objects.filter(pk=source.pk).update(feed_url="https://wire.example/f", next_poll_at=timezone.now())
    assert page.post(f"/sources/{source.pk}/poll/").status_code == 302
    source.refresh_from_db()
    assert source.next_poll_at is None
    poll_now(source, by=analyst)


def test_list_shows_health(page: Client, source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(
        feed_url="https://wire.example/f", last_error="The feed is gone.", failures=4
    )
    shown = page.get("/sources/").content.decode()
    assert "Failing ×4" in shown
    assert "The feed is gone." in shown
    assert "No source is called that" in page.get("/sources/", {"q": "zzz"}).content.decode()


@pytest.mark.parametrize(
    ("before", "this_week", "long_ago", "is_silent"),
    [
        (12, 0, 0, True),
        (12, 1, 0, False),
        (5, 0, 0, False),
        (0, 0, 6, True),
        (0, 0, 5, False),
        (0, 0, 0, False),
    ],
)
def test_unusual_silence_is_shown(
    page: Client, source: Source, before: int, this_week: int, long_ago: int, is_silent: bool
) -> None:
    Source.objects.filter(pk=source.pk).update(
        feed_url="https://wire.example/f", last_success_at=timezone.now()
    )
    for days, number in ((20, before), (1, this_week), (90, long_ago)):
        for _ in range(number):
            Article.objects.create(
                source=source, origin="feed", submitted_at=timezone.now() - timedelta(days=days)
            )
    shown = page.get("/sources/").content.decode()
    assert ("Unusually silent" in shown) is is_silent
    assert ("Unusually silent" in page.get(f"/sources/{source.pk}/").content.decode()) is is_silent


def test_editing_says_what_is_wrong(page: Client, source: Source) -> None:
    values = {
        "name": "Wire",
        "kind": "news",
        "poll_minutes": "1",
        "country": "us",
        "language": "en",
        "feed_url": "",
    }
    response = page.post(f"/sources/{source.pk}/edit/", values)
    assert response.status_code == 422
    assert "Not more often than every 5 minutes." in response.content.decode()
    page.post(f"/sources/{source.pk}/edit/", {**values, "poll_minutes": "30"})
    source.refresh_from_db()
    assert (source.name, source.country, source.poll_minutes) == ("Wire", "US", 30)


ADDRESSES = [
    "/sources/",
    "/sources/1/",
    "/sources/add/",
    "/sources/1/edit/",
    "/sources/1/grade/",
    "/sources/1/poll/",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_sources_need_a_login_and_an_analyst(client: Client, stranger: User, address: str) -> None:
    assert client.get(address).url.startswith("/login/")  # type: ignore[attr-defined]
    client.force_login(stranger)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES[2:])
def test_changes_are_posted(page: Client, address: str) -> None:
    assert page.get(address).status_code == 405
