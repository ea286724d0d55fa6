"""A page in, its text, blocks and metadata out: offsets, character sets, embedded JSON, names and dates."""

# ruff: noqa: E501 - pages are easier to read unbroken

import json
from datetime import UTC, datetime

import pytest

from articles.extraction import Page, extract
from articles.extraction.authors import clean_name, split_names
from articles.extraction.blocks import words
from articles.extraction.bylines import written_byline
from articles.extraction.dates import parse_moment, url_day
from articles.extraction.encoding import decode
from articles.extraction.features import NAMES
from articles.extraction.structured import load, walk
from articles.extraction.teasers import is_teaser
from articles.extraction.titles import similarity, strip_site
from articles.extraction.vote import probabilities
from tests.articles.nonarticles import STORY, story_html

URL = "https://news.example/2024/05/quay"


def _read(html: str, url: str = URL, **more: str):
    return extract(Page(url=url, body=html.encode(), **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", STORY)
def test_text_holds_the_story_and_not_the_page_around_it(language: str) -> None:
    found = _read(story_html(language, 6))
    assert all(part.strip() in found.text for part in STORY[language])
    assert "Imprint" not in found.text and "© Example" not in found.text


def test_blocks_give_the_exact_place_and_kind_of_each_piece() -> None:
    extra = (
        "<h2>What comes next</h2><ul><li>The first crane moves in June, the director said.</li>"
        "<li>The second crane follows in July after its test.</li></ul>"
        "<blockquote><p>“It is a long quay, and we will need every meter of it,” said Brandt.</p></blockquote>"
        "<table><tr><th>Crane</th><th>Weight</th></tr><tr><td>North</td><td>800 t</td></tr></table>"
    )
    html = story_html("en", 6).replace("</p></article>", f"</p>{extra}</article>")
    found = _read(html)
    pieces = [found.text[block.start : block.end] for block in found.blocks]
    assert "\n".join(pieces) == found.text
    kinds = {block.kind for block in found.blocks}
    assert {"paragraph", "heading", "list-item", "quote"} <= kinds
    heading = next(block for block in found.blocks if block.kind == "heading")
    assert (found.text[heading.start : heading.end], heading.level) == ("What comes next", 2)


@pytest.mark.parametrize(
    ("charset", "header"),
    [
        ("utf-8", ""),
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("cp1252", "text/html; charset=ISO-8859-1"),
        ("utf-16", ""),
    ],
)
def test_german_text_survives_any_character_set(charset: str, header: str) -> None:
    body = story_html("de", 5).replace("<meta charset='utf-8'>", "").encode(charset)
    found = extract(Page(url=URL, body=body, content_type=header))
    assert "Kräne kamen von einer Werft" in found.text


@pytest.mark.parametrize(
    ("language", "charset"),
    [("ru", "cp1251"), ("ja", "shift_jis"), ("ja", "euc_jp"), ("zh", "gb2312"), ("ar", "cp1256")],
)
def test_declared_legacy_character_set_is_read(language: str, charset: str) -> None:
    body = story_html(language, 5).replace("utf-8", charset).encode(charset, "replace")
    assert STORY[language][1].strip() in extract(Page(url=URL, body=body)).text


def test_meta_tag_wins_over_a_wrong_header() -> None:
    body = story_html("ru", 5).replace("utf-8", "windows-1251").encode("cp1251")
    assert decode(body, "text/html; charset=gb2312")[1] in ("cp1251", "gb18030")
    assert "причал" in decode(body, "text/html")[0]


def test_truncated_utf8_and_utf16_without_mark_are_read() -> None:
    assert decode("Größe und Maß".encode()[:-1])[0].startswith("Größe und Ma")
    assert decode("<html><p>Größe</p></html>".encode("utf-16-le"))[0] == "<html><p>Größe</p></html>"


def test_script_rendered_page_falls_back_to_embedded_json() -> None:
    paragraphs = ["".join(STORY["en"]) for _ in range(3)]
    state = json.dumps(
        {"props": {"pageProps": {"story": {"body": "".join(f"<p>{p}</p>" for p in paragraphs)}}}}
    )
    html = f"<html><head><title>Quay</title></head><body><div id='__next'></div><script id='__NEXT_DATA__' type='application/json'>{state}</script></body></html>"
    found = _read(html)
    assert found.text.splitlines() == [p.strip() for p in paragraphs]
    assert found.verdict == "article"


def test_json_ld_body_fills_an_empty_page() -> None:
    body = "\n\n".join("".join(STORY["de"]) for _ in range(3))
    node = json.dumps({"@graph": [{"@type": "NewsArticle", "headline": "Neuer Kai", "articleBody": body}]})
    found = _read(
        f"<html><head><script type='application/ld+json'>{node}</script></head><body><div></div></body></html>"
    )
    assert (found.title, len(found.blocks)) == ("Neuer Kai", 3)


def test_metadata_is_read_with_its_evidence() -> None:
    node = {
        "@type": "NewsArticle", "headline": "A second quay", "datePublished": "2024-05-06T23:30:00-05:00",
        "dateModified": "2024-05-07T10:00:00Z", "author": [{"@type": "Person", "name": "By Jane Moreau"}, {"@id": "#b"}],
        "publisher": {"name": "Example Daily"}, "articleSection": "Ports",
    }  # fmt: skip
    person = {"@type": "Person", "@id": "#b", "name": "Olu Adeyemi"}
    head = (
        f"<script type='application/ld+json'>{json.dumps([node, person])}</script><link rel='canonical' href='/2024/05/quay'>"
        "<meta property='og:title' content='A second quay'><meta property='og:image' content='/quay.jpg'>"
    )
    found = _read(story_html("en", 6, head=head).replace("<h1>", "<h1>A second quay</h1><h1 hidden>"))
    assert found.authors == ("Jane Moreau", "Olu Adeyemi")
    assert (found.site, found.section, found.published_on) == ("Example Daily", "Ports", "2024-05-06")
    assert found.published_at == datetime.fromisoformat("2024-05-06T23:30:00-05:00")
    assert found.modified_at == datetime(2024, 5, 7, 10, tzinfo=UTC)
    assert (found.canonical_url, found.lead_image) == (URL, "https://news.example/quay.jpg")
    assert (found.findings["authors"].method, found.findings["title"].method) == ("json-ld", "h1")


def test_canonical_address_of_another_site_is_not_believed() -> None:
    head = "<link rel='canonical' href='https://elsewhere.example.org/x'>"
    assert _read(story_html("en", 5, head=head)).canonical_url == ""


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("By Jane Moreau and Olu Adeyemi", ["Jane Moreau", "Olu Adeyemi"]),
        ("Von Ida Brandt, Mo 6. Mai 2024", ["Ida Brandt"]),
        ("Autor: Jörg Müller | 12.03.2021", ["Jörg Müller"]),
        ("Par Anne-Marie L’Heureux", ["Anne-Marie L’Heureux"]),
        ("admin", []),
        ("https://social.example/jane", []),
        ("Follow us on Facebook", []),
    ],
)
def test_names_are_cut_out_of_bylines(printed: str, names: list[str]) -> None:
    assert split_names(printed) == names


def test_lines_that_only_start_like_a_byline_are_none() -> None:
    assert written_byline("By Jane Moreau") == "Jane Moreau"
    assert written_byline("By the end of the year the quay will open") == ""
    assert clean_name("5 Comments") == ""


def test_site_names_are_taken_off_titles() -> None:
    assert strip_site("A second quay - Example Daily", "Example Daily") == "A second quay"
    assert strip_site("Example Daily | A second quay", "Example Daily") == "A second quay"
    assert strip_site("Quay: why it took so long", "Example Daily") == "Quay: why it took so long"
    assert similarity("A second quay", "A second quay!") == 1.0


def test_dates_in_addresses_and_iso_moments() -> None:
    assert str(url_day("https://a.example/2024/05/06/quay")) == "2024-05-06"
    assert url_day("https://a.example/2024/13/45/quay") is None
    assert parse_moment("2024-05-06T10:00:00+0200") == datetime(2024, 5, 6, 8, tzinfo=UTC)
    assert parse_moment("0001-01-01") is None


def test_words_of_scripts_without_spaces_are_single_characters() -> None:
    assert words("港は Open 2024") == ["港", "は", "open", "2024"]


def test_teasers_are_known_in_many_languages() -> None:
    assert all(
        map(
            is_teaser,
            (
                "Read more: storm",
                "Lesen Sie auch: Sturm",
                "Lire aussi : tempête",
                "相关阅读：风暴",
                "Читайте также: шторм",
            ),
        )
    )
    assert not is_teaser("Readers moved to the north of the town.")


def test_teaser_and_link_lists_inside_the_body_are_left_out() -> None:
    links = "<p>Read more: <a href='/x'>Storm leaves thousands without power</a></p><ul>" + "".join(
        f"<li><a href='/r/{i}'>Another headline number {i} of the day</a></li>" for i in range(6)
    )
    found = _read(story_html("en", 8, extra=f"<div class='related'>{links}</ul></div>"))
    assert "Storm leaves" not in found.text and "Another headline" not in found.text


def test_broken_embedded_json_is_ignored() -> None:
    assert load("{not json") is None
    assert load('<!-- {"a": [1, 2,]} -->') == {"a": [1, 2]}
    deep: list[object] = []
    for _ in range(50):
        deep = [deep]
    assert list(walk(deep)) == []


def test_vote_weighs_support_of_the_readers() -> None:
    poor = [0.0] * len(NAMES)
    rich = list(poor)
    for name in ("anchor", "second", "scorer", "sentence_end", "is_p", "anchor_is_whole", "second_is_whole"):
        rich[NAMES.index(name)] = 1.0
    rich[NAMES.index("votes")], rich[NAMES.index("length")], rich[NAMES.index("words")] = 3.0, 6.0, 4.5
    low, high = probabilities([poor, rich])
    assert low < 0.2 and high > 0.5


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x01\x02", b"plain words only", b"<", b"%PDF-1.7 x", b"\xff\xfe"]
)
def test_odd_bytes_never_raise(body: bytes) -> None:
    assert extract(Page(url="not an address", body=body)).verdict == "not_article"
