"""Articles in bulk: a CSV or JSON Lines table → what an import would do, row by row, before anything is written."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from articles.extraction.encoding import decode

from .text import CONTROL, one_line, read_time
from .types import ImportPlan, Row, Skipped, Table, UploadRefused

MOST_ROWS = 50_000
LONGEST_CELL = 5 * 1024 * 1024  # characters
LEAST_TEXT = 20  # characters; shorter ones are remarks
# Our fields and the names by which other programs call them.
FIELDS: dict[str, tuple[str, ...]] = {
    "url": ("url", "link", "address", "href", "permalink", "article_url", "canonical_url", "web_url", "uri"),
    "title": ("title", "headline", "name", "subject", "heading"),
    "text": (
        "text",
        "body",
        "content",
        "article",
        "full_text",
        "fulltext",
        "article_text",
        "maintext",
        "description",
    ),
    "byline": ("byline", "author", "authors", "creator", "by", "writer"),
    "source": ("source", "publisher", "site", "outlet", "publication", "domain", "source_name", "media"),
    "published_at": (
        *("published_at", "published", "date", "published_on", "publication_date", "pub_date", "pubdate"),
        *("date_published", "publish_date", "datetime", "timestamp", "created_at", "time"),
    ),
    "language": ("language", "lang", "locale"),
    "labels": ("labels", "tags", "keywords", "categories", "category", "label"),
    "id": ("id", "article_id", "guid", "key", "identifier"),
}
DELIMITERS = ",;\t|"
MONTH_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
YEAR_FIRST = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})")
MARK = "'"  # spreadsheet-safe exports, ours among them, put it before what a program would take for a formula
FORMULA = frozenset("=+-@|%\t\r\n\0'")
Record = dict[str, str]


def plan_import(table: Table) -> ImportPlan:
    """Which rows of a table would become articles and which would not, with the reason for each.

    `table.mapping` says which column is which field; without it the columns are guessed by their names, and the
    plan shows the guess. Raises `UploadRefused` when the table as a whole cannot be read.
    """
    text = CONTROL.sub("", decode(table.data)[0]).lstrip("\ufeff")
    if not text.strip():
        raise UploadRefused("The file is empty.")
    is_json = text.lstrip()[:1] in ("{", "[")
    columns, records = _read_json(text) if is_json else _read_csv(text)
    mapping = _checked(table.mapping, columns) if table.mapping else _guess(columns)
    if not {"url", "text"} & {field for field, _ in mapping}:
        raise UploadRefused("No column was found for the address or the text; say which column is which.")
    rows, skipped = _sort(records, mapping)
    used = {column for _, column in mapping}
    unused = tuple(column for column in columns if column not in used)
    return ImportPlan(columns, mapping, tuple(rows), tuple(skipped), unused)


def _sort(
    records: Iterator[Record | str], mapping: tuple[tuple[str, str], ...]
) -> tuple[list[Row], list[Skipped]]:
    rows: list[Row] = []
    skipped: list[Skipped] = []
    seen: dict[tuple[str, str], int] = {}
    for number, record in enumerate(records, 1):
        if number > MOST_ROWS:
            skipped.append(
                Skipped(f"row {number}", f"Only {MOST_ROWS:,} rows are taken at once; the rest was left.")
            )
            break
        found = record if isinstance(record, str) else _row(number, record, mapping)
        if isinstance(found, Row):
            first = seen.setdefault((found.url, "" if found.url else found.text), number)
            found = found if first == number else f"It is the same article as row {first}."
        if isinstance(found, Row):
            rows.append(found)
        else:
            skipped.append(Skipped(f"row {number}", found))
    return rows, skipped


def _row(number: int, record: Record, mapping: tuple[tuple[str, str], ...]) -> Row | str:
    """The row as an article, or the sentence saying why it is none."""
    values = {field: record.get(column, "") for field, column in mapping}
    url, text = one_line(values.get("url", ""), 4000), values.get("text", "")
    text = text if text.strip() else ""
    if not url and not text:
        return "It has neither an address nor a text."
    if url and not re.match(r"https?://[^\s/]", url):
        return "Its address does not begin with http:// or https://."
    if len(url) > 2000:
        return "Its address is too long."
    if text and len(text.strip()) < LEAST_TEXT:
        return "Its text is too short to be an article."
    given = values.get("published_at", "").strip()
    published = read_time(_usual_date(given))
    if given and published is None:
        return f"Its date “{one_line(given, 40)}” is not understood; write it as 2026-11-23."
    return Row(
        number=number,
        url=url,
        title=one_line(values.get("title", "")),
        text=text,
        byline=one_line(values.get("byline", ""), 500),
        source=one_line(values.get("source", ""), 200),
        published_at=published,
        language=one_line(values.get("language", ""), 8).lower().partition("-")[0],
        labels=_labels(values.get("labels", "")),
        id=one_line(values.get("id", ""), 200),
    )


def _labels(given: str) -> tuple[str, ...]:
    labels = (one_line(label, 50) for label in re.split(r"[;|,\n]", given))
    return tuple(dict.fromkeys(label for label in labels if label))[:50]


def _usual_date(given: str) -> str:
    """Years before months before days with hyphens; a day above twelve tells 23/11/2026 from 11/23/2026."""
    if match := YEAR_FIRST.match(given):
        year, month, day = match.groups()
    elif match := MONTH_DAY.match(given):
        first, second, year = match.groups()
        day, month = (second, first) if int(second) > 12 else (first, second)
        if int(first) <= 12 and int(second) <= 12 and first != second and "/" in match.group():
            return ""  # either order is usual with slashes: nobody can tell
    else:
        return given
    return f"{year}-{int(month):02}-{int(day):02}{given[match.end() :].replace(' ', 'T', 1)}"


def _read_csv(text: str) -> tuple[tuple[str, ...], Iterator[Record | str]]:
    csv.field_size_limit(LONGEST_CELL)
    first = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = next(reader, [])
    columns = tuple(one_line(name, 100) for name in header)
    if len(set(columns)) < len(columns):
        raise UploadRefused("Two columns have the same name.")
    return columns, _csv_records(reader, columns)


def _csv_records(reader: Any, columns: tuple[str, ...]) -> Iterator[Record | str]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield "Its line cannot be read: a quotation mark is missing or a cell is too long."
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            yield f"It has {len(cells)} cells, but there are {len(columns)} columns."
        else:
            yield dict(zip(columns, map(_unmarked, cells), strict=False))


def _unmarked(cell: str) -> str:
    """The cell without the mark of a spreadsheet-safe export; an apostrophe of the text itself stays."""
    rest = cell[1:]
    if cell[:1] != MARK or rest[:1] in FORMULA:
        return rest if cell[:1] == MARK and rest else cell
    for character in rest:
        if unicodedata.category(character)[0] in "ZC":
            continue  # separators and invisible characters: spreadsheet programs look past them
        return rest if unicodedata.normalize("NFKC", character)[:1] in FORMULA else cell
    return rest


def _read_json(text: str) -> tuple[tuple[str, ...], Iterator[Record | str]]:
    lines = [text] if text.lstrip()[:1] == "[" else [line for line in text.split("\n") if line.strip()]
    parsed = [_json_value(line) for line in lines]
    if len(parsed) == 1 and isinstance(parsed[0], list):
        parsed = parsed[0]
    columns = dict.fromkeys(str(name) for one in parsed if isinstance(one, dict) for name in one)
    if not columns:
        raise UploadRefused("The file holds no JSON objects, one a line.")
    return tuple(columns), (_json_record(one) for one in parsed)


def _json_value(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _json_record(one: Any) -> Record | str:
    if not isinstance(one, dict):
        return "Its line is no JSON object."
    return {str(name): _json_cell(value) for name, value in one.items()}


def _json_cell(value: Any) -> str:
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, list):
        return "; ".join(_json_cell(one) for one in value if isinstance(one, str | int | float))
    return "" if value is None or isinstance(value, dict) else str(value)


def _guess(columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    plain = {re.sub(r"[\s\-]+", "_", column.lower()): column for column in reversed(columns)}
    known = {field: [plain[name] for name in names if name in plain] for field, names in FIELDS.items()}
    return tuple((field, found[0]) for field, found in known.items() if found)


def _checked(mapping: tuple[tuple[str, str], ...], columns: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    for field, column in mapping:
        if field not in FIELDS:
            raise UploadRefused(f"There is no field “{one_line(field, 50)}”.")
        if column not in columns:
            raise UploadRefused(f"The table has no column “{one_line(column, 50)}”.")
    return mapping
