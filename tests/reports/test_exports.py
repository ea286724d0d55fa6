"""Every format tells the same, and no cell is a formula."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from reports.exports import LIST_FORMATS, REPORT_FORMATS
from reports.exports.cells import guard, unguard
from reports.exports.csv import COLUMNS
from reports.exports.markdown import escape, safe_link
from reports.exports.types import Bundle, Item, MentionPart, TagPart

SENTENCE = "Files for HBO Max lay open, the report says."
MENTION = MentionPart(
    "HBO Max", "body", 10, 17, "company", 0.93, "table", "machine", SENTENCE, ("brand of its owner",)
)
COMPANY = TagPart(
    "company", "Company", "Warner Bros. Discovery", "company:warner-bros-discovery", "US", 0.93, 0.5, True, False,
    "", "", "", SENTENCE, (MENTION,),
)  # fmt: skip
RESEARCHER = TagPart(
    "researcher", "Researcher", "Zoë Ñandú", "person:zoe-nandu", "", 0.9, 0.4, True, False,
    "security researcher", "security researcher", "Öffentliches Institut", "Zoë Ñandú found it.", (),
)  # fmt: skip
ITEM = Item(
    id=7, version=2, title="Open server: Привет, 漢字 and مرحبا", url="https://example.org/a?b=c&d=e", link="",
    source="Example Wire", source_grade="B2", byline="A. Writer", published="2026-01-02T00:00:00+00:00",
    submitted="2026-01-03T00:00:00+00:00", language="en", status="ready", reading_minutes=3,
    summary=("It was open.",), takeaways=("One.", "Two."), text_sha256="a" * 64, page_sha256="b" * 64,
    fetched="2026-01-03T00:00:00+00:00", pipeline_version="p1", tags=(COMPANY, RESEARCHER),
)  # fmt: skip
BUNDLE = Bundle("Weekly report", "A note", "2026-01-04T05:06:07+00:00", "Ann", "newsintel 0.1.0", "", (ITEM,))

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1",
            "＝1", "＋1", "－1", "＠A1", "|calc", "%0A=1", "'=1", "''", "   ", '=HYPERLINK("http://x")']  # fmt: skip


def read_csv(items: list[Item]) -> list[dict[str, str]]:
    text = b"".join(LIST_FORMATS["csv"].write(items)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("value", FORMULAS)
def test_guard_leaves_no_formula_and_gives_the_text_back(value: str) -> None:
    assert guard(value)[0] == "'"
    assert unguard(guard(value)) == value


@given(st.text())
def test_guard_is_exact_for_any_text(value: str) -> None:
    assert unguard(guard(value)) == value


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_csv_gives_every_title_back(title: str) -> None:
    row = read_csv([replace(ITEM, title=title)])[0]
    assert unguard(row["title"]) == title


def test_csv_has_a_row_per_mention_with_its_proof() -> None:
    rows = read_csv([ITEM])
    assert tuple(rows[0]) == COLUMNS
    assert [row["tag"] for row in rows] == ["Warner Bros. Discovery", "Zoë Ñandú"]
    assert (rows[0]["surface"], rows[0]["start"], rows[0]["end"], rows[0]["score"]) == (
        "HBO Max",
        "10",
        "17",
        "0.930",
    )
    assert rows[0]["sentence"] == SENTENCE
    assert rows[1]["role"] == "security researcher"


def test_csv_keeps_an_article_without_tags() -> None:
    rows = read_csv([replace(ITEM, tags=())])
    assert [row["tag"] for row in rows] == [""]


def test_jsonl_nests_tags_and_mentions() -> None:
    line = json.loads(b"".join(LIST_FORMATS["jsonl"].write([ITEM])))
    assert line["tags"][0]["mentions"][0]["start"] == 10
    assert line["title"] == ITEM.title


def test_lists_stream_one_item_at_a_time() -> None:
    taken: list[int] = []

    def items() -> "io.Iterator[Item]":  # type: ignore[name-defined]
        for number in range(1000):
            taken.append(number)
            yield ITEM

    chunks = LIST_FORMATS["jsonl"].write(items())
    next(chunks)
    assert len(taken) == 1


def test_pdf_holds_titles_tags_hashes_and_is_repeatable() -> None:
    document = REPORT_FORMATS["pdf"].write(BUNDLE)
    text = " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages).split())
    assert "Weekly report" in text
    assert "Warner Bros. Discovery" in text
    assert "security researcher" in text
    assert "a" * 64 in text
    assert document == REPORT_FORMATS["pdf"].write(BUNDLE)


@pytest.mark.parametrize(
    "hostile", ['#import "x.typ"', "$ x $ *b* <l> @ref", '"; #panic("x")', "\\u{0}", "a" * 10_000]
)
def test_pdf_never_reads_text_as_markup(hostile: str) -> None:
    bundle = replace(
        BUNDLE, title=hostile, items=(replace(ITEM, title=hostile, byline=hostile, url=hostile),)
    )
    text = PdfReader(io.BytesIO(REPORT_FORMATS["pdf"].write(bundle))).pages[0].extract_text()
    assert "".join(hostile.split())[:20] in "".join(text.split())


def test_markdown_tells_the_same() -> None:
    text = REPORT_FORMATS["md"].write(BUNDLE).decode()
    assert "# Weekly report" in text
    assert "Warner Bros. Discovery" in text
    assert "security researcher, Öffentliches Institut" in text
    assert "<https://example.org/a?b=c&d=e>" in text
    assert f"`{'b' * 64}`" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# x", r"\# x"),
        ("a # b", "a # b"),
        ("1. x", "&#49;. x"),
        ("a|b", r"a\|b"),
        ("<script>", r"\<script\>"),
        ("[x](y)", r"\[x\](y)"),
    ],
)
def test_escape_makes_text_inert(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x"])
def test_links_are_http_only(url: str) -> None:
    assert safe_link(url) == "about:blank"
