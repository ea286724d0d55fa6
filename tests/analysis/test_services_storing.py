"""Storing results: rows, copies and counts agree; many workers at once never stop each other."""

import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from analysis.models import PEOPLE, Alias, Analysis, Entity, Kind, Mention, Tag
from analysis.pipeline.types import Field, KnownEntity, Resolved
from analysis.pipeline.types import Kind as PipelineKind
from analysis.services import build_lexicon, judge_mention, recount_entities, store_result, undo_judgment
from analysis.services.entities import upsert_entities
from articles.models import Article, Stage
from articles.services import claim_article, replace_text
from tests.factories import NAMED, analyze_as, make_article, make_entity, make_ready_article, make_result

pytestmark = pytest.mark.django_db


def tag(article: Article, key: str) -> Tag:
    return Tag.objects.get(article=article, entity__key=key)


def test_everything_of_a_result_is_stored():
    article = make_ready_article(title="Chad and Amazon")
    assert article.stage == Stage.ANALYZED
    assert set(article.entity_ids) == set(Entity.objects.values_list("pk", flat=True))
    assert {Entity.objects.get(pk=pk).key for pk in article.about_ids} == {"company:amazon", "country:TD"}
    assert article.lead == "Amazon opened an office in Chad. Nick Roy, a researcher at 38 North, was there."
    analysis = Analysis.objects.get(version=article.version)
    assert analysis.sentences[0] == ["title", 0, 15]
    researcher = tag(article, "person:x-nick-roy")
    assert (researcher.kind, researcher.role, researcher.affiliation) == (
        "researcher",
        "researcher",
        "38 North",
    )
    for mention in Mention.objects.filter(version=article.version):
        string = article.version.title if mention.field == "title" else article.version.text
        assert string[mention.start : mention.end] == mention.surface


def test_known_names_become_aliases_and_are_indexed():
    article = make_ready_article("Pyongyang said so.".replace("Pyongyang", "North Korea"), title="")
    analyze_as(article, [("North Korea", "country", "country:KP")])
    assert Alias.objects.filter(entity__key="country:KP", surface="DPRK").exists()
    article.refresh_from_db()
    assert "'dprk':" in article.search


def test_implied_tags_stand_apart():
    article = make_article()
    result = make_result(article)
    implied = tuple(
        replace(mention, is_implied=mention.entity == "country:TD") for mention in result.mentions
    )
    lease = claim_article(article.pk, stage=Stage.EXTRACTED)
    assert store_result(article, replace(result, mentions=implied), lease)
    article.refresh_from_db()
    chad = Entity.objects.get(key="country:TD")
    assert article.implied_ids == [chad.pk]
    assert chad.pk not in article.entity_ids
    assert chad.article_count == 0


def test_person_becomes_a_researcher_and_stays_one():
    first = make_article("Nick Roy left.", named=[("Nick Roy", "person", "person:x-nick-roy")])
    assert Entity.objects.get().kind == "person"
    second = make_ready_article()
    third = make_article("Nick Roy came back.", named=[("Nick Roy", "person", "person:x-nick-roy")])
    assert Entity.objects.get(key="person:x-nick-roy").kind == "researcher"
    kinds = [tag(article, "person:x-nick-roy").kind for article in (first, second, third)]
    assert kinds == ["person", "researcher", "person"]


def test_namesake_elsewhere_is_a_doubt():
    first, second = make_ready_article(), make_ready_article("Nick Roy, a researcher in Chad, met Amazon.")
    Tag.objects.filter(article=first, entity__key="person:x-nick-roy").update(affiliation="Chatham House")
    analyze_as(second)
    assert any("Chatham House" in reason for reason in tag(second, "person:x-nick-roy").reasons)
    analyze_as(first)
    assert not any("another person" in reason for reason in tag(first, "person:x-nick-roy").reasons)


def test_mentions_belong_to_their_version(analyst):
    article = make_ready_article()
    old = article.version
    changed = replace_text(article, "Only Chad is left.", by=analyst)
    analyze_as(changed)
    assert old.mentions.count() == 5
    assert changed.version.mentions.count() == 1
    assert set(changed.tags.values_list("entity__key", flat=True)) == {"country:TD"}
    assert Entity.objects.get(key="company:amazon").article_count == 0


def test_ambiguous_mention_is_kept_with_both_reasons():
    article = make_article("Mercury rose.")
    mention = Resolved(
        field=Field.BODY,
        start=0,
        end=7,
        surface="Mercury",
        kind=PipelineKind.COMPANY,
        score=0.5,
        method="recognizer",
        reasons=("two equally good candidates",),
        sentence=0,
        is_ambiguous=True,
    )
    lease = claim_article(article.pk, stage=Stage.EXTRACTED)
    assert store_result(article, replace(make_result(article, []), mentions=(mention,)), lease)
    stored = Mention.objects.get()
    assert (stored.is_ambiguous, stored.entity, stored.reasons) == (
        True,
        None,
        ["two equally good candidates"],
    )


def test_owner_is_linked_when_it_is_there():
    with transaction.atomic():
        upsert_entities([KnownEntity("company:owner", PipelineKind.COMPANY, "Owner")])
        rows = upsert_entities(
            [KnownEntity("company:brand", PipelineKind.COMPANY, "Brand", parent="company:owner")]
        )
    rows["company:brand"].refresh_from_db()
    assert rows["company:brand"].parent.key == "company:owner"


def test_analysts_alias_is_in_the_next_lexicon():
    before = build_lexicon(None)
    entity = make_entity("company:x-zorblatt", name="Zorblatt Ltd")
    Alias.objects.create(entity=entity, surface="Zorblatt", origin="analyst")
    after = build_lexicon(None)
    assert after.version != before.version
    assert after.aliases["zorblatt"][0].entity == "company:x-zorblatt"
    assert after.entities["company:x-zorblatt"].name == "Zorblatt Ltd"
    assert build_lexicon(None) is after


def test_kinds_are_the_pipelines():
    assert set(Kind.values) == {kind.value for kind in PipelineKind}
    assert set(PEOPLE) == {"person", "researcher"}


@pytest.mark.parametrize("wrong", [{"start": 9, "end": 9}, {"score": 1.5}])
def test_database_refuses_impossible_mentions(wrong):
    article = make_ready_article()
    with pytest.raises(IntegrityError), transaction.atomic():
        Mention.objects.filter(pk=Mention.objects.filter(version=article.version).first().pk).update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_workers_that_need_the_same_new_entities_do_not_stop_each_other():
    names = [(f"Name{number}", "company", f"company:x-name{number}") for number in range(12)]
    words = " ".join(name for name, _, _ in names)
    articles = [make_article(f"{words} are in text {number}.") for number in range(24)]
    faults: list[Exception] = []

    def work(mine: list[Article], order: int) -> None:
        try:
            for article in mine:
                lease = claim_article(article.pk, stage=Stage.EXTRACTED)
                assert store_result(article, make_result(article, names[::order]), lease)
        except Exception as error:  # whatever it is, the test must show it
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(articles[n::6], -1 if n % 2 else 1)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert set(Entity.objects.values_list("article_count", flat=True)) == {24}
    assert recount_entities() == 0
    assert Article.objects.filter(stage=Stage.ANALYZED).count() == 24


def test_row_of_another_version_is_not_overwritten(analyst):
    article = make_ready_article()
    result = make_result(article, NAMED)
    replace_text(article, "Another text is here.", by=analyst)
    assert not store_result(article, result, None)


def owned_result(article):
    """HBO Max is named; its owner is tagged on the same mention."""
    result = make_result(article, [("HBO Max", "company", "company:hbo-max")])
    (brand,) = result.tags
    owner = replace(brand, entity="company:warner", score=0.9, reasons=("HBO Max belongs to Warner",))
    known = KnownEntity("company:warner", PipelineKind.COMPANY, "Warner")
    return replace(result, tags=(brand, owner), entities=(*result.entities, known))


def store_owned():
    article = make_article("Shows of HBO Max were found on an open server in the end.")
    lease = claim_article(article.pk, stage=Stage.EXTRACTED)
    article.refresh_from_db()
    store_result(article, owned_result(article), lease)
    article.refresh_from_db()
    return article


@pytest.mark.django_db
def test_owner_is_tagged_through_its_brand():
    article = store_owned()
    owner = Tag.objects.get(article=article, entity__key="company:warner")
    assert (owner.mention_count, owner.reasons) == (1, ["HBO Max belongs to Warner"])
    assert owner.entity_id in article.entity_ids


@pytest.mark.django_db
def test_owner_goes_when_its_brand_is_rejected(analyst):
    article = store_owned()
    mention = Mention.objects.get(version=article.version, surface="HBO Max")
    judgment = judge_mention(mention, decision="reject", scope="article", by=analyst)
    assert not Tag.objects.filter(article=article).exists()
    undo_judgment(judgment, by=analyst)
    assert set(Tag.objects.filter(article=article).values_list("entity__key", flat=True)) == {
        "company:hbo-max",
        "company:warner",
    }
