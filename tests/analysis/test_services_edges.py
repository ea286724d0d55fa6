"""Judgments where they are least comfortable: clashes, added mentions judged again, splits that stand on merges."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from analysis.models import Alias, Entity, Mention, Rerun
from analysis.services import (
    ChangeRefused,
    JudgmentRefused,
    add_mention,
    group_and_store,
    judge_mention,
    judge_tag,
    merge_entities,
    pause_rerun,
    reruns,
    run_rerun_step,
    split_alias,
    start_rerun,
    undo_change,
    undo_judgment,
)
from articles.models import Article, Stage
from articles.services import claim_article, replace_text
from tests.analysis.test_services_judgments import keys, mention_of, picture
from tests.factories import NAMED, analyze_as, make_article, make_entity, make_ready_article, make_result

pytestmark = pytest.mark.django_db


def add(article: Article, surface: str, by, **more) -> None:
    start = article.version.text.index(surface)
    values = {"kind": "organization", "scope": "article", **more}
    add_mention(article.version, field="body", start=start, end=start + len(surface), by=by, **values)


def test_two_findings_at_one_place_become_one_when_they_get_the_same_kind(analyst):
    article = make_article("Georgia voted.", named=[])
    both = [("Georgia", "country", "country:GE"), ("Georgia", "place", "place:x-georgia")]
    analyze_as(article, both)
    before = picture(article)
    place = Mention.objects.get(kind="place")
    country = Entity.objects.get(key="country:GE")
    judgment = judge_mention(
        place, decision="relink", scope="article", by=analyst, new_kind="country", new_entity=country
    )
    assert Mention.objects.count() == 1
    assert keys(article) == {"country:GE"}
    undo_judgment(judgment, by=analyst)
    assert picture(article) == before


def test_added_mention_can_be_given_another_kind_and_entity(analyst):
    article = make_ready_article()
    add(article, "38 North", analyst)
    other = make_entity("media:thirty-eight")
    judge_mention(
        mention_of(article, "38 North"),
        decision="relink",
        scope="article",
        by=analyst,
        new_kind="media",
        new_entity=other,
    )
    assert Mention.objects.get(surface="38 North").kind == "media"
    assert "media:thirty-eight" in keys(article)


def test_part_of_a_word_may_be_added(analyst):
    article = make_article("The Volkswagenwerk stands in Wolfsburg.", named=[])
    add(article, "Volkswagen", analyst, kind="company")
    assert Mention.objects.get().surface == "Volkswagen"
    replace_text(article, "No such word is here.", by=analyst)
    analyze_as(article, [])
    assert keys(article) == set()


def test_added_observable_needs_no_entity(analyst):
    article = make_article("Look at evil-site dot example.", named=[])
    add(article, "evil-site", analyst, kind="domain")
    mention = Mention.objects.get()
    assert (mention.entity, mention.value) == (None, "evil-site")


def test_added_name_links_to_the_known_entity_by_alias(analyst):
    article = make_ready_article()
    entity = make_entity("organization:thirty-eight-north")
    Alias.objects.create(entity=entity, surface="38 North")
    add(article, "38 North", analyst)
    assert mention_of(article, "38 North").entity == entity


def test_added_nationality_links_to_the_country(analyst):
    article = make_ready_article("Chadian ministers met in Chad.")
    chad = Entity.objects.get(key="country:TD")
    Alias.objects.create(entity=chad, surface="Chadian")
    add(article, "Chadian", analyst, kind="nationality")
    assert mention_of(article, "Chadian").entity == chad


def test_tag_of_an_article_without_text_is_refused(analyst):
    article = make_ready_article()
    tag = article.tags.first()
    tag.article.version = None
    with pytest.raises(JudgmentRefused, match="no text"):
        judge_tag(tag, decision="reject", scope="article", by=analyst)


def test_tag_rejected_everywhere_reaches_other_words(analyst):
    first, second = (
        make_ready_article(),
        make_article("AMZN fell.", named=[("AMZN", "company", "company:amazon")]),
    )
    judge_tag(first.tags.get(entity__key="company:amazon"), decision="reject", scope="everywhere", by=analyst)
    assert "company:amazon" not in keys(first) | keys(second)


def test_split_that_was_merged_since_is_not_undone(analyst):
    make_ready_article()
    alias = Alias.objects.create(entity=Entity.objects.get(key="company:amazon"), surface="AMZ")
    change = split_alias(alias, by=analyst)
    merge_entities(change.into, into=make_entity("company:other"), by=analyst)
    with pytest.raises(ChangeRefused, match="has been merged"):
        undo_change(change, by=analyst)


def test_alias_may_be_split_off_again_after_an_undo(analyst):
    make_ready_article()
    alias = Alias.objects.create(entity=Entity.objects.get(key="company:amazon"), surface="AMZ")
    first = split_alias(alias, by=analyst)
    undo_change(first, by=analyst)
    alias.refresh_from_db()
    second = split_alias(alias, by=analyst)
    assert second.into == first.into
    assert Entity.objects.get(pk=second.into_id).merged_into is None


def test_grouping_loses_with_its_lease():
    article = make_ready_article()
    lease = claim_article(article.pk, stage=Stage.ANALYZED)
    Article.objects.filter(pk=article.pk).update(lease_token=None, lease_until=None)
    assert not group_and_store(lease)


def test_pause_takes_effect_between_two_articles(analyst, monkeypatch):
    articles = [make_article(f"Amazon is in text {n}.", named=NAMED) for n in range(3)]
    rerun = start_rerun([article.pk for article in articles], reason="", by=analyst)

    def pausing(article):
        pause_rerun(rerun, by=analyst)
        return make_result(article)

    monkeypatch.setattr(reruns, "run_pipeline", pausing)
    assert not run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert (rerun.position, rerun.is_paused, rerun.lease_token) == (1, True, None)


def test_rerun_stops_when_its_lease_is_taken(analyst, monkeypatch):
    articles = [make_article(f"Amazon is in text {n}.", named=NAMED) for n in range(2)]
    rerun = start_rerun([article.pk for article in articles], reason="", by=analyst)

    def robbed(article):
        Rerun.objects.update(
            lease_token="00000000-0000-0000-0000-000000000001", lease_until=Now() + timedelta(seconds=60)
        )
        return make_result(article)

    monkeypatch.setattr(reruns, "run_pipeline", robbed)
    assert not run_rerun_step(rerun.pk)
    rerun.refresh_from_db()
    assert rerun.position == 0
