"""When a page was published and changed: JSON-LD under conditions, meta tags, the address, htmldate."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from htmldate import find_date
from lxml.html import HtmlElement

from articles.extraction.head import Head
from articles.extraction.structured import Structured
from articles.extraction.types import Finding

_EARLIEST = date(1995, 1, 1)
_URL_DATE = re.compile(
    r"(?:^|[/_\-.=])((?:19|20)\d\d)[/_\-.]?(0[1-9]|1[0-2]|[1-9](?=[/_\-.]))[/_\-.]?(0[1-9]|[12]\d|3[01]|[1-9](?![\d]))(?=[/_\-.?&]|$)"
)
_ISO = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Dates:
    """Day and moment of publication, moment of change, and the evidence for the day."""

    published: Finding
    published_at: datetime | None = None
    modified_at: datetime | None = None


def parse_moment(text: str) -> datetime | None:
    """An ISO 8601 moment, time zone aware (UTC when none is written); None when it is no date or out of range."""
    bare = text.strip().replace("Z", "+00:00").replace(" +", "+")
    bare = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", bare)
    try:
        moment = datetime.fromisoformat(bare)
    except ValueError:
        match = _ISO.match(bare)
        if not match:
            return None
        try:
            moment = datetime(*map(int, match.groups()))
        except ValueError:
            return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if _plausible(moment.date()) else None


def _plausible(day: date) -> bool:
    return _EARLIEST <= day <= datetime.now(UTC).date() + timedelta(days=2)


def url_day(url: str) -> date | None:
    """A full date inside an address, such as /2021/03/09/."""
    for match in _URL_DATE.finditer(url[:2000]):
        try:
            day = date(*map(int, match.groups()))
        except ValueError:
            continue
        if _plausible(day):
            return day
    return None


def find_dates(tree: HtmlElement, head: Head, structured: Structured, url: str) -> Dates:
    """The dates of a page; the day is the one printed on the page or stated by the publisher, in its own zone."""
    stated = parse_moment(structured.first("datePublished"))
    modified = parse_moment(
        structured.first("dateModified") or head.get("article:modified_time", "og:updated_time")
    )
    meta = parse_moment(
        head.get("article:published_time", "og:published_time", "datepublished", "date", "dc.date.issued")
    )
    in_url = url_day(url)
    if stated and not (in_url and stated.date() < in_url - timedelta(days=1)):
        return Dates(Finding(stated.date().isoformat(), "json-ld", 0.9), stated, modified)
    day = _ask_htmldate(tree, url)
    if day is None:
        return Dates(Finding("", "none", 0.0), None, modified)
    exact = meta if meta and meta.date() == day else None
    confidence = 0.9 if exact else 0.85 if in_url == day else 0.6
    moment = exact or datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Dates(Finding(day.isoformat(), "htmldate", confidence), moment, modified)


def _ask_htmldate(tree: HtmlElement, url: str) -> date | None:
    try:
        found = find_date(tree, original_date=True, extensive_search=True, url=url or None)
    except (ValueError, TypeError, AttributeError, OverflowError, IndexError):
        return None
    return date.fromisoformat(found) if found else None
