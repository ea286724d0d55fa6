"""Marking up a text: exact, complete, escaped, whatever overlaps."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from articles.models.links import page_address
from articles.templatetags.charts import Bar, share, volume_chart
from articles.templatetags.pieces import cut, paragraphs_of
from articles.templatetags.reading import (
    Marks,
    age,
    country_name,
    icon,
    marked_line,
    marked_text,
    percent,
    short,
)


@dataclass(frozen=True)
class FakeMention:
    """The attributes the marks read."""

    pk: int
    start: int
    end: int
    kind: str = "company"
    entity_id: int | None = 1
    is_implied: bool = False
    is_ambiguous: bool = False


def test_addresses_of_pages_are_those_of_the_router() -> None:
    names = ("analysis:entity_detail", "articles:article_detail", "articles:article_evidence")
    mounted = get_script_prefix()
    try:
        for prefix in ("/", "/desk0/"):
            set_script_prefix(prefix)
            for name in names:
                assert page_address(name, 1020) == reverse(name, args=[1020])
    finally:
        set_script_prefix(mounted)


def test_long_words_are_cut_with_a_sign() -> None:
    assert [short("Chad is far", length) for length in (11, 10, 6)] == ["Chad is far", "Chad is f…", "Chad…"]


def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def test_mention_becomes_a_link_with_its_words() -> None:
    html = marked_text("Amazon grew.", [], Marks([FakeMention(7, 0, 6)], [(0, 0, 12)]))
    link = soup(html).select_one("a.m")
    assert link is not None
    assert (link.text, link["data-mention"], link["href"]) == ("Amazon", "7", "/mentions/7/")
    assert "kind-company" in link["class"]


def test_sentences_are_addressable_once() -> None:
    html = marked_text("One. Two.\nStill two.", [], Marks([], [(0, 0, 4), (1, 5, 20)]))
    page = soup(html)
    assert [one["id"] for one in page.select("span.s[id]")] == ["s0", "s1"]
    assert len(page.select('[data-sentence="1"]')) == 2


def test_text_is_escaped_inside_and_outside_of_mentions() -> None:
    html = marked_text("<b>x</b> & <script>", [], Marks([FakeMention(1, 9, 19)], []))
    assert "<script>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert soup(html).get_text() == "<b>x</b> & <script>"


def test_astral_characters_count_as_one() -> None:
    text = "😀😀 Amazon 𝒳"
    link = soup(marked_text(text, [], Marks([FakeMention(1, 3, 9)], []))).select_one("a")
    assert link is not None
    assert link.text == "Amazon"


def test_inner_mention_wins_where_two_overlap() -> None:
    marks = Marks([FakeMention(1, 0, 14, kind="organization"), FakeMention(2, 8, 14, kind="country")], [])
    links = soup(marked_text("Bank of Canada rose", [], marks)).select("a")
    assert [(link.text, link["data-mention"]) for link in links] == [("Bank of ", "1"), ("Canada", "2")]
    assert links[1]["data-also"] == "1"


def test_crossing_mentions_are_cut_at_their_edges() -> None:
    marks = Marks([FakeMention(1, 0, 5), FakeMention(2, 3, 8)], [])
    assert [link.text for link in soup(marked_line("abcdefgh", marks)).select("a")] == ["abc", "de", "fgh"]


def test_block_knows_where_its_text_begins() -> None:
    blocks = [
        ["heading", 0, 5, 2],
        ["paragraph", 6, 11, 0],
        ["quote", 12, 17, 0],
        ["preformatted", 18, 22, 0],
    ]
    page = soup(marked_text("Title\nFirst\nQuote\ncode", blocks, Marks([], [])))
    assert [(one.name, one["data-start"]) for one in page.select(".block")] == [
        ("h2", "0"),
        ("p", "6"),
        ("blockquote", "12"),
        ("pre", "18"),
    ]


def test_text_outside_of_all_blocks_is_not_lost() -> None:
    assert soup(marked_text("lost\nkept", [["paragraph", 5, 9, 0]], Marks([], []))).get_text() == "lost\nkept"


def test_wrong_blocks_are_cut_to_the_text() -> None:
    pieces = paragraphs_of("abcdef", [["paragraph", 0, 4, 0], ["quote", 2, 99, 0], ["paragraph", 50, 60, 0]])
    assert [(piece.start, piece.end) for piece in pieces] == [(0, 4), (4, 6)]


def test_manner_of_a_mention_shows() -> None:
    marks = Marks(
        [
            FakeMention(1, 0, 1, is_ambiguous=True),
            FakeMention(2, 1, 2, is_implied=True),
            FakeMention(3, 2, 3, entity_id=None),
        ],
        [],
    )
    links = soup(marked_line("abc", marks)).select("a")
    assert [link["class"][-1] for link in links] == ["m-ambiguous", "m-implied", "m-unlinked"]


spans = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(
    text=st.text(max_size=80),
    places=st.lists(spans, max_size=8),
    borders=st.lists(st.integers(0, 80), max_size=6),
)
def test_whatever_overlaps_no_letter_is_lost_or_moved(
    text: str, places: list[tuple[int, int]], borders: list[int]
) -> None:
    mentions = [FakeMention(number, start, end) for number, (start, end) in enumerate(places)]
    edges = sorted({0, len(text), *borders})
    sentences = [(n, a, b) for n, (a, b) in enumerate(pairwise(edges)) if a < b]
    segments = cut(0, len(text), mentions, sentences)
    assert "".join(text[one.start : one.end] for one in segments) == text
    for one in segments:
        expected = {m.pk for m in mentions if m.start <= one.start and one.end <= m.end}
        assert {m.pk for m in one.mentions} == expected


@given(
    st.text(alphabet=st.characters(exclude_characters="\r\n", exclude_categories=["Cs", "Cc"]), max_size=60)
)
def test_block_text_content_is_exactly_the_text(text: str) -> None:
    html = marked_text(text, [["paragraph", 0, len(text), 0]], Marks([FakeMention(1, 2, 9)], [(0, 0, 5)]))
    assert soup(html).get_text() == text


def test_chart_scales_to_its_highest_column() -> None:
    context = volume_chart([Bar("a", 5), Bar("b", 10)], "title")
    assert [column["height"] for column in context["columns"]] == [54, 108]


def test_empty_chart_divides_by_nothing() -> None:
    assert volume_chart([], "title")["top"] == 1
    assert share(3, 0) == 0


def test_icon_has_a_name_only_when_it_says_something() -> None:
    assert 'aria-hidden="true"' in icon("x")
    assert 'aria-label="Close &lt;"' in icon("x", "Close <")


def test_ages_are_short() -> None:
    now = timezone.now()
    assert age(now - timedelta(seconds=5)) == "just now"
    assert age(now - timedelta(minutes=5)) == "5 min ago"
    assert age(now - timedelta(hours=3)) == "3 h ago"
    assert age(now - timedelta(days=2)) == "2 d ago"
    assert age(None) == ""
    assert percent(0.876) == "88 %"


def test_a_country_stands_with_its_name_and_an_unknown_code_as_it_is() -> None:
    assert country_name("KP") == "North Korea"
    assert country_name("ZZ") == "ZZ"


def test_a_name_that_stands_for_a_pronoun_is_marked_and_the_sentence_stays_whole() -> None:
    point = {"text": "Ann <Roe> left.", "sentences": [1, 0], "replaced": "She", "name": "Ann <Roe>"}
    page = BeautifulSoup(
        render_to_string("articles/_point.html", {"point": point, "numbers": point["sentences"]}), "lxml"
    )
    (marked,) = page.select(".stands-for")
    assert (marked.text, marked["title"]) == ("Ann <Roe>", "The text says “She”")
    assert page.select("a.takeaway")[0].text == "Ann <Roe> left."
    assert page.select("a.takeaway")[0]["data-evidence"] == "1 0"
