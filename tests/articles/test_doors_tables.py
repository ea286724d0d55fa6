"""A table is planned row by row: what would be taken, and why the rest would not."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from articles.doors import Table, UploadRefused, plan_import
from reports.exports.cells import guard

TEXT = "The ministry announced new rules on Monday."
INJECTIONS = Path(__file__).resolve().parents[3] / "shared" / "data" / "security" / "csv-injection.txt"


def plan(text, mapping=()):
    return plan_import(Table(text.encode() if isinstance(text, str) else text, "t.csv", mapping))


def test_columns_are_guessed_by_their_names():
    got = plan(
        f"Headline;Link;Publish Date;Author;Body;Rating\nOne;https://a.example/1;2026-11-02;A. Lee;{TEXT};5\n"
    )
    assert dict(got.mapping) == {
        "title": "Headline",
        "url": "Link",
        "published_at": "Publish Date",
        "byline": "Author",
        "text": "Body",
    }
    (row,) = got.rows
    assert (row.number, row.title, row.url, row.byline, row.text) == (
        1,
        "One",
        "https://a.example/1",
        "A. Lee",
        TEXT,
    )
    assert row.published_at == datetime(2026, 11, 2, tzinfo=UTC)
    assert got.unused_columns == ("Rating",) and got.skipped == ()


def test_given_mapping_is_used():
    got = plan(f"a,b,c\nhttps://a.example/1,T,{TEXT}\n", (("url", "a"), ("text", "c")))
    assert (got.rows[0].url, got.rows[0].title, got.rows[0].text) == ("https://a.example/1", "", TEXT)


@pytest.mark.parametrize("mapping", [(("url", "nope"),), (("nope", "a"),)])
def test_mapping_to_nothing_is_refused(mapping):
    with pytest.raises(UploadRefused):
        plan("a,b\n1,2\n", mapping)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_every_usual_form_of_csv_is_read(delimiter, encoding):
    lines = [["title", "text"], ['"Größe"', f'"{TEXT} He said ""yes"".\r\nSecond line."']]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    (row,) = plan(data).rows
    assert (row.title, row.text.splitlines()) == ("Größe", [f'{TEXT} He said "yes".', "Second line."])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",,", "neither an address nor a text"),
        ("ftp://a.example/,T,", "does not begin with http"),
        ("javascript:alert(1),T,", "does not begin with http"),
        (",T,short", "too short"),
        ("https://a.example/2,T,,yesterday", "is not understood"),
        ("https://a.example/2,T,,03/04/2026", "is not understood"),
        ("https://a.example/1,T,", "same article as row 1"),
        ("https://a.example/2,T,,2026-11-02,too,many", "6 cells, but there are 4"),
        ("https://a.example/" + "x" * 2000 + ",T,", "too long"),
    ],
)
def test_skipped_row_says_why(line, reason):
    got = plan(f"url,title,text,date\nhttps://a.example/1,T,,\n{line}\n")
    if line == ",,":  # a row of nothing is no row
        assert got.skipped == ()
        got = plan("url,title,text,date\nhttps://a.example/1,T,,\n,T,,\n")
    (skipped,) = got.skipped
    assert skipped.name == "row 2" and reason in skipped.reason and len(got.rows) == 1


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2026-11-02", (2026, 11, 2)),
        ("2026/11/02", (2026, 11, 2)),
        ("2.11.2026", (2026, 11, 2)),
        ("23/11/2026", (2026, 11, 23)),
        ("11/23/2026", (2026, 11, 23)),
        ("2026-11-02T10:15:00+02:00", (2026, 11, 2, 8, 15)),
        ("2026-11-02 10:15", (2026, 11, 2, 10, 15)),
        ("Mon, 02 Nov 2026 10:15:00 GMT", (2026, 11, 2, 10, 15)),
        ("", None),
    ],
)
def test_dates_are_read_in_their_usual_forms(given, day):
    (row,) = plan(f'url,date\nhttps://a.example/1,"{given}"\n').rows
    assert row.published_at == (datetime(*day, tzinfo=UTC) if day else None)


def test_json_lines_are_read():
    lines = [
        {
            "id": 7,
            "url": "https://a.example/1",
            "headline": "One",
            "tags": ["a", "b"],
            "lang": "EN-us",
            "extra": {},
        },
        {"text": TEXT, "date": "2026-11-02"},
        "no object",
    ]
    got = plan("\n".join(map(json.dumps, lines)) + "\n{broken\n")
    first, second = got.rows
    assert (first.id, first.title, first.labels, first.language) == ("7", "One", ("a", "b"), "en")
    assert second.text == TEXT
    assert [skipped.name for skipped in got.skipped] == ["row 3", "row 4"]


def test_json_list_is_read():
    assert len(plan(json.dumps([{"url": "https://a.example/1"}, {"url": "https://a.example/2"}])).rows) == 2


@pytest.mark.parametrize("text", ["", "  \n", "a,b\n1,2\n", "a,a\n1,2\n", "{}", "[1, 2]", "[" * 100_000])
def test_table_that_cannot_be_read_is_refused(text):
    with pytest.raises(UploadRefused):
        plan(text)


def test_unclosed_quotation_loses_no_other_table():
    got = plan('url,title\nhttps://a.example/1,"never closed\nhttps://a.example/2,T\n')
    assert len(got.rows) + len(got.skipped) == 1


DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    " =1",
    "\u200b=1",
    "＝1",
    "'quoted",
    "'=1",
    "|x",
    "%x",
    "\u00a0-1",
    "a=b",
    "'Tis",
]


@pytest.mark.parametrize("value", DANGEROUS)
def test_guarded_cell_comes_back_exactly(value):
    text = f"{value} and then some more words"
    data = f'text\n"{guard(text)}"\n'.encode()
    assert plan(data).rows[0].text == text


def test_apostrophe_of_a_foreign_table_stays():
    assert plan("text\n'Tis the season for more words\n").rows[0].text == "'Tis the season for more words"


@pytest.mark.shared
@pytest.mark.skipif(not INJECTIONS.exists(), reason="the evaluation data is not beside the checkout")
def test_shared_injections_come_back_exactly():
    for value in INJECTIONS.read_bytes().decode().split("\n"):
        text = f"{value} and then some more words for the length"
        quoted = guard(text).replace('"', '""')
        assert plan(f'text\n"{quoted}"\n'.encode()).rows[0].text == text


def test_rows_beyond_the_limit_are_left(monkeypatch):
    monkeypatch.setattr("articles.doors.tables.MOST_ROWS", 2)
    got = plan("url\n" + "".join(f"https://a.example/{n}\n" for n in range(5)))
    assert len(got.rows) == 2 and got.skipped[0].reason.startswith("Only 2 rows")
