"""Dates as people write them in the search box."""

import re
from datetime import date, timedelta

from analysis.query.mistakes import QueryError
from analysis.query.nodes import Dates

WRITE = "Write dates as 2026, 2026-03, 2026-03-31, 2026-01..2026-03 or -7d."
MOST_DAYS = 365 * 1000  # longer ago is the same: before anything was printed
DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
WORDS = {"today": 1, "yesterday": 2, "week": 7, "month": 30, "year": 365}  # the last so many days


def read_dates(name: str, value: str, start: int, end: int) -> Dates:
    """`2026`, `2026-01`, `2026-01-31`, `A..B`, `A..`, `..B`, `-7d`, `week`; raises QueryError."""
    if ago := re.fullmatch(r"[-−]?(\d{1,4})([dwmy])", value.lower(), re.ASCII):
        return Dates(field=name, days=min(max(int(ago[1]) * DAYS[ago[2]], 1), MOST_DAYS))
    if value.lower() in WORDS:
        return Dates(field=name, days=WORDS[value.lower()])
    first, dots, last = value.partition("..")
    if not dots:
        last = first
    try:
        since, until = first_day(first), last_day(last)
    except ValueError:
        raise QueryError(WRITE, start, end, corrected(name, value)) from None
    if since and until and since > until:
        raise QueryError("The range ends before it begins.", start, end, f"{name}:{last}..{first}")
    return Dates(field=name, since=since, until=until)


def corrected(name: str, value: str) -> str | None:
    """The field with the date that was probably meant, None when it cannot be told."""
    tries = [
        re.sub(r"^>=?(.+)$", r"\1..", value),
        re.sub(r"^<=?(.+)$", r"..\1", value),
        re.sub(r"(?<=\d)[/.](?=\d)", "-", value),
        re.sub(r"^(\d{4})(\d\d)(\d\d)?$", lambda found: "-".join(filter(None, found.groups())), value),
        re.sub(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$", r"\3-\2-\1", value),
        re.sub(r"^(\d{4})-\d+(-\d+)?$", r"\1", value),
        re.sub(r"[–—]|\.{3,}|-{2,}", "..", value),
    ]
    for one in tries:
        if one != value and is_date(one):
            return f"{name}:{one}"
    return None


def is_date(value: str) -> bool:
    """Whether it can be read as a day, month, year or range."""
    first, dots, last = value.partition("..")
    try:
        since, until = first_day(first), last_day(last if dots else first)
    except ValueError:
        return False
    return bool(since or until) and not (since and until and since > until)


def date_parts(value: str) -> tuple[int, int, int]:
    """Year, month or 0, day or 0; raises ValueError."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", value, re.ASCII)
    if found is None or not 1 <= int(found[1]) <= 9998:
        raise ValueError(value)
    return int(found[1]), int(found[2] or 0), int(found[3] or 0)


def first_day(value: str) -> str:
    """The first day of a year, month or day, "" for an open end."""
    if not value:
        return ""
    year, month, day = date_parts(value)
    return date(year, month or 1, day or 1).isoformat()


def last_day(value: str) -> str:
    """The last day of a year, month or day, "" for an open end."""
    if not value:
        return ""
    year, month, day = date_parts(value)
    if day:
        return date(year, month, day).isoformat()
    following = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return (following - timedelta(days=1)).isoformat()
