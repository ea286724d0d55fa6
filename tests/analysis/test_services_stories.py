"""Stories in the database: placed by the belt, stable over re-runs, and as analysts decided."""

from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from analysis.models import Story, StoryDecision, StoryMember, StoryProfile
from analysis.services import (
    StoryRefused,
    merge_stories,
    move_article,
    settle_stories,
    split_story,
    undo_decision,
)
from analysis.services.grouping import group_and_store, place_again
from articles.models import Article, Stage
from articles.services import claim_article, submit_text, withdraw_article
from tests.analysis.test_stories import BANK, FIRE
from tests.factories import analyze_as

pytestmark = pytest.mark.django_db


def take_in(title: str, text: str, by: User) -> Article:
    """An article at the end of the belt, as the tasks bring it there."""
    article = analyze_as(submit_text(text, by=by, title=title).article, ())
    lease = claim_article(article.pk, stage=Stage.ANALYZED)
    assert lease is not None
    assert group_and_store(lease)
    article.refresh_from_db()
    return article


def parts(articles: Sequence[Article]) -> list[list[int]]:
    """Which of the articles are in one story, by their place in the list; single ones are left out."""
    stories: dict[int, list[int]] = {}
    for at, article in enumerate(articles):
        article.refresh_from_db()
        if article.story_id is not None:
            stories.setdefault(article.story_id, []).append(at)
    return sorted(stories.values())


@pytest.fixture
def news(analyst: User) -> list[Article]:
    return [take_in(title, text, analyst) for title, text in (*FIRE, *BANK)]


def story_of(article: Article) -> Story:
    article.refresh_from_db()
    return Story.objects.get(pk=article.story_id)


def test_the_belt_makes_stories(news: list[Article]) -> None:
    assert parts(news) == [[0, 1, 2], [3, 4]]
    story = story_of(news[0])
    assert (story.article_count, story.title in {one.title for one in news[:3]}) == (3, True)
    assert set(StoryMember.objects.filter(story=story).values_list("article", flat=True)) == {
        one.pk for one in news[:3]
    }
    assert all(row.reasons for row in StoryMember.objects.all())


def test_placing_again_changes_nothing(news: list[Article]) -> None:
    before = list(StoryMember.objects.order_by("article").values_list("article", "story", "score"))
    for article in [*reversed(news), *news]:
        place_again(article.pk)
    assert list(StoryMember.objects.order_by("article").values_list("article", "story", "score")) == before
    assert Story.objects.standing().count() == 2


def test_a_withdrawn_article_leaves_and_comes_back(news: list[Article], analyst: User) -> None:
    withdraw_article(news[4], by=analyst)
    assert settle_stories() == 1
    assert parts(news) == [[0, 1, 2]]
    assert not Story.objects.standing().filter(title__icontains="Chile").exists()
    Article.objects.filter(pk=news[4].pk).update(withdrawn_at=None, withdrawn_by=None)
    settle_stories()
    assert parts(news) == [[0, 1, 2], [3, 4]]
    assert settle_stories() == 0


def test_a_copy_is_where_its_original_is(news: list[Article], analyst: User) -> None:
    copy = take_in("From the wire", FIRE[0][1] + " More follows.", analyst)
    Article.objects.filter(pk=copy.pk).update(duplicate_of=news[0])
    place_again(copy.pk)
    assert story_of(copy) == story_of(news[0])
    reasons = StoryMember.objects.get(article=copy).reasons
    assert reasons == [{"article": news[0].pk, "copy": True}]


def test_merge_is_kept_and_undone(news: list[Article], analyst: User) -> None:
    fire, bank = story_of(news[0]), story_of(news[3])
    decision = merge_stories(bank, into=fire, by=analyst)
    assert parts(news) == [[0, 1, 2, 3, 4]]
    assert story_of(news[3]) == fire
    bank.refresh_from_db()
    assert (bank.article_count, bank.moved_to) == (0, fire)
    StoryProfile.objects.all().delete()
    for article in news:
        place_again(article.pk)
    assert parts(news) == [[0, 1, 2, 3, 4]]
    undo_decision(decision, by=analyst)
    assert parts(news) == [[0, 1, 2], [3, 4]]
    assert story_of(news[3]) == bank
    assert undo_decision(decision, by=analyst).undone_by == analyst


def test_split_is_kept_and_undone(news: list[Article], analyst: User) -> None:
    fire = story_of(news[0])
    decision = split_story(fire, [news[0].pk], by=analyst)
    assert parts(news) == [[1, 2], [3, 4]]
    for article in news:
        place_again(article.pk)
    assert parts(news) == [[1, 2], [3, 4]]
    undo_decision(decision, by=analyst)
    assert parts(news) == [[0, 1, 2], [3, 4]]
    assert story_of(news[0]) == fire


def test_move_is_kept_and_undone(news: list[Article], analyst: User) -> None:
    bank = story_of(news[3])
    decision = move_article(news[2], into=bank, by=analyst)
    assert parts(news) == [[0, 1], [2, 3, 4]]
    for article in reversed(news):
        place_again(article.pk)
    assert parts(news) == [[0, 1], [2, 3, 4]]
    undo_decision(decision, by=analyst)
    assert parts(news) == [[0, 1, 2], [3, 4]]


def test_refusals(news: list[Article], analyst: User) -> None:
    fire, bank = story_of(news[0]), story_of(news[3])
    with pytest.raises(StoryRefused):
        merge_stories(fire, into=fire, by=analyst)
    with pytest.raises(StoryRefused):
        split_story(fire, [], by=analyst)
    with pytest.raises(StoryRefused):
        split_story(fire, [one.pk for one in news], by=analyst)
    with pytest.raises(StoryRefused):
        move_article(news[0], into=fire, by=analyst)
    Article.objects.filter(pk=news[0].pk).update(withdrawn_at=timezone.now())
    news[0].refresh_from_db()
    with pytest.raises(StoryRefused):
        move_article(news[0], into=bank, by=analyst)
    assert not StoryDecision.objects.exists()


# Pages


def test_story_page_and_list(page: Client, news: list[Article]) -> None:
    story = story_of(news[0])
    shown = page.get(story.get_absolute_url()).content.decode()
    assert all(article.title in shown for article in news[:3])
    listed = page.get("/stories/", {"q": "lahti"}).content.decode()
    assert story.get_absolute_url() in listed
    assert story_of(news[3]).get_absolute_url() not in listed
    assert "No story fits" in page.get("/stories/", {"q": "no such words"}).content.decode()


def test_strangers_see_no_story(client: Client, news: list[Article], stranger: User) -> None:
    address = story_of(news[0]).get_absolute_url()
    assert client.get(address).status_code == 302
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert "Lahti" not in client.get("/stories/").content.decode()
    assert client.post(f"{address}split/", {"ids": news[0].pk}).status_code == 403
    assert not StoryDecision.objects.exists()


def test_deciding_on_the_pages(page: Client, news: list[Article]) -> None:
    fire, bank = story_of(news[0]), story_of(news[3])
    assert page.get(f"/stories/{fire.pk}/merge/").status_code == 405
    page.post(f"/stories/{bank.pk}/merge/", {"story": str(fire.pk)})
    assert parts(news) == [[0, 1, 2, 3, 4]]
    assert page.get(bank.get_absolute_url()).url == fire.get_absolute_url()
    page.post(f"/stories/decisions/{StoryDecision.objects.get().pk}/undo/")
    assert parts(news) == [[0, 1, 2], [3, 4]]
    page.post(f"/stories/{fire.pk}/split/", {"ids": [news[0].pk, "x"]})
    assert parts(news) == [[1, 2], [3, 4]]
    page.post(f"/stories/articles/{news[0].pk}/move/", {"story": bank.get_absolute_url()})
    assert parts(news) == [[0, 3, 4], [1, 2]]
    assert page.post(f"/stories/articles/{news[0].pk}/move/", {"story": "none"}).status_code == 302
