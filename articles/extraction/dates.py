"""When a page was published and changed: JSON-LD under conditions, meta tags, the address, htmldate."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from htmldate import find_date
from htmldate.extractors import external_date_parser
from lxml.html import HtmlElement

from articles.extraction.head import Head
from articles.extraction.structured import Structured
from articles.extraction.tree import squeeze
from articles.extraction.types import Finding

_EARLIEST = date(1995, 1, 1)
_URL_DATE = re.compile(
    r"(?:^|[/_\-.=])((?:19|20)\d\d)[/_\-.]?(0[1-9]|1[0-2]|[1-9](?=[/_\-.]))[/_\-.]?(0[1-9]|[12]\d|3[01]|[1-9](?![\d]))(?=[/_\-.?&]|$)"
)
_DOTTED = re.compile(r"\D{0,14}(\d{1,2})\.\s?(\d{1,2})\.\s?(20\d\d)\b")
_MAX_TIMES = 12
_ISO = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)")

_NOTHING = Finding("", "none", 0.0)


@dataclass(frozen=True, slots=True)
class Dates:
    """Day and moment of publication, moment of change, and the evidence for the day."""

    published: Finding
    published_at: datetime | None = None
    modified_at: datetime | None = None
    moment: Finding = _NOTHING  # published_at with the time zone it was written in
    modified: Finding = _NOTHING


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
            moment = datetime.combine(date(*map(int, match.groups())), time())
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


def find_dates(
    tree: HtmlElement, head: Head, structured: Structured, url: str, *, is_large: bool = False
) -> Dates:
    """The dates of a page; the day is the one its readers saw, in the publisher's own time zone.

    htmldate alone is right on more pages of the htmldate set than JSON-LD first (.906 against .893), because many
    sites restate the day of a relaunch; a single marked-up time beats it where there is no JSON-LD (docs/quality.md).
    """
    stated, told = _stated(structured, head, "datePublished", "article:published_time")
    changes = ("article:modified_time", "og:updated_time", "last-modified")
    modified, changed = _stated(structured, head, "dateModified", *changes)
    shown = _shown_moments(tree)
    day, method = _lone_day(shown) if not stated else None, "time"
    if day is None:
        day, method = _ask_htmldate(tree, url, is_large=is_large), "htmldate"
    if day is None:
        day, method = url_day(url), "address"
    if day is None:
        return Dates(_NOTHING, None, modified, modified=changed)
    local = next((moment for moment in shown if stated and moment == stated and moment.utcoffset()), None)
    if local and stated and day == stated.date():
        day = local.date()
    exact = next((moment for moment in (local, stated, *shown) if moment and moment.date() == day), None)
    confidence = _confidence(day, method, stated, url)
    return Dates(
        Finding(day.isoformat(), method, confidence),
        exact or datetime(day.year, day.month, day.day, tzinfo=UTC),
        modified,
        moment=_told(exact, told, stated),
        modified=changed,
    )


def _stated(structured: Structured, head: Head, key: str, *names: str) -> tuple[datetime | None, Finding]:
    """A moment that JSON-LD or a meta tag states, and the same with its time zone and where it stands."""
    given = [("json-ld", structured.first(key)), *((name, head.get(name)) for name in names)]
    method, written = next(((method, value) for method, value in given if value), ("none", ""))
    moment = parse_moment(written)
    return moment, _moment_finding(moment, method, written) if moment else _NOTHING


_ZONE = re.compile(r"T?\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)$")


def _moment_finding(moment: datetime, method: str, written: str) -> Finding:
    """The moment as it was written; without a zone it is taken for UTC, which is said."""
    if _ZONE.search(written.strip()):
        return Finding(moment.isoformat(), method, 0.9)
    return Finding(moment.isoformat(), f"{method}, no time zone given", 0.6)


def _told(exact: datetime | None, told: Finding, stated: datetime | None) -> Finding:
    """Where the moment of publication was read; nothing when only a day is known."""
    if exact is None:
        return _NOTHING
    if exact == stated:  # shown by the page in the publisher's own time zone, or as the page states it
        return Finding(exact.isoformat(), told.method, told.confidence)
    return Finding(exact.isoformat(), "time", 0.7)


def _lone_day(shown: list[datetime]) -> date | None:
    days = {moment.date() for moment in shown}
    return days.pop() if len(days) == 1 else None


def _confidence(day: date, method: str, stated: datetime | None, url: str) -> float:
    """Two sources that agree are right more often than htmldate, which always answers."""
    if stated and abs((stated.date() - day).days) <= 1:
        return 0.95
    if url_day(url) == day:
        return 0.9
    return {"time": 0.8, "htmldate": 0.6}.get(method, 0.5)


def _shown_moments(tree: HtmlElement) -> list[datetime]:
    """The moments of the first time elements of the page."""
    found = []
    for element in islice(tree.iter("time"), _MAX_TIMES):
        text = squeeze("".join(element.itertext()))[:80]
        moment = parse_moment(element.get("datetime") or "") or parse_moment(text) or _german_day(text)
        if moment:
            found.append(moment)
    return found


def _german_day(text: str) -> datetime | None:
    """A day written with dots, day first: unlike slashes, dots leave no doubt about the order."""
    match = _DOTTED.match(text)
    if not match:
        return None
    day, month, year = map(int, match.groups())
    try:
        moment = datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
    return moment if _plausible(moment.date()) else None


def _ask_htmldate(tree: HtmlElement, url: str, *, is_large: bool) -> date | None:
    try:
        found = find_date(tree, original_date=True, extensive_search=not is_large, url=url or None)
    except (ValueError, TypeError, AttributeError, OverflowError, IndexError):
        return None
    return date.fromisoformat(found) if found else None


def load_locales() -> None:
    """Let dateparser load its locales now: it does so at the first text that no locale understands, in seconds."""
    external_date_parser("not a date at all 12", "%Y-%m-%d")
