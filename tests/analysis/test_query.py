"""The query language: what is understood, what is a mistake and where; never anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.query import (
    CHOICES,
    FIELD_HELP,
    FIELDS,
    GRAMMAR_HELP,
    MAX_LENGTH,
    All,
    Any_,
    Dates,
    FieldTerm,
    Not,
    Phrase,
    Prefix,
    Query,
    QueryError,
    Score,
    Word,
    complete,
    describe,
    parse_query,
)
from articles.models import Article, Source, Status


def root(text: str) -> object:
    return parse_query(text).root


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leak", Word("leak")),
        ("  leak  ", Word("leak")),
        ("server leak", All((Word("server"), Word("leak")))),
        ('"animation work"', Phrase("animation work")),
        ("“animation work”", Phrase("animation work")),
        ("malw*", Prefix("malw")),
        ("-japan", Not(Word("japan"))),
        ("--japan", Word("japan")),
        ("-(a b)", Not(All((Word("a"), Word("b"))))),
        ("leak OR breach", Any_((Word("leak"), Word("breach")))),
        ("a b OR c", Any_((All((Word("a"), Word("b"))), Word("c")))),
        ("(leak OR breach) bank", All((Any_((Word("leak"), Word("breach"))), Word("bank")))),
        ("state-sponsored", Word("state-sponsored")),
        ("order", Word("order")),
        ("ORDER", Word("ORDER")),
        ("https://example.org/a", Word("https://example.org/a")),
        ("12:30", Word("12:30")),
        ("country:KP", FieldTerm("country", "KP", 0)),
        ("COUNTRY:kp", FieldTerm("country", "kp", 0)),
        ('company:"Warner Bros. Discovery"', FieldTerm("company", "Warner Bros. Discovery", 0)),
        ("organisation:EU", FieldTerm("org", "EU", 0)),
        ("score>0.8", Score(">", 0.8)),
        ("score >= 80%", Score(">=", 0.8)),
        ("published:2026", Dates("published", "2026-01-01", "2026-12-31")),
        ("published:2026-02", Dates("published", "2026-02-01", "2026-02-28")),
        ("published:2026-01..2026-03", Dates("published", "2026-01-01", "2026-03-31")),
        ("published:2026-01-05..", Dates("published", "2026-01-05", "")),
        ("published:..2026", Dates("published", "", "2026-12-31")),
        ("published:-7d", Dates("published", days=7)),
        ("submitted:2w", Dates("submitted", days=14)),
        ("published:-9999y", Dates("published", days=365_000)),
    ],
)
def test_understands(text: str, expected: object) -> None:
    assert root(text) == expected


def test_empty_box_is_a_query_for_everything() -> None:
    assert parse_query("   ") == Query(text="   ")


@pytest.mark.parametrize(
    ("text", "place", "suggestion"),
    [
        ("contry:KP", (0, 9), "country:KP"),
        ("bank contry:KP leak", (5, 14), "bank country:KP leak"),
        ("leak zzzz:x", (5, 11), 'leak "zzzz:x"'),
        ('say "hello', (4, 10), 'say "hello"'),
        ("leak (bank", (5, 10), "leak (bank)"),
        ("leak) bank", (4, 5), "leak bank"),
        ("OR leak", (0, 2), "leak"),
        ("leak OR", (5, 7), "leak"),
        ("a OR OR b", (5, 7), "a OR b"),
        ("leak ()", (5, 7), "leak"),
        ("(leak OR ) bank", (6, 9), "(leak ) bank"),
        ("country: KP", (0, 8), "country:KP"),
        ("country:", (0, 8), ""),
        ("company:Ama*", (0, 12), "company:Ama"),
        ('country:""', (0, 10), ""),
        ("published:2026-13", (0, 17), "published:2026"),
        ("published:soon", (0, 14), ""),
        ("published:2026/03/01", (0, 20), "published:2026-03-01"),
        ("published:31.12.2025", (0, 20), "published:2025-12-31"),
        ("published:>2026-01", (0, 18), "published:2026-01.."),
        ("published:2026-03..2026-01", (0, 26), "published:2026-01..2026-03"),
        ("score>70", (0, 8), "score>0.7"),
        ("score:0.8", (0, 9), "score>=0.8"),
        ("state:imporant x", (0, 14), "state:important x"),
        ("finding:legl", (0, 12), "finding:legal"),
        ("exposure:Amazon", (0, 15), ""),
        ("story:x", (0, 7), ""),
        ("-" * 13 + "a", (0, 13), "-a"),
    ],
)
def test_mistake_points_at_its_place(text: str, place: tuple[int, int], suggestion: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(text)
    assert (caught.value.start, caught.value.end) == place
    assert caught.value.suggestion == suggestion
    assert caught.value.message


@pytest.mark.parametrize(
    "text",
    ["x" * (MAX_LENGTH + 1), "(" * 20 + "a" + ")" * 20, "-" * 30 + "a", " ".join("abc" for _ in range(80))],
)
def test_limits_are_mistakes_too(text: str) -> None:
    with pytest.raises(QueryError):
        parse_query(text)


def test_words_for_marking_leave_out_what_is_not_wanted() -> None:
    assert parse_query('leak -bank ("two words" OR malw*) title:x country:KP').words == (
        "leak",
        "two words",
        "malw",
        "x",
    )


def test_fields_are_listed_wherever_they_stand() -> None:
    assert [term.value for term in parse_query("country:KP (-country:RU OR person:x)").fields] == [
        "KP",
        "RU",
        "x",
    ]


def test_every_example_of_the_help_is_understood() -> None:
    helped = {entry.field for entry in FIELD_HELP}
    assert helped == set(FIELDS)
    for entry in (*FIELD_HELP, *GRAMMAR_HELP):
        assert parse_query(entry.example).root is not None


def test_choices_are_those_of_the_rows() -> None:
    assert set(CHOICES["state"]) == set(Article.WorkState.values)
    assert set(CHOICES["origin"]) == set(Article.Origin.values)
    assert set(CHOICES["kind"]) == set(Source.SourceKind.values)
    assert set(CHOICES["status"]) == {*Status.values, "working"}


@pytest.mark.parametrize(
    ("text", "said", "rest"),
    [
        ("bank -leak country:KP", ["bank", "leak", "country: KP"], "bank country:KP"),
        ('(a OR b) "c d" e*', ["a or b", "“c d”", "e…"], "(a OR b) e*"),
        ("x -(a b) y", ["x", "a and b", "y"], "x y"),
        ('x exposure:"Warner Bros."\t>US y', ["x", "Warner Bros. exposed to US", "y"], "x y"),
        ("a score>=80% b", ["a", "score >= 0.8", "b"], "a b"),
        ("a published:-7d b", ["a", "published in the last 7 days", "b"], "a b"),
        ("a lang:German b", ["a", "lang: de", "b"], "a b"),
        ("a OR b c", ["a or (b and c)"], None),
    ],
)
def test_parts_know_their_place(text: str, said: list[str], rest: str | None) -> None:
    query = parse_query(text)
    assert [describe(part.node) for part in query.parts] == said
    if rest is not None:
        assert query.without(query.parts[1]) == rest


@pytest.mark.parametrize(
    ("text", "field", "words", "chosen"),
    [
        ("cou", "", "cou", '"North Korea"'),
        ("bank -country:n", "country", "n", 'bank -country:"North Korea"'),
        ('country:"north k', "country", "north k", 'country:"North Korea"'),
        ("(a OR org:x", "org", "x", '(a OR org:"North Korea"'),
        ("exposure:ama", "exposure", "ama", 'exposure:"North Korea">'),
        ('exposure:"Warner Bros">"no', "exposure", "no", 'exposure:"Warner Bros">"North Korea"'),
    ],
)
def test_completion_knows_what_is_typed(text: str, field: str, words: str, chosen: str) -> None:
    found = complete(text, len(text))
    assert found is not None
    assert (found.field, found.words) == (field, words)
    assert text[: found.start] + found.written("North Korea") + text[found.end :] == chosen
    parse_query(chosen.rstrip(">").removeprefix("(a OR ").replace('exposure:"North Korea"', "x"))


@pytest.mark.parametrize("text", ["", "a ", '"in a phrase', "http://x", "nofield:x"])
def test_nothing_is_completed_where_nothing_is_typed(text: str) -> None:
    assert complete(text, len(text)) is None


def understood_or_explained(text: str) -> None:
    try:
        query = parse_query(text)
    except QueryError as error:
        assert 0 <= error.start <= error.end <= max(len(text), 1)
        assert error.message
    else:
        assert query.text.strip() == text.replace("\x00", " ").strip()
        for part in query.parts:
            assert describe(part.node)
            parse_query(query.without(part))
    complete(text, len(text) // 2)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_understood_or_explained(text: str) -> None:
    understood_or_explained(text)


pieces = st.sampled_from(
    [
        "a",
        "OR",
        "-",
        "(",
        ")",
        '"',
        "“",
        "*",
        " ",
        ":",
        "country:",
        "exposure:",
        "state:",
        "story:",
        "lang:",
        ">",
        "score>",
        "0.5",
        "published:",
        "..",
        "2026",
        "é",
        "\x00",
    ]
)


@settings(max_examples=600, deadline=None)
@given(st.lists(pieces, max_size=25).map("".join))
def test_any_heap_of_its_own_pieces_is_understood_or_explained(text: str) -> None:
    understood_or_explained(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(pieces, max_size=6).map("".join), max_size=6).map(" ".join))
def test_a_suggestion_is_never_worse_than_nothing(text: str) -> None:
    """What is offered as a correction must be another text than the one with the mistake."""
    try:
        parse_query(text)
    except QueryError as error:
        assert error.suggestion != text
