"""Searching: what is found, in which order, how many, and only what the reader may see."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone

from analysis.forms import ArticleFilterForm
from analysis.models import Entity, Finding, Relation
from analysis.query import parse_query
from analysis.search import PAGE_SIZE, RELEVANCE, SALIENCE, Filters, Place, find_articles, suggestions
from analysis.search.facets import narrowed
from analysis.search.text import configurations, marked
from articles.models import Article, Note
from articles.services import withdraw_article
from articles.services.index import store_index
from tests.factories import make_article, make_ready_article, make_source, make_url_article

LEAK = "The server leaked drawings from Chad. Officials said Amazon had sent café menus."
BANK = "A bank in Japan was robbed. The thieves ran through the running water."


@pytest.fixture
def leak(analyst: User) -> Article:
    return make_ready_article(LEAK, title="Server leaks drawings", by=analyst, published_on="2026-03-05")


@pytest.fixture
def bank(analyst: User) -> Article:
    named = (("Japan", "country", "country:JP"),)
    return make_article(BANK, title="Bank robbed", by=analyst, named=named, published_on="2026-01-20")


def found(text: str, user: User, **more: Any) -> list[str]:
    result = find_articles(Filters(query=parse_query(text), **more), user)
    return [row.article.title for row in result.page(1)[0]]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", ["Server leaks drawings", "Bank robbed"]),
        ("drawing", ["Server leaks drawings"]),
        ("LEAKING", ["Server leaks drawings"]),
        ("cafe", ["Server leaks drawings"]),
        ("the bank", ["Bank robbed"]),
        ('"leaked drawings"', ["Server leaks drawings"]),
        ('"drawings leaked"', []),
        ("draw*", ["Server leaks drawings"]),
        ("-bank", ["Server leaks drawings"]),
        ("said -amazon", []),
        ("drawings OR bank", ["Server leaks drawings", "Bank robbed"]),
        ("(drawings OR bank) japan", ["Bank robbed"]),
        ("country:JP", ["Bank robbed"]),
        ("country:chad", ["Server leaks drawings"]),
        ("-country:JP", ["Server leaks drawings"]),
        ("company:amazon drawings", ["Server leaks drawings"]),
        ("company:chad", []),
        ("company:amazon score>0.8", ["Server leaks drawings"]),
        ("company:amazon score<0.8", []),
        ("tag:chad", ["Server leaks drawings"]),
        ("country:JP OR company:Amazon", ["Server leaks drawings", "Bank robbed"]),
        ("title:bank", ["Bank robbed"]),
        ("title:thieves", []),
        ("ʻban*", ["Bank robbed"]),  # `unaccent` makes an apostrophe of the first letter
        ("½*", []),
        ("ŉ*", []),
        ("ː* OR bank", ["Bank robbed"]),
        ("published:2026-01", ["Bank robbed"]),
        ("published:2026-02..", ["Server leaks drawings"]),
        ("published:..2025", []),
        ("submitted:-1d", ["Server leaks drawings", "Bank robbed"]),
        ("status:ready bank", ["Bank robbed"]),
        ("status:failed", []),
        ("state:new japan", ["Bank robbed"]),
        ("is:duplicate", []),
        ("is:original bank", ["Bank robbed"]),
        ("origin:text bank", ["Bank robbed"]),
        ("byline:nobody", []),
        ("title:bank -country:TD", ["Bank robbed"]),
        ("story:none bank", ["Bank robbed"]),
        ("story:7", []),
        ("label:urgent", []),
        ("has:labels", []),
        ("has:story", []),
        ("has:copies", []),
        ("has:byline", []),
        ("has:assignee", []),
        ("lang:english drawings", ["Server leaks drawings"]),
        ("about:Amazon", []),
        ("about:Chad", []),
        ("implied:Chad", []),
        ("cve:CVE-2026-1234", []),
        ("domain:example[.]com", []),
        ("drawings published:2026-03", ["Server leaks drawings"]),
        ("(drawings OR country:JP) -bank", ["Server leaks drawings"]),
        ("-(drawings country:TD)", ["Bank robbed"]),
        ("assignee:me", []),
        ("score>0.99999", []),
        ("country:JP score>0.1", ["Bank robbed"]),
    ],
)
def test_finds(text: str, titles: list[str], leak: Article, bank: Article, analyst: User) -> None:
    assert found(text, analyst) == titles


def test_unknown_name_finds_nothing_and_says_so(leak: Article, analyst: User) -> None:
    result = find_articles(Filters(query=parse_query("company:Amazzon")), analyst)
    assert not result.articles.exists()
    assert [entity.name for entity in suggestions(result.missing[0])] == ["Amazon"]


def test_reader_finds_only_what_is_theirs(leak: Article, stranger: User) -> None:
    assert found("drawings", stranger) == []
    assert find_articles(Filters(), stranger).facets().total == 0


def test_withdrawn_is_found_only_when_asked_for(leak: Article, analyst: User) -> None:
    withdraw_article(leak, by=analyst)
    assert found("drawings", analyst) == []
    assert found("status:withdrawn", analyst) == ["Server leaks drawings"]


def test_facet_filters(leak: Article, bank: Article, analyst: User) -> None:
    japan = Entity.objects.get(key="country:JP")
    assert found("", analyst, tags=(japan.pk,)) == ["Bank robbed"]
    assert found("", analyst, not_tags=(japan.pk,)) == ["Server leaks drawings"]
    assert found("", analyst, since=date(2026, 2, 1)) == ["Server leaks drawings"]
    assert found("", analyst, until=date(2026, 1, 20)) == ["Bank robbed"]
    assert found("", analyst, added_since=timezone.now() + timedelta(days=1)) == []


def test_source_filters(leak: Article, bank: Article, analyst: User) -> None:
    source = make_source(kind="news")
    Article.objects.filter(pk=leak.pk).update(source=source)
    assert found("", analyst, sources=(source.pk,)) == ["Server leaks drawings"]
    assert found("", analyst, not_sources=(source.pk,)) == ["Bank robbed"]
    assert found("source:example.org", analyst) == found("kind:news", analyst) == ["Server leaks drawings"]
    assert found("", analyst, kinds=("news",)) == ["Server leaks drawings"]


def test_relevance_prefers_the_title(leak: Article, analyst: User) -> None:
    text = "Much later, far down, somebody mentions a server once and never again in this long text."
    make_article(text, title="Something else", by=analyst, named=(), published_on="2026-09-09")
    assert found("server", analyst) == ["Something else", "Server leaks drawings"]
    assert found("server", analyst, order=RELEVANCE) == ["Server leaks drawings", "Something else"]


def test_snippet_marks_hits_and_escapes_the_text(analyst: User) -> None:
    make_article("A <script>alert(1)</script> drawing & more drawings.", title="X", by=analyst, named=())
    row = find_articles(Filters(query=parse_query("drawing")), analyst).page(1)[0][0]
    assert "<mark>drawing</mark>" in row.text
    assert "<script>" not in row.text


def test_marker_characters_in_a_text_mark_nothing(analyst: User) -> None:
    make_article("A drawing \ue000fake\ue001 mark.", title="X", by=analyst, named=())
    row = find_articles(Filters(query=parse_query("drawing")), analyst).page(1)[0][0]
    assert row.text.count("<mark>") == 1


def test_marked_escapes_what_is_not_a_marker() -> None:
    assert marked("<b>\ue000hit\ue001</b>") == "&lt;b&gt;<mark>hit</mark>&lt;/b&gt;"


def test_facets_count_what_is_found(leak: Article, bank: Article, analyst: User) -> None:
    make_url_article(by=analyst)
    facets = find_articles(Filters(), analyst).facets()
    assert {(one.label, one.number) for one in facets.groups["Countries"]} == {("Chad", 1), ("Japan", 1)}
    assert [one.label for one in facets.groups["Companies"]] == ["Amazon"]
    assert {one.value: one.number for one in facets.groups["status"]} == {"ready": 2, "working": 1}
    assert "2026-03" in [one.value for one in facets.groups["month"]]
    assert (facets.total, facets.total_label) == (3, "3")


def test_facets_follow_the_query(leak: Article, bank: Article, analyst: User) -> None:
    facets = find_articles(Filters(query=parse_query("bank")), analyst).facets()
    assert [one.label for one in facets.groups["Countries"]] == ["Japan"]


def test_among_many_hits_names_of_a_single_one_are_left_to_typing(
    leak: Article, bank: Article, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_article("Chad again.", title="Chad", by=analyst, named=[("Chad", "country", "country:TD")])
    monkeypatch.setattr("analysis.search.facets.MANY", 3)
    found_all = find_articles(Filters(), analyst)
    assert [(one.label, one.number) for one in found_all.facets().groups["Countries"]] == [("Chad", 2)]
    assert [one.label for one in narrowed(found_all.unranked, "Countries", "jap")] == ["Japan"]


def test_counting_stops_at_the_cap(
    leak: Article, bank: Article, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.search.facets.CAP", 1)
    facets = find_articles(Filters(), analyst).facets()
    assert (facets.total, facets.is_capped, facets.total_label) == (1, True, "1+")
    assert {one.number for lines in facets.groups.values() for one in lines} == {1}


def test_counts_over_their_time_are_kept_and_the_page_is_not(
    leak: Article, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.search.facets.SLOW_SECONDS", 0)
    first = find_articles(Filters(), analyst).look(Place())
    bank = make_article(BANK, title="Bank robbed", by=analyst, named=())
    second = find_articles(Filters(), analyst).look(Place())
    assert (first.facets, len(first.rows)) == (second.facets, 1)
    assert {row.article.pk for row in second.rows} == {leak.pk, bank.pk}
    cache.clear()


def test_stories_are_counted_beside_articles(leak: Article, bank: Article, analyst: User) -> None:
    make_url_article(by=analyst)
    Article.objects.filter(pk__in=[leak.pk, bank.pk]).update(story_id=5)
    facets = find_articles(Filters(), analyst).facets()
    assert (facets.total, facets.stories) == (3, 2)
    assert found("story:5", analyst) == ["Server leaks drawings", "Bank robbed"]


def test_copies_are_folded_into_their_original(leak: Article, bank: Article, analyst: User) -> None:
    Article.objects.filter(pk=bank.pk).update(duplicate_of=leak)
    look = find_articles(Filters(), analyst).look(Place())
    assert [(row.article.pk, [copy.pk for copy in row.copies]) for row in look.rows] == [(leak.pk, [bank.pk])]
    assert look.facets.total == 2
    alone = find_articles(Filters(query=parse_query("is:duplicate")), analyst).look(Place())
    assert [row.article.pk for row in alone.rows] == [bank.pk]
    assert found("has:copies", analyst) == ["Server leaks drawings"]


def test_keys_lead_through_the_newest_whatever_comes_in(analyst: User) -> None:
    for number in range(PAGE_SIZE * 2 + 5):
        make_url_article(f"https://example.org/{number}", by=analyst)
    find = partial(find_articles, Filters(), analyst)
    first = find().look(Place())
    make_url_article("https://example.org/late", by=analyst)
    second = find().look(Place(before=first.older))
    third = find().look(Place(before=second.older))
    seen = [row.article.pk for look in (first, second, third) for row in look.rows]
    assert len(seen) == len(set(seen)) == PAGE_SIZE * 2 + 5
    assert (first.newer, third.older) == (None, None)
    back = find().look(Place(after=third.newer))
    assert [row.article.pk for row in back.rows] == [row.article.pk for row in second.rows]
    newest = find().look(Place(after=second.newer))
    assert [row.article.pk for row in newest.rows] == [row.article.pk for row in first.rows]
    late = find().look(Place(after=newest.newer))
    assert (len(late.rows), late.newer) == (PAGE_SIZE, None)  # filled up, with the late one first
    assert late.rows[1].article.pk == first.rows[0].article.pk


def test_pages_go_on_beyond_what_is_counted(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.search.facets.CAP", PAGE_SIZE)
    for number in range(PAGE_SIZE + 4):
        make_url_article(f"https://example.org/{number}", by=analyst)
    result = find_articles(Filters(), analyst)
    first = result.look(Place())
    second = result.look(Place(before=first.older))
    assert (first.facets.is_capped, len(first.rows), len(second.rows)) == (True, PAGE_SIZE, 4)


def test_salience_puts_first_what_is_about_it(leak: Article, bank: Article, analyst: User) -> None:
    text = "Japan said Japan would. In Japan they agreed."
    about = make_article(
        text,
        title="Japan",
        by=analyst,
        named=(("Japan", "country", "country:JP"),),
        published_on="2025-01-01",
    )
    query = parse_query("country:JP")
    assert found("country:JP", analyst) == ["Bank robbed", "Japan"]
    result = find_articles(Filters(query=query, order=SALIENCE), analyst)
    assert [row.article.pk for row in result.look(Place()).rows] == [about.pk, bank.pk]
    assert [article.pk for article in result.articles] == [about.pk, bank.pk]
    assert not find_articles(Filters(order=SALIENCE), analyst).is_ranked


def test_relevance_looks_like_it_pages(leak: Article, bank: Article, analyst: User) -> None:
    result = find_articles(Filters(query=parse_query("server OR running"), order=RELEVANCE), analyst)
    assert [row.article.title for row in result.look(Place()).rows] == [
        "Server leaks drawings",
        "Bank robbed",
    ]


def test_words_are_stemmed_by_the_language_asked_for(analyst: User) -> None:
    text = "Die Regierungen verhandelten gestern über Häuser und Straßen, und sie waren sich nicht einig darüber."
    article = make_article(text, title="Verhandlung", by=analyst)
    Article.objects.filter(pk=article.pk).update(language="de")
    article.refresh_from_db()
    store_index(article, text, names=[])
    assert found("Regierung lang:de", analyst) == ["Verhandlung"]
    assert found("haus", analyst, languages=("de",)) == ["Verhandlung"]
    assert configurations("правительство") == ("english", "russian")


def test_a_facet_is_narrowed_by_what_is_typed(leak: Article, bank: Article, analyst: User) -> None:
    hits = find_articles(Filters(), analyst).unranked
    assert [one.label for one in narrowed(hits, "Countries", "jap")] == ["Japan"]
    assert narrowed(hits, "Companies", "jap") == ()
    source = make_source(kind="news")
    Article.objects.filter(pk=leak.pk).update(source=source)
    assert [one.value for one in narrowed(hits, "Source", "exam")] == [str(source.pk)]


def test_exclusions_of_every_kind(leak: Article, bank: Article, analyst: User) -> None:
    source = make_source(kind="news")
    Article.objects.filter(pk=leak.pk).update(source=source, language="de")
    assert found("", analyst, not_kinds=("news",)) == ["Bank robbed"]
    assert found("", analyst, not_languages=("de",)) == ["Bank robbed"]
    assert found("", analyst, not_statuses=("ready",)) == []


def test_findings_notes_and_relations_are_asked_for(leak: Article, bank: Article, analyst: User) -> None:
    place = {
        "article": leak,
        "version": leak.version,
        "sentence": 0,
        "start": 0,
        "end": 5,
        "dated_at": leak.dated_at,
    }
    amazon, chad = Entity.objects.get(key="company:amazon"), Entity.objects.get(key="country:TD")
    Finding.objects.create(**place, affected=amazon, affected_text="Amazon", effect="legal")
    Relation.objects.create(**place, subject=amazon, object=chad, kind="mentioned-together")
    assert found("exposure:Amazon>Chad", analyst) == []
    Relation.objects.create(**place, subject=amazon, object=chad, kind="operates-in")
    note = Note.objects.create(article=leak, version=leak.version, by=analyst, text="Ask them.")
    for text in (
        "finding:legal",
        "has:findings",
        "has:notes",
        "exposure:Amazon>TD",
        "-finding:human drawings",
    ):
        assert found(text, analyst) == ["Server leaks drawings"]
    Note.objects.filter(pk=note.pk).update(removed_at=timezone.now())
    assert found("has:notes", analyst) == found("finding:human", analyst) == []
    assert found("exposure:Amazon>JP", analyst) == []


def test_the_fence_survives_as_a_subquery(leak: Article, bank: Article, analyst: User) -> None:
    hits = find_articles(Filters(query=parse_query("drawings")), analyst).articles
    assert "OFFSET 0" in str(hits.query)
    assert hits.count() == 1
    assert list(Article.objects.filter(pk__in=hits.values("pk"))) == [leak]


def test_pages_follow_each_other(analyst: User) -> None:
    for number in range(PAGE_SIZE + 1):
        make_url_article(f"https://example.org/{number}", by=analyst)
    result = find_articles(Filters(), analyst)
    first, has_next = result.page(1)
    second, has_third = result.page(2)
    assert (len(first), has_next, len(second), has_third) == (PAGE_SIZE, True, 1, False)
    assert not {row.article.pk for row in first} & {row.article.pk for row in second}


@pytest.mark.parametrize(
    "address",
    [
        "tag=x&tag=-1&tag=99999999999999&source=%00",
        "since=2026-99-99&until=yesterday&added=never",
        "page=-3&sort=magic",
        "page=99999999&lang=%00",
        "before=never_1&after=2026-03-01_9",
        "before=0001-01-01T00:00:00%2B00:00_1&after=x_99999999999999999999",
        "status=%27%3B+DROP&kind=" + "x" * 99,
        "q=%00",
        "added=2026-03-01T00:00:00",
    ],
)
def test_any_address_gives_filters(address: str, analyst: User) -> None:
    form = ArticleFilterForm(QueryDict(address))
    assert find_articles(form.filters(), analyst).page(form.cleaned_data["page"]) == ([], False)


def test_moment_in_an_address_survives_its_plus_sign() -> None:
    form = ArticleFilterForm(QueryDict("added=2026-03-01T10:00:00+00:00"))
    assert form.filters().added_since == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "is_fenced"),
    [("-bank", False), ("-bank -server", False), ("server -bank", True), ("title:bank", True)],
)
def test_the_index_is_asked_first_only_for_words_that_must_occur(
    text: str, is_fenced: bool, leak: Article, bank: Article, analyst: User
) -> None:
    found = find_articles(Filters(query=parse_query(text)), analyst)
    assert ("OFFSET 0" in str(found.unranked.query)) == is_fenced
    assert found.look(Place()).facets.total == found.unranked.count()
