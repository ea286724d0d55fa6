"""Everything that narrows the list of articles, as one value: the search box, facets, dates, order."""

from dataclasses import dataclass, field
from datetime import date, datetime

from analysis.query import Query

NEWEST, RELEVANCE = "newest", "relevance"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for; every part stands in the address of the page."""

    query: Query = field(default_factory=Query)
    tags: tuple[int, ...] = ()  # entities that must be tagged, all of them
    not_tags: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()  # any of them
    not_sources: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()  # kinds of source, any of them
    statuses: tuple[str, ...] = ()  # any of them; none = all but withdrawn
    languages: tuple[str, ...] = ()
    since: date | None = None  # published
    until: date | None = None
    added_since: datetime | None = None  # submitted to us
    order: str = NEWEST

    @property
    def is_empty(self) -> bool:
        """Nothing was asked for: the list shows all there is."""
        return self == Filters(order=self.order)
