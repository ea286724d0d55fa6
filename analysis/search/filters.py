"""Everything that narrows the list of articles, as one value: the search box, facets, dates, order."""

from dataclasses import dataclass, field
from datetime import date, datetime

from analysis.query import Query

NEWEST, RELEVANCE, SALIENCE = "newest", "relevance", "salience"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for; every part stands in the address of the page."""

    query: Query = field(default_factory=Query)
    tags: tuple[int, ...] = ()  # entities that must be tagged, all of them
    not_tags: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()  # any of them
    not_sources: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()  # kinds of source, any of them
    not_kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()  # any of them; none = all but withdrawn
    not_statuses: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    not_languages: tuple[str, ...] = ()
    since: date | None = None  # published
    until: date | None = None
    added_since: datetime | None = None  # submitted to us
    order: str = NEWEST

    @property
    def is_empty(self) -> bool:
        """Nothing was asked for: the list shows all there is."""
        return self == Filters(order=self.order)


@dataclass(frozen=True, slots=True)
class Key:
    """The place of an article in the list of the newest; it stays where it is when others come in."""

    dated_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.dated_at.isoformat()}_{self.pk}"


def read_key(text: str) -> Key | None:
    """The key in an address, None when there is none that can be read."""
    moment, _, number = text.replace(" ", "+").rpartition("_")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    try:
        dated_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return Key(dated_at, int(number)) if dated_at.tzinfo and dated_at.year > 1 else None


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of the list: what is older than `before`, newer than `after`; or the n-th when it is ranked."""

    before: Key | None = None
    after: Key | None = None
    page: int = 1
