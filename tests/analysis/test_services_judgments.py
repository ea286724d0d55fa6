"""Judgments: settled at once, kept through every later run, and taken back without a trace."""

from typing import Any

import pytest
from django.db import transaction

from analysis.models import Entity, Judgment, Mention, Tag
from analysis.services import (
    JudgmentRefused,
    add_mention,
    build_lexicon,
    judge_mention,
    judge_tag,
    run_rerun_step,
    undo_judgment,
)
from analysis.services.settling import Ledger, settle_article
from articles.models import Article, Audit
from tests.factories import NAMED, analyze_as, make_article, make_entity, make_ready_article

pytestmark = pytest.mark.django_db
OTHER_TEXT = "Amazon and Chad stand in this text too."


def picture(article: Article) -> dict[str, Any]:
    """All that stands in an article, without the ids of rows and times."""
    article.refresh_from_db()
    mentions = Mention.everything.filter(version=article.version).order_by("field", "start", "end", "pk")
    names = (
        "field",
        "start",
        "end",
        "surface",
        "kind",
        "entity_id",
        "score",
        "method",
        "reasons",
        "found",
        "is_rejected",
    )
    tags = (
        "entity_id",
        "kind",
        "score",
        "salience",
        "is_about",
        "mention_count",
        "evidence",
        "role",
        "reasons",
    )
    return {
        "mentions": list(mentions.values(*names)),
        "tags": list(Tag.objects.filter(article=article).order_by("entity_id").values(*tags)),
        "ids": sorted(article.entity_ids),
        "search": article.search,
        "counts": list(Entity.objects.order_by("pk").values_list("pk", "article_count")),
    }


def mention_of(article: Article, surface: str) -> Mention:
    return Mention.objects.filter(version=article.version, surface=surface).order_by("start").first()


def keys(article: Article) -> set[str]:
    return set(Tag.objects.filter(article=article).values_list("entity__key", flat=True))


def reject(article: Article, surface: str, by: Any, scope: str = "article") -> Judgment:
    return judge_mention(mention_of(article, surface), decision="reject", scope=scope, by=by)


def test_rejected_mention_leaves_tags_search_and_counts_at_once(analyst):
    article = make_ready_article()
    amazon = Entity.objects.get(key="company:amazon")
    assert "amazon" in article.search
    reject(article, "Amazon", analyst)
    article.refresh_from_db()
    amazon.refresh_from_db()
    assert "company:amazon" not in keys(article)
    assert amazon.pk not in article.entity_ids
    assert amazon.article_count == 0
    assert not Mention.objects.filter(version=article.version, surface="Amazon").exists()


def test_rejected_tag_stays_rejected_after_a_rerun(analyst):
    article = make_ready_article()
    reject(article, "Amazon", analyst)
    analyze_as(article, pipeline_version="2")
    assert "company:amazon" not in keys(article)


def test_rejected_words_stay_rejected_under_another_key(analyst):
    article = make_ready_article()
    reject(article, "Amazon", analyst)
    analyze_as(article, [("Amazon", "company", "company:x-amazon-again")])
    assert keys(article) == set()


def test_undo_restores_exactly(analyst):
    article = make_ready_article()
    before = picture(article)
    judgment = reject(article, "Amazon", analyst)
    assert picture(article) != before
    undo_judgment(judgment, by=analyst)
    assert picture(article) == before
    undo_judgment(judgment, by=analyst)
    assert picture(article) == before


def test_rerun_after_undo_is_as_before(analyst):
    article = make_ready_article()
    before = picture(article)
    judgment = reject(article, "Amazon", analyst)
    analyze_as(article)
    undo_judgment(judgment, by=analyst)
    assert picture(article) == before


def test_rerun_changes_nothing_and_keeps_row_ids(analyst):
    article = make_ready_article()
    reject(article, "Amazon", analyst)
    before, ids = picture(article), set(Mention.everything.values_list("pk", flat=True))
    analyze_as(article)
    assert picture(article) == before
    assert set(Mention.everything.values_list("pk", flat=True)) == ids


def test_scope_article_leaves_others_alone(analyst):
    article, other = make_ready_article(), make_article(OTHER_TEXT, named=NAMED)
    reject(article, "Amazon", analyst)
    assert "company:amazon" in keys(other)


def test_scope_source_reaches_the_source_only(analyst):
    article = make_ready_article(source_name="Gazette")
    same = make_article(OTHER_TEXT, named=NAMED, source_name="Gazette")
    other = make_article(OTHER_TEXT + " More.", named=NAMED, source_name="Herald")
    reject(article, "Amazon", analyst, scope="source")
    assert "company:amazon" not in keys(same)
    assert "company:amazon" in keys(other)


def test_scope_everywhere_reaches_today_and_tomorrow(analyst):
    article, other = make_ready_article(), make_article(OTHER_TEXT, named=NAMED)
    judgment = reject(article, "Chad", analyst, scope="everywhere")
    later = make_article(OTHER_TEXT + " Later.", named=NAMED)
    assert "country:TD" not in keys(other) | keys(later)
    judgment.refresh_from_db()
    assert judgment.hits == 4


def test_article_scope_outranks_everywhere(analyst):
    article, other = make_ready_article(), make_article(OTHER_TEXT, named=NAMED)
    judge_mention(mention_of(article, "Chad"), decision="accept", scope="article", by=analyst)
    reject(other, "Chad", analyst, scope="everywhere")
    assert "country:TD" in keys(article)
    assert "country:TD" not in keys(other)


def test_case_matters_for_common_words(analyst):
    article = make_article(
        "Target said so. TARGET fell. The target is near.",
        named=[
            ("Target", "company", "company:target"),
            ("TARGET", "company", "company:target"),
            ("target", "company", "company:target"),
        ],
    )
    reject(article, "target", analyst)
    assert set(Mention.objects.values_list("surface", flat=True)) == {"Target", "TARGET"}


def test_accepted_mention_is_certain(analyst):
    article = make_ready_article()
    judge_mention(mention_of(article, "Chad"), decision="accept", scope="article", by=analyst)
    mention = mention_of(article, "Chad")
    assert (mention.score, mention.method, mention.judgment.by) == (1.0, "judgment", analyst)
    assert mention.found["score"] == 0.9
    assert Tag.objects.get(article=article, entity__key="country:TD").score == 1.0


def test_other_kind_gets_an_entity_of_that_kind(analyst):
    article = make_ready_article()
    judge_mention(
        mention_of(article, "Amazon"), decision="rekind", scope="article", by=analyst, new_kind="place"
    )
    tag = Tag.objects.get(article=article, entity__name="Amazon")
    assert (tag.kind, tag.entity.kind, tag.entity.created_by) == ("place", "place", analyst)
    assert "company:amazon" not in keys(article)
    analyze_as(article)
    assert mention_of(article, "Amazon").kind == "place"


def test_researcher_made_a_person_keeps_the_entity(analyst):
    article = make_ready_article()
    judge_mention(
        mention_of(article, "Nick Roy"), decision="rekind", scope="article", by=analyst, new_kind="person"
    )
    tag = Tag.objects.get(article=article, entity__key="person:x-nick-roy")
    assert tag.kind == "person"
    assert tag.entity.kind == "researcher"


def test_relinked_mention_takes_salience_and_entity_along(analyst):
    article = make_ready_article()
    bookshop = make_entity("company:amazon-bookshop")
    old = Tag.objects.get(article=article, entity__key="company:amazon")
    judge_mention(
        mention_of(article, "Amazon"), decision="relink", scope="article", by=analyst, new_entity=bookshop
    )
    tag = Tag.objects.get(article=article, entity=bookshop)
    assert (tag.salience, tag.mention_count, tag.score) == (old.salience, 2, 1.0)
    analyze_as(article)
    assert "company:amazon" not in keys(article)


def test_added_mention_stands_everywhere_in_the_article_and_survives(analyst):
    article = make_ready_article()
    start = article.version.text.index("38 North")
    add_mention(
        article.version,
        field="body",
        start=start - 1,
        end=start + 8,
        kind="organization",
        scope="article",
        by=analyst,
    )
    added = Mention.objects.get(surface="38 North")
    assert (added.origin, added.by, added.start) == ("analyst", analyst, start)
    assert added.entity.name == "38 North"
    analyze_as(article)
    assert Mention.objects.filter(surface="38 North").count() == 1
    assert "organization:x-38-north" in keys(article)


def test_added_mention_covers_the_machines_shorter_one(analyst):
    article = make_ready_article()
    text = article.version.text
    start = text.index("researcher at 38 North")
    analyze_as(article, [*NAMED, ("North", "place", "place:x-north")])
    assert "place:x-north" in keys(article)
    judgment = add_mention(
        article.version,
        field="body",
        start=start + 14,
        end=start + 22,
        kind="organization",
        scope="article",
        by=analyst,
    )
    assert "place:x-north" not in keys(article)
    undo_judgment(judgment, by=analyst)
    assert "place:x-north" in keys(article)
    assert not Mention.everything.filter(surface="38 North").exists()


def test_added_everywhere_is_found_in_later_articles(analyst):
    article = make_ready_article()
    start = article.version.text.index("38 North")
    add_mention(
        article.version,
        field="body",
        start=start,
        end=start + 8,
        kind="organization",
        scope="everywhere",
        by=analyst,
    )
    later = make_article("A report by 38 North said so.", named=[])
    assert keys(later) == {"organization:x-38-north"}


def test_rejecting_an_added_mention_removes_it(analyst):
    article = make_ready_article()
    start = article.version.text.index("38 North")
    add_mention(
        article.version,
        field="body",
        start=start,
        end=start + 8,
        kind="organization",
        scope="everywhere",
        by=analyst,
    )
    reject(article, "38 North", analyst)
    assert "organization:x-38-north" not in keys(article)


def test_tag_is_rejected_whatever_the_words(analyst):
    article = make_ready_article()
    tag = Tag.objects.get(article=article, entity__key="company:amazon")
    judge_tag(tag, decision="reject", scope="article", by=analyst)
    analyze_as(article, [("office", "company", "company:amazon"), *NAMED])
    assert "company:amazon" not in keys(article)


def test_judgment_is_kept_with_what_the_machine_said(analyst):
    article = make_ready_article()
    judgment = reject(article, "Amazon", analyst)
    assert (judgment.kind, judgment.entity.key, judgment.score, judgment.method) == (
        "company",
        "company:amazon",
        0.9,
        "table",
    )
    assert judgment.pipeline_version == "test"
    audit = Audit.objects.get(verb="judge")
    assert audit.detail["surface"] == "Amazon"
    assert audit.by == analyst


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"decision": "rekind", "scope": "article"}, "which kind"),
        ({"decision": "relink", "scope": "article"}, "which entity"),
        ({"decision": "reject", "scope": "source"}, "no source"),
        ({"decision": "dance", "scope": "article"}, "does not exist"),
        ({"decision": "rekind", "scope": "article", "new_kind": "animal"}, "kind does not exist"),
        ({"decision": "rekind", "scope": "article", "new_kind": "country"}, "No country"),
    ],
)
def test_senseless_judgment_is_refused(analyst, values, says):
    article = make_ready_article()
    with pytest.raises(JudgmentRefused) as refused:
        judge_mention(mention_of(article, "Amazon"), by=analyst, **values)
    assert says in refused.value.reason
    assert not Judgment.objects.exists()


def test_nothing_selected_is_refused(analyst):
    article = make_ready_article()
    with pytest.raises(JudgmentRefused):
        add_mention(article.version, field="body", start=5, end=5, kind="place", scope="article", by=analyst)


def test_lexicon_carries_the_verdicts_in_scope(analyst):
    article, other = make_ready_article(), make_article(OTHER_TEXT, named=NAMED)
    reject(article, "Amazon", analyst)
    reject(article, "Chad", analyst, scope="everywhere")
    assert {verdict.surface for verdict in build_lexicon(article).verdicts} == {"Amazon", "Chad"}
    assert {verdict.surface for verdict in build_lexicon(other).verdicts} == {"Chad"}
    assert build_lexicon(None).verdicts == ()


def test_settling_again_changes_nothing(analyst):
    article = make_ready_article()
    reject(article, "Amazon", analyst)
    before = picture(article)
    with transaction.atomic():
        row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        ledger = Ledger()
        settle_article(row, row.version, ledger)
        ledger.close()
    assert picture(article) == before


def test_many_articles_are_settled_by_a_rerun(analyst, monkeypatch):
    from analysis.models import Rerun
    from analysis.services import reach

    monkeypatch.setattr(reach, "AT_ONCE", 2)
    articles = [make_article(f"Amazon is in text {n}.", named=NAMED) for n in range(4)]
    reject(articles[0], "Amazon", analyst, scope="everywhere")
    assert [bool(keys(article)) for article in articles] == [False, False, True, True]
    rerun = Rerun.objects.get()
    assert rerun.article_ids == [article.pk for article in articles[2:]]
    assert rerun.is_settling
    assert not run_rerun_step(rerun.pk)
    assert not any(keys(article) for article in articles)
