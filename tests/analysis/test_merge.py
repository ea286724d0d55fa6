"""Merge and split: what stands for what, and the exact way back."""

import pytest

from analysis.models import Alias, Entity, EntityChange, Mention, Tag
from analysis.services import ChangeRefused, judge_mention, merge_entities, split_alias, undo_change
from articles.models import Audit
from tests.analysis.test_services_judgments import keys, picture
from tests.factories import NAMED, analyze_as, make_article, make_entity, make_ready_article

pytestmark = pytest.mark.django_db


def entity(key: str) -> Entity:
    return Entity.objects.get(key=key)


def aliases() -> list[tuple[str, str]]:
    return sorted(Alias.objects.values_list("entity__key", "surface"))


@pytest.fixture
def two(db):
    """Two articles that call one company by two entities."""
    first = make_ready_article()
    second = make_article(
        "Amazon.com Inc. said so.", named=[("Amazon.com Inc.", "company", "company:x-amazon-com")]
    )
    return first, second


def test_merged_entity_stands_for_both(two, analyst):
    first, second = two
    merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    assert keys(second) == {"company:amazon"}
    assert entity("company:amazon").article_count == 2
    assert entity("company:x-amazon-com").article_count == 0
    assert set(entity("company:amazon").articles()) == {first, second}
    assert ("company:amazon", "Amazon.com Inc.") in aliases()


def test_merge_holds_in_later_runs(two, analyst):
    merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    analyze_as(two[1], [("Amazon.com Inc.", "company", "company:x-amazon-com")])
    later = make_article(
        "Amazon.com Inc. again.", named=[("Amazon.com Inc.", "company", "company:x-amazon-com")]
    )
    assert keys(two[1]) == keys(later) == {"company:amazon"}


def test_undone_merge_is_as_before(two, analyst):
    before = [picture(article) for article in two], aliases()
    change = merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    assert [picture(article) for article in two] != before[0]
    undo_change(change, by=analyst)
    assert ([picture(article) for article in two], aliases()) == before
    assert entity("company:x-amazon-com").merged_into is None


def test_undone_merge_is_as_before_after_a_rerun_too(two, analyst):
    before = [picture(article) for article in two]
    change = merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    analyze_as(two[0])
    analyze_as(two[1], [("Amazon.com Inc.", "company", "company:x-amazon-com")])
    undo_change(change, by=analyst)
    assert [picture(article) for article in two] == before


def test_merge_keeps_judgments(two, analyst):
    mention = Mention.objects.get(surface="Amazon.com Inc.")
    judge_mention(mention, decision="reject", scope="article", by=analyst)
    merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    analyze_as(two[1], [("Amazon.com Inc.", "company", "company:amazon")])
    assert keys(two[1]) == set()


def test_two_entities_in_one_article_become_one_tag(analyst):
    article = make_ready_article()
    analyze_as(article, [*NAMED, ("38 North", "company", "company:x-38-north")])
    merge_entities(entity("company:x-38-north"), into=entity("company:amazon"), by=analyst)
    assert Tag.objects.get(article=article, entity__key="company:amazon").mention_count == 3


def test_chain_of_merges_leads_to_the_last(two, analyst):
    third = make_entity("company:x-amzn")
    first_change = merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    second_change = merge_entities(entity("company:amazon"), into=third, by=analyst)
    assert keys(two[1]) == {"company:x-amzn"}
    with pytest.raises(ChangeRefused, match="later merge"):
        undo_change(first_change, by=analyst)
    undo_change(second_change, by=analyst)
    undo_change(first_change, by=analyst)
    assert keys(two[1]) == {"company:x-amazon-com"}


def test_ambiguous_mention_is_settled_when_its_candidates_merge(analyst):
    article = make_article("Mercury rose.", named=[("Mercury", "company", "")])
    one, two = make_entity("company:mercury-one"), make_entity("company:mercury-two")
    Mention.objects.update(is_ambiguous=True, candidates=[[one.key, 0.5, []], [two.key, 0.5, []]])
    change = merge_entities(one, into=two, by=analyst)
    assert keys(article) == {"company:mercury-two"}
    assert not Mention.objects.get().is_ambiguous
    undo_change(change, by=analyst)
    assert keys(article) == set()
    assert Mention.objects.get().is_ambiguous


@pytest.mark.parametrize(("gives", "gets"), [("company:amazon", "company:amazon")])
def test_merge_into_itself_is_refused(two, analyst, gives, gets):
    with pytest.raises(ChangeRefused, match="itself"):
        merge_entities(entity(gives), into=entity(gets), by=analyst)


def test_merged_entity_cannot_be_merged_again(two, analyst):
    merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    with pytest.raises(ChangeRefused, match="merged already"):
        merge_entities(entity("company:x-amazon-com"), into=make_entity("company:other"), by=analyst)


def test_split_alias_takes_its_mentions_along(two, analyst):
    merged = merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    undo_change(merged, by=analyst)
    article = make_article("AMZ bought it.", named=[("AMZ", "company", "company:amazon")])
    alias = Alias.objects.create(entity=entity("company:amazon"), surface="AMZ")
    before = picture(article)
    change = split_alias(alias, by=analyst)
    assert Tag.objects.get(article=article).entity == change.into
    assert change.into.name == "AMZ"
    later = make_article("AMZ sold it.", named=[("AMZ", "company", "company:amazon")])
    assert Tag.objects.get(article=later).entity == change.into
    undo_change(change, by=analyst)
    after = picture(article)
    assert after["tags"] == before["tags"]
    assert Tag.objects.get(article=later).entity.key == "company:amazon"


def test_own_name_cannot_be_split_off(two, analyst):
    alias = Alias.objects.get(entity__key="company:amazon", surface="Amazon")
    with pytest.raises(ChangeRefused, match="own name"):
        split_alias(alias, by=analyst)


def test_changes_are_journaled_and_audited(two, analyst):
    change = merge_entities(entity("company:x-amazon-com"), into=entity("company:amazon"), by=analyst)
    undo_change(change, by=analyst)
    undo_change(change, by=analyst)
    row = EntityChange.objects.get()
    assert (row.by, row.undone_by) == (analyst, analyst)
    assert list(
        Audit.objects.filter(verb__contains="merge").order_by("id").values_list("verb", flat=True)
    ) == [
        "merge",
        "undo merge",
    ]
