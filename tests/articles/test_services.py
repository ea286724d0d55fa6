"""What people do with articles, sources and roles; every change leaves an audit row."""

import pytest
from django.contrib.auth.models import Group
from django.db.models.functions import Now

from analysis.models import Entity
from analysis.services import recount_entities, settle_counts
from articles.models import Article, Audit, Source, Stage, Status
from articles.services import (
    SubmissionRefused,
    accept_capture,
    assign_article,
    grade_source,
    record_audit,
    refetch_article,
    replace_text,
    restore_article,
    retry_article,
    set_work_state,
    withdraw_article,
)
from articles.services.index import bigrams, explain_vector, store_index
from tests.factories import make_article, make_ready_article, make_source, make_url_article

pytestmark = pytest.mark.django_db


def verbs() -> list[str]:
    return list(Audit.objects.order_by("id").values_list("verb", flat=True))


def test_retry_forgets_failure_and_stays_at_the_stage(analyst):
    article = make_url_article()
    Article.objects.filter(pk=article.pk).update(
        stage=Stage.FETCHED, failed_at=Now(), failure_reason="unreadable", attempts=5
    )
    again = retry_article(article, by=analyst)
    assert (again.stage, again.attempts, again.failure_reason) == (Stage.FETCHED, 0, "")
    assert Audit.objects.get(verb="retry").detail == {"failure": "unreadable"}


def test_retry_of_what_has_not_failed_does_nothing(analyst):
    retry_article(make_url_article(), by=analyst)
    assert "retry" not in verbs()


def test_withdrawn_and_restored(analyst):
    article = withdraw_article(make_article(by=analyst), by=analyst)
    assert article.status == Status.WITHDRAWN
    assert not Article.objects.present().exists()
    withdraw_article(article, by=analyst)
    article = restore_article(article, by=analyst)
    restore_article(article, by=analyst)
    assert article.status == Status.QUEUED
    assert verbs() == ["submit", "withdraw", "restore"]


def test_withdrawal_leaves_the_counts(analyst):
    article = make_ready_article()
    withdraw_article(article, by=analyst)
    assert settle_counts() == 1
    assert set(Entity.objects.values_list("article_count", flat=True)) == {0}
    restore_article(article, by=analyst)
    assert settle_counts() == 1
    assert settle_counts() == 0
    assert set(Entity.objects.values_list("article_count", flat=True)) == {1}


def test_recount_mends_wrong_counts():
    make_ready_article()
    Entity.objects.filter(key="company:amazon").update(article_count=99)
    assert recount_entities() == 1
    assert recount_entities() == 0


def test_accepted_capture_may_be_tagged(analyst):
    article = make_article()
    Article.objects.filter(pk=article.pk).update(hold_reason="This does not look like an article.")
    article = accept_capture(article, by=analyst)
    assert article.status == Status.QUEUED
    assert "accept capture" in verbs()


def test_capture_without_text_cannot_be_accepted(analyst):
    article = make_article()
    article.versions.update(text="")
    Article.objects.filter(pk=article.pk).update(hold_reason="This does not look like an article.")
    with pytest.raises(SubmissionRefused, match="paste the text"):
        accept_capture(article, by=analyst)


def test_refetch_opens_the_article_again(analyst):
    article = make_ready_article(url="https://example.org/a")
    assert refetch_article(article, by=analyst).stage == Stage.SUBMITTED


def test_refetch_without_address_is_refused(analyst):
    with pytest.raises(SubmissionRefused, match="no address"):
        refetch_article(make_article(), by=analyst)


def test_replaced_text_is_a_new_version_with_the_old_title(analyst):
    article = make_ready_article(title="Kept title")
    changed = replace_text(article, "Another text is here now.", by=analyst)
    assert (changed.version.number, changed.title, changed.stage) == (2, "Kept title", Stage.EXTRACTED)
    assert changed.versions.get(number=1).mentions.count() == 5
    back = replace_text(article, changed.versions.get(number=1).text, by=analyst)
    assert back.version.number == 1
    assert article.versions.count() == 2


def test_state_and_assignee_are_audited_once(analyst, colleague):
    article = make_article()
    set_work_state(article, "important", by=analyst)
    set_work_state(article, "important", by=analyst)
    assign_article(article, colleague, by=analyst)
    assign_article(article, colleague, by=analyst)
    article.refresh_from_db()
    assert (article.work_state, article.assignee) == ("important", colleague)
    assert verbs()[1:] == ["set state", "assign"]
    with pytest.raises(ValueError, match="boring"):
        set_work_state(article, "boring", by=analyst)


def test_grade_has_a_history(analyst):
    source = make_source()
    grade_source(source, "B", "2", by=analyst)
    grade_source(source, "C", "3", by=analyst)
    assert Source.objects.get().grade == "C3"
    assert Audit.objects.filter(verb="grade source").latest("id").detail == {
        "grade": [["B", "2"], ["C", "3"]]
    }
    with pytest.raises(SubmissionRefused):
        grade_source(source, "Z", "2", by=analyst)


def test_audit_row_without_a_row_or_person():
    audit = record_audit("export", None, by=None, detail={"rows": 3})
    assert (audit.model, audit.row_id, audit.detail) == ("", None, {"rows": 3})


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("contributor", {"add_article"}),
        ("analyst", {"add_article", "view_article", "judge_article", "export_article"}),
    ],
)
def test_roles_have_their_rights(role, may):
    assert set(Group.objects.get(name=role).permissions.values_list("codename", flat=True)) == may


def test_search_vector_is_weighted_stemmed_and_without_accents():
    article = make_article("The attacks continued in Málaga.", title="Café raided")
    store_index(article, article.version.text, names=["Warner Bros. Discovery"])
    article.refresh_from_db()
    assert "'cafe':" in article.search
    assert "'warner':" in article.search
    assert "'malaga':" in article.search
    assert "B" in next(part for part in article.search.split() if part.startswith("'warner'"))


def test_language_decides_the_stems():
    assert explain_vector("Häuser", "de") == "'haus':1"
    assert explain_vector("houses", "en") == "'hous':1"
    assert explain_vector("houses", "xx") == "'houses':1"


def test_runs_without_spaces_are_pairs():
    assert bigrams("在東京都 Tokyo").split() == ["在東", "東京", "京都", "Tokyo"]


def test_text_of_a_million_different_words_is_indexed_as_far_as_it_goes():
    words = " ".join(f"w{number:x}q{number * 7919:x}" for number in range(60_000))
    article = make_article(words)
    store_index(article, article.version.text, names=[])
    article.refresh_from_db()
    assert article.search
