"""Of common words only the newest days are asked, and the answer is the one that all days would give."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analysis.models import DayTotal, Entity
from analysis.query import parse_query
from analysis.search import Filters, Look, Place, fence, find_articles
from analysis.search.compiling import look_up
from analysis.search.expected import estimates, expected_hits
from analysis.search.narrowing import asked_days, asked_groups, asked_others
from analysis.search.text import TextQuery, negated, text_query
from analysis.services.rollups import recount_days
from articles.models import Article, Submission
from articles.services.index import store_index
from tests.factories import make_article, make_source

DAYS, COMMON, RARE = 40, "drawings", "flotilla"
FIRST = date(2026, 3, 1)
TENTHS = ["Day 30", "Day 20", "Day 10", "Day 0"]
DAY_ASKED = "AT TIME ZONE 'UTC')::date >="


@pytest.fixture
def desk(analyst: User, monkeypatch: pytest.MonkeyPatch) -> User:
    """An article a day with the common word and Chad, every tenth with Japan, two with the rare word; a cap of 8."""
    for day in range(DAYS):
        where, named = "Chad", (("Chad", "country", "country:TD"),)
        if day % 10 == 0:
            where, named = "Chad and Japan", (*named, ("Japan", "country", "country:JP"))
        make_article(
            f"Officials in {where} leaked {COMMON}. {RARE if day in (3, 4) else 'Ships'} left. Day {day}.",
            title=f"Day {day}",
            by=analyst,
            named=named,
            published_on=str(FIRST + timedelta(days=day)),
        )
    source = make_source("Tenth", "tenth.example.org")
    tenths = {"labels": ["tenth"], "work_state": "important", "language": "ja", "source": source}
    Article.objects.filter(title__in=TENTHS).update(**tenths)
    recount_days()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    monkeypatch.setattr("analysis.search.facets.CAP", 8)
    return analyst


def look(text: str, user: User, place: Place | None = None) -> tuple[Look, list[str]]:
    """What the page shows, and the statements that looked for hits."""
    cache.clear()
    with CaptureQueriesContext(connection) as asked:
        shown = find_articles(Filters(query=parse_query(text)), user).look(place or Place())
    return shown, [query["sql"] for query in asked if "WITH hits" in query["sql"]]


def titles(shown: Look) -> list[str]:
    return [row.article.title for row in shown.rows]


def whole(text: str, user: User, monkeypatch: pytest.MonkeyPatch) -> Look:
    """The same when all days are asked."""
    with monkeypatch.context() as patched:
        patched.setattr(fence, "WORTH", 0)
        shown, asked = look(text, user)
    assert len(asked) == 1 and DAY_ASKED not in asked[0]
    return shown


def test_a_common_word_is_answered_from_the_newest_days(desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, asked = look(COMMON, desk)
    assert len(asked) == 1 and DAY_ASKED in asked[0]
    assert shown.facets.is_capped and titles(shown)[0] == f"Day {DAYS - 1}"
    assert shown == whole(COMMON, desk, monkeypatch)


def test_where_the_newest_days_have_too_few_all_are_asked(
    desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, asked = look(f"label:tenth {COMMON}", desk)
    assert len(asked) == 2
    assert titles(shown) == TENTHS
    assert shown == whole(f"label:tenth {COMMON}", desk, monkeypatch)


@pytest.mark.parametrize(
    "beside", ["country:JP", "state:important", "lang:ja", "source:Tenth", "(country:JP OR country:KP)"]
)
def test_what_the_index_knows_beside_the_words_is_expected(desk: User, beside: str) -> None:
    shown, asked = look(f"{COMMON} {beside}", desk)
    assert len(asked) == 1 and DAY_ASKED not in asked[0]
    assert titles(shown) == TENTHS


def test_a_frequent_entity_is_answered_from_the_newest_days(
    desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, asked = look("country:TD", desk)
    assert len(asked) == 1 and DAY_ASKED in asked[0]
    assert shown.facets.is_capped and titles(shown)[0] == f"Day {DAYS - 1}"
    assert shown == whole("country:TD", desk, monkeypatch)
    chad = Entity.objects.get(key="country:TD")
    ticked = find_articles(Filters(tags=(chad.pk,)), desk)
    assert titles(ticked.look(Place())) == titles(shown)


def test_a_rare_entity_is_left_to_the_planner(desk: User) -> None:
    for text in ("country:JP", "-country:TD", "country:TD OR label:tenth"):
        _, asked = look(text, desk)
        assert not any(DAY_ASKED in one for one in asked), text


@pytest.mark.parametrize(
    "text",
    ["about:JP", "country:JP OR state:important", "-state:important", "-source:x", "source:nobody", "Ships"],
)
def test_only_what_must_be_met_narrows(desk: User, text: str) -> None:
    filters = Filters(query=parse_query(text))
    assert asked_groups(filters, look_up(filters.query)) == () == asked_others(filters)


@pytest.mark.parametrize(
    "text",
    [
        f"{COMMON} source:example.org",
        f"{COMMON} source:tenth",
        f"{COMMON} source:nobody",
        f"{COMMON} (country:JP OR country:nowhere)",
        f"{COMMON} (country:JP OR country:TD)",
        f"{COMMON} lang:ja lang:en",
        f"{COMMON} lang:ja state:important source:Tenth country:JP",
        f"{COMMON} -country:JP",
        f"{COMMON} (country:JP OR state:important)",
        f"{COMMON} country:TD country:JP",
        f"{COMMON} country:JP score>0.1",
        f"{COMMON} about:JP",
        "title:Day country:JP",
        "title:Day country:TD",
        "country:TD published:2026-04-01..",
        "country:TD published:2026-04-01.. label:tenth",
        "country:TD state:important",
    ],
)
@pytest.mark.parametrize("role", ["analyst", "contributor"])
def test_narrowing_loses_no_hit(
    desk: User, contributor: User, monkeypatch: pytest.MonkeyPatch, text: str, role: str
) -> None:
    """Asked as if the index knew nothing but words, the answer is the same, in no more than three statements."""
    user = desk
    if role == "contributor":
        Submission.objects.filter(article__title__endswith="0").update(by=contributor)
        user = contributor
    shown, asked = look(text, user)
    assert len(asked) == len(set(asked)) <= 3
    monkeypatch.setattr("analysis.search.asked_groups", lambda *_: ())
    monkeypatch.setattr("analysis.search.asked_others", lambda *_: ())
    assert shown == whole(text, user, monkeypatch)


def test_what_contradicts_itself_finds_nothing(desk: User) -> None:
    for text in (
        "lang:de lang:fr",
        "state:important state:done",
        f"{COMMON} lang:de lang:fr",
        f"{COMMON} leaked lang:de lang:fr",
    ):
        assert not look(text, desk)[0].rows, text
    filters = Filters(query=parse_query(f"{COMMON} lang:de"), languages=("fr",))
    assert not find_articles(filters, desk).look(Place()).rows


def test_parts_the_planner_leaves_out_are_not_expected(desk: User) -> None:
    every = Article.objects.order_by()
    nothing = every.filter(language="de").filter(language="fr")
    assert len(estimates([every, nothing, every])) == 3


def test_stale_counts_by_day_change_nothing(desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    DayTotal.objects.filter(day=FIRST + timedelta(days=DAYS - 1)).update(articles=1000)
    shown, asked = look(COMMON, desk)
    assert len(asked) == 2
    assert shown == whole(COMMON, desk, monkeypatch)
    DayTotal.objects.all().delete()
    assert look(COMMON, desk)[0] == shown


def test_kept_counts_and_the_page_agree(desk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.search.facets.SLOW_SECONDS", 0)
    first, _ = look(COMMON, desk)
    found = find_articles(Filters(query=parse_query(COMMON)), desk)
    with CaptureQueriesContext(connection) as asked:
        assert found.look(Place()) == first
    assert not any("named AS" in query["sql"] for query in asked)


def test_rare_words_are_asked_of_all_days(desk: User) -> None:
    shown, asked = look(RARE, desk)
    assert len(asked) == 1 and DAY_ASKED not in asked[0]
    assert titles(shown) == ["Day 4", "Day 3"]


def test_days_that_are_asked_for_are_looked_up_with_the_words(
    desk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.search.facets.CAP", 1000)
    between = [">= '2026-03-05'", "<= '2026-03-09'"]
    cases = [
        ("published:2026-03-05..2026-03-09", ["Day 8", "Day 7", "Day 6", "Day 5", "Day 4"], between),
        ("published:..2026-03-02", ["Day 1", "Day 0"], ["<= '2026-03-02'"]),
        ("published:2026-04-08..", ["Day 39", "Day 38"], [">= '2026-04-08'"]),
        ("-published:2026-03-03..", ["Day 1", "Day 0"], []),
        ("(published:2026-03-01..2026-03-01 OR published:2026-04-09..)", ["Day 39", "Day 0"], []),
    ]
    for days, wanted, conditions in cases:
        shown, asked = look(f"{COMMON} {days}", desk)
        assert titles(shown) == wanted, days
        assert re.findall(r"::date ([<>]= '[\d-]+')", asked[0]) == conditions, days


def test_days_ticked_beside_the_list_count_too(desk: User) -> None:
    filters = Filters(query=parse_query(COMMON), since=FIRST, until=FIRST + timedelta(days=1))
    assert titles(find_articles(filters, desk).look(Place())) == ["Day 1", "Day 0"]
    assert asked_days(filters) == (FIRST, FIRST + timedelta(days=1))
    both = Filters(
        query=parse_query("x published:2026-03-02..2026-05-01"), since=FIRST, until=date(2026, 4, 1)
    )
    assert asked_days(both) == (date(2026, 3, 2), date(2026, 4, 1))


def test_one_index_answers_words_and_days(desk: User) -> None:
    """Else every row with the word would be read."""
    wanted = fence.Wanted(
        text_query(COMMON), since=FIRST, entities=((1, 2),), others=(("work_state", ("new",)),)
    )
    newest = fence.fenced(Article.objects.all(), wanted)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = newest.explain()
    conditions = "".join(line for line in plan.splitlines() if "article_search" in line or "Cond:" in line)
    assert "article_search" in conditions and "search @@" in conditions and "::date >=" in conditions
    assert "entity_ids &&" in conditions and "work_state" in conditions


def test_how_many_are_expected(desk: User) -> None:
    cases: list[tuple[TextQuery, int, int]] = [
        (text_query(COMMON), 38, 40),
        (text_query(RARE), 1, 2),
        (text_query("leaked drawings", is_phrase=True), 38, 40),
        (text_query(f"{RARE} {COMMON}"), 1, 9),
        (text_query(RARE) | text_query("ships"), 38, 40),
        (text_query(COMMON) & negated(text_query(RARE)), 35, 40),
        (text_query("of the"), 0, 1),
        (text_query(" ".join(f"word{number}" for number in range(30))), 0, 1),
    ]
    for text, least, most in cases:
        assert least <= expected_hits(text) <= most, text


def test_words_that_stand_together_are_expected_more_often_than_by_chance(desk: User) -> None:
    for article in Article.objects.filter(title__in=[f"Day {day}" for day in range(0, DAYS, 2)]):
        store_index(article, "white house", names=[])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE articles_article")
    phrase = text_query("white house", is_phrase=True)
    [by_chance] = estimates([Article.objects.order_by().filter(search=phrase)])
    assert by_chance < expected_hits(phrase) < 21
