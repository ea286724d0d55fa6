"""Texts are made readable without moving an offset, told apart by language, and cut into sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.pipeline.language import detect_language, parse
from analysis.pipeline.readable import recase_capitals, smooth
from analysis.pipeline.types import Field


@given(st.text(max_size=200))
def test_smoothing_and_recasing_never_move_an_offset(raw: str) -> None:
    assert len(recase_capitals(smooth(raw))) == len(raw)


def test_markup_and_marks_are_smoothed() -> None:
    assert smooth("<b>China</b>’s\u00a0“plan”") == '   China    \'s "plan"'
    assert smooth("AT&amp;T") == "AT&    T"


def test_markup_over_two_lines_keeps_the_line_break() -> None:
    assert smooth("a<b\nhref='x'>c") == "a  \n         c"


@pytest.mark.model
def test_markup_left_open_in_a_title_does_not_reach_the_text() -> None:
    parsed = parse("<a href='", "It is open. <b>Here</b>.")
    assert [s.field for s in parsed.sentences][-1] is Field.BODY
    assert parsed.string[: len(parsed.title)] == "<a href='"


def test_a_comparison_is_no_markup() -> None:
    assert smooth("a < b and c > d") == "a < b and c > d"


def test_capitals_take_the_case_of_the_text() -> None:
    assert recase_capitals("BANK HACKED BY LAZARUS GROUP\nThe bank was hacked.") == (
        "bank hacked BY Lazarus Group\nThe bank was hacked."
    )


def test_ordinary_lines_and_acronyms_keep_their_case() -> None:
    assert recase_capitals("The FBI and NASA met in the USA.") == "The FBI and NASA met in the USA."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The server was found by a researcher on Monday, and it was closed.", "en"),
        ("Der Server wurde am Montag von einem Forscher gefunden und dann geschlossen.", "de"),
        ("Le serveur a été découvert lundi par un chercheur et il a été fermé.", "fr"),
        ("Сервер был обнаружен исследователем в понедельник и затем закрыт.", "ru"),
        ("サーバーは月曜日に研究者によって発見され、その後閉鎖されました。", "ja"),
        ("1234 5678", "und"),
        ("", "und"),
    ],
)
def test_the_language_is_told(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.model
def test_title_and_text_are_read_together_and_addressed_apart() -> None:
    parsed = parse("Server found", "It was open. Nobody knew.\nA list item")
    cut = {Field.TITLE: parsed.title, Field.BODY: parsed.text}
    assert [cut[s.field][s.start : s.end] for s in parsed.sentences] == [
        "Server found",
        "It was open.",
        "Nobody knew.",
        "A list item",
    ]
    assert [s.number for s in parsed.sentences] == [0, 1, 2, 3]


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "<p></p>", "\x00", "🙂" * 50, "a" * 5000, "." * 500])
def test_odd_texts_are_read_without_trouble(text: str) -> None:
    parsed = parse("", text)
    assert all(text[s.start : s.end] for s in parsed.sentences)
