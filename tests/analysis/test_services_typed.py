"""Findings, relations and statements: derived with the tags, they follow runs, judgments and merges both ways."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import models

from analysis.models import Entity, Finding, Judgment, Mention, Relation, Statement
from analysis.pipeline.types import Claim, Field, Impact, Relationship
from analysis.services import add_mention, judge_mention, merge_entities, undo_change, undo_judgment
from articles.models import Article
from articles.services import replace_text
from tests.factories import NAMED, TEXT, analyze_as, make_article, make_entity

pytestmark = pytest.mark.django_db
QUOTE = TEXT.index("Amazon would hire")
AMAZON = Impact("company:amazon", "Amazon", "legal", "harm", "short", "alleged", "Officials", 2, "hire")
GROUP = Impact("", "200 people", "human", "benefit", "unstated", "predicted", "Officials", 2, "hire")
CLAIM = Claim(
    "person:x-nick-roy", "Nick Roy", "said", Field.BODY, QUOTE, len(TEXT) - 1, is_quote=True, sentence=2
)
TIE = Relationship("company:amazon", "operates-in", "country:TD", 0, "opened an office")
MADE = {"impacts": [AMAZON, GROUP], "claims": [CLAIM], "relationships": [TIE]}


@pytest.fixture
def article(analyst: Any) -> Article:
    return analyze_as(make_article(by=analyst), **MADE)


def pk(key: str) -> int:
    return Entity.objects.get(key=key).pk


def picture(article: Article) -> list[Any]:
    """All typed rows without their ids."""
    rows: list[type[models.Model]] = [Finding, Relation, Statement]
    return [list(model.objects.filter(article=article).order_by("pk").values()) for model in rows]


def mention(article: Article, surface: str, sentence: int = 2) -> Mention:
    return Mention.objects.get(version=article.version, surface=surface, sentence=sentence)


def judge(article: Article, analyst: Any, decision: str = "reject", **more: Any) -> Judgment:
    return judge_mention(mention(article, "Amazon"), decision=decision, scope="article", by=analyst, **more)


def test_rows_say_who_what_and_where(article: Article) -> None:
    finding, group = Finding.objects.filter(article=article).order_by("pk")
    assert (finding.affected_id, finding.effect, finding.horizon) == (pk("company:amazon"), "legal", "short")
    assert (finding.said_by, finding.dated_at) == ("Officials", article.dated_at)
    assert TEXT[finding.start : finding.end].startswith("Officials in Chad said Amazon")
    assert (group.affected_id, group.affected_text) == (None, "200 people")
    relation = Relation.objects.get(article=article)
    assert (relation.subject.key, relation.kind, relation.object.key) == (
        "company:amazon",
        "operates-in",
        "country:TD",
    )
    statement = Statement.objects.get(article=article)
    assert statement.speaker_id == pk("person:x-nick-roy")
    assert statement.about == [pk("company:amazon")]
    assert TEXT[statement.start : statement.end] == "Amazon would hire 200 people"


def test_the_same_run_again_changes_nothing(article: Article) -> None:
    before = picture(article)
    analyze_as(article, **MADE)
    assert picture(article) == before


def test_another_run_replaces_them(article: Article) -> None:
    analyze_as(article, impacts=[GROUP])
    assert [row.affected_text for row in Finding.objects.filter(article=article)] == ["200 people"]
    assert not Relation.objects.exists()
    assert not Statement.objects.exists()


def test_a_new_text_takes_the_place_of_the_old_rows(article: Article, analyst: Any) -> None:
    replace_text(article, "Amazon left Chad.", by=analyst)
    analyze_as(article, impacts=[Impact("company:amazon", "Amazon", "legal", "harm", "short", "fact", "", 0)])
    (row,) = Finding.objects.filter(article=article)
    assert (row.version_id, row.end) == (article.version_id, 17)


def test_a_rejected_mention_takes_the_link_and_undo_gives_it_back(article: Article, analyst: Any) -> None:
    before = picture(article)
    judgment = judge(article, analyst)
    finding = Finding.objects.get(article=article, effect="legal")
    assert (finding.affected_id, finding.affected_text) == (None, "Amazon")
    assert not Relation.objects.filter(article=article).exists()
    assert Statement.objects.get(article=article).about == []
    analyze_as(article, **MADE)
    assert Finding.objects.get(article=article, effect="legal").affected_id is None
    undo_judgment(judgment, by=analyst)
    assert [[{**row, "id": 0} for row in rows] for rows in sorted_rows(picture(article))] == [
        [{**row, "id": 0} for row in rows] for rows in sorted_rows(before)
    ]


def sorted_rows(found: list[Any]) -> list[Any]:
    return [sorted(rows, key=lambda row: (row["sentence"], str(row.get("effect")))) for rows in found]


def test_a_relinked_mention_takes_its_finding_along(article: Article, analyst: Any) -> None:
    river = make_entity("place:x-amazon-river")
    judge(article, analyst, "relink", new_entity=river)
    assert Finding.objects.get(article=article, effect="legal").affected_id == river.pk


def test_an_added_tag_gives_an_unnamed_group_its_entity(article: Article, analyst: Any) -> None:
    start = TEXT.index("200 people")
    add_mention(
        article.version, field="body", start=start, end=start + 10, kind="organization", scope="article", by=analyst
    )  # fmt: skip
    assert Finding.objects.get(article=article, effect="human").affected.name == "200 people"


def test_merges_and_their_undo_reach_them(article: Article, analyst: Any) -> None:
    other = make_entity("company:x-other", name="Other")
    change = merge_entities(Entity.objects.get(key="company:amazon"), into=other, by=analyst)
    assert Finding.objects.get(article=article, effect="legal").affected_id == other.pk
    assert Relation.objects.get(article=article).subject_id == other.pk
    assert Statement.objects.get(article=article).about == [other.pk]
    undo_change(change, by=analyst)
    assert Finding.objects.get(article=article, effect="legal").affected_id == pk("company:amazon")


def test_a_relation_of_one_with_itself_is_none(article: Article, analyst: Any) -> None:
    merge_entities(
        Entity.objects.get(key="company:amazon"), into=Entity.objects.get(key="country:TD"), by=analyst
    )
    assert not Relation.objects.filter(article=article).exists()


def test_pointers_outside_the_text_make_no_row(analyst: Any) -> None:
    wrong = Impact("company:amazon", "Amazon", "legal", "harm", "short", "fact", "", 99)
    article = analyze_as(make_article(by=analyst), NAMED, impacts=[wrong])
    assert not Finding.objects.filter(article=article).exists()


def test_rebuild_fills_them_from_stored_analyses(article: Article) -> None:
    before = picture(article)
    Finding.objects.all().delete()
    Relation.objects.all().delete()
    Statement.objects.all().delete()
    call_command("rebuild")
    assert [len(rows) for rows in picture(article)] == [len(rows) for rows in before] == [2, 1, 1]
