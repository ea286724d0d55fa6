"""Re-runs: progress, pause, what changed, and articles that cannot be analyzed."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from analysis.models import Rerun
from analysis.services import judge_mention, pause_rerun, reruns, resume_rerun, run_rerun_step, start_rerun
from articles.models import Article
from articles.services import withdraw_article
from tests.analysis.test_services_judgments import keys, mention_of, picture
from tests.factories import NAMED, make_article, make_result

pytestmark = pytest.mark.django_db


@pytest.fixture
def articles(db):
    return [make_article(f"Amazon and Chad are in text {n}.", named=NAMED) for n in range(3)]


@pytest.fixture
def finds(monkeypatch):
    """What the pipeline finds in re-runs; a test may change the list."""
    found = list(NAMED)
    monkeypatch.setattr(reruns, "run_pipeline", lambda article: make_result(article, found))
    return found


def test_rerun_changes_nothing_when_nothing_changed(articles, finds, analyst):
    before = [picture(article) for article in articles]
    rerun = start_rerun([article.pk for article in articles], reason="again", by=analyst)
    assert not run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert (rerun.stage, rerun.position, rerun.changes) == ("done", 3, [])
    assert [picture(article) for article in articles] == before


def test_rerun_notes_what_changed(articles, finds, analyst):
    finds[0] = ("text", "company", "company:text")
    rerun = start_rerun([articles[0].pk], reason="better model", by=analyst)
    run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert rerun.changes == [[articles[0].pk, ["text"], ["Amazon"]]]


def test_rejected_tag_survives_the_rerun(articles, finds, analyst):
    judge_mention(mention_of(articles[0], "Amazon"), decision="reject", scope="article", by=analyst)
    run_rerun_step(start_rerun([articles[0].pk], reason="", by=analyst).pk)
    assert "company:amazon" not in keys(articles[0])


def test_paused_rerun_stands_still_and_goes_on(articles, finds, analyst, monkeypatch):
    monkeypatch.setattr(reruns, "STEP_SECONDS", -1)
    rerun = start_rerun([article.pk for article in articles], reason="", by=analyst)
    pause_rerun(rerun, by=analyst)
    monkeypatch.setattr(reruns, "STEP_SECONDS", 10)
    assert not run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert rerun.position == 0
    resume_rerun(rerun, by=analyst)
    run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert rerun.stage == "done"


def test_step_ends_and_asks_for_the_next(articles, finds, analyst, monkeypatch):
    rerun = start_rerun([article.pk for article in articles], reason="", by=analyst)
    monkeypatch.setattr(reruns, "STEP_SECONDS", -1)
    assert run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert (rerun.stage, rerun.position) == ("running", 0)


def test_missing_and_withdrawn_articles_are_passed_over(articles, finds, analyst):
    withdraw_article(articles[1], by=analyst)
    rerun = start_rerun([articles[0].pk, articles[1].pk, 4711], reason="", by=analyst)
    run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert (rerun.stage, rerun.position) == ("done", 3)


def test_article_that_kills_workers_is_passed_over(articles, finds, analyst):
    rerun = start_rerun([article.pk for article in articles], reason="", by=analyst)
    Rerun.objects.filter(pk=rerun.pk).update(attempts=3)
    run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert rerun.stage == "done"
    assert rerun.changes[0][0] == articles[0].pk
    assert "passed over" in rerun.changes[0][3]


def test_two_workers_do_not_share_a_rerun(articles, finds, analyst):
    rerun = start_rerun([articles[0].pk], reason="", by=analyst)
    Rerun.objects.filter(pk=rerun.pk).update(
        lease_token="00000000-0000-0000-0000-000000000001", lease_until=Now() + timedelta(seconds=60)
    )
    assert not run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert rerun.position == 0


def test_text_that_changed_meanwhile_is_left_alone(articles, monkeypatch, analyst):
    article = articles[0]

    def slow(given):
        Article.objects.filter(pk=article.pk).update(version=None, stage="fetched")
        return make_result(given)

    monkeypatch.setattr(reruns, "run_pipeline", slow)
    assert reruns.rerun_article(article.pk) is None
