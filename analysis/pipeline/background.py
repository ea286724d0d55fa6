"""Did you know: background facts about an article's entities, chosen and worded without adding anything.

Rule of choice, most telling first: who is new here; which two were never named together before; who is named far more
often than usual; where somebody was affiliated earlier; when somebody was last in an article; who owns a company;
what a country is. Within a rule the most salient entity comes first. An entity appears once as the subject, a rule at
most twice, and never more than five facts are shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

SHOWN, PER_RULE = 5, 2
RECENT, YEAR = timedelta(days=30), timedelta(days=365)
UNUSUAL, UNUSUAL_FACTOR = 3, 3  # at least three articles in thirty days, and three times the year's pace
ARCHIVE = ("country", "company", "researcher", "person", "organization", "government", "threat", "malware")


@dataclass(frozen=True, slots=True)
class Known:
    """An entity of the article as the facts need it; the most salient comes first in a sequence of them."""

    id: int
    name: str
    kind: str
    country: str = ""  # ISO 3166-1 alpha-2
    ticker: str = ""
    parent: int = 0
    parent_name: str = ""
    parent_since: str = ""
    is_common: bool = False  # in so many articles that its archive tells nothing
    affiliation: str = ""  # in this article


@dataclass(frozen=True, slots=True)
class Other:
    """Another article that names at least one of the entities."""

    id: int
    dated_at: datetime
    entities: frozenset[int]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """What the knowledge tables say of a country."""

    name: str
    official_name: str
    capital: str
    region: str


@dataclass(frozen=True, slots=True)
class Role:
    """An affiliation that another article prints for a person."""

    entity: int
    affiliation: str
    article: int
    dated_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a fact and where they lead: an entity, an article, or nowhere."""

    text: str
    entity: int = 0
    article: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """One sentence; `rule` says why it was chosen, `subjects` whom it is about."""

    rule: str
    subjects: tuple[int, ...]
    parts: tuple[Part, ...]

    @property
    def source(self) -> str:
        """Where it comes from, in a reader's words."""
        return "knowledge tables" if self.rule in ("owner", "country") else "archive"


@dataclass(frozen=True, slots=True)
class Archive:
    """What the desk holds on the entities, as far as the reader may see it."""

    others: Sequence[Other]
    roles: Sequence[Role]
    countries: Mapping[str, Country]
    now: datetime
    is_whole: bool = True  # the reader may see every article

    @property
    def place(self) -> str:
        """Where "nothing" was found: a reader who sees a part must not be told about the whole."""
        return "here" if self.is_whole else "among the articles you can see"


def choose_facts(entities: Sequence[Known], archive: Archive) -> tuple[Fact, ...]:
    """The most telling facts by the rule above."""
    chosen: list[Fact] = []
    for fact in _candidates(entities, archive):
        subjects = {subject for other in chosen for subject in other.subjects}
        repeats = sum(other.rule == fact.rule for other in chosen)
        if repeats < PER_RULE and not subjects & set(fact.subjects):
            chosen.append(fact)
    return tuple(chosen[:SHOWN])


def _candidates(entities: Sequence[Known], archive: Archive) -> Iterable[Fact]:
    """Every fact there is, most telling rule first."""
    own = [one for one in entities if one.kind in ARCHIVE and not one.is_common]
    held = {one.id: _articles(one, archive) for one in own}
    yield from (_new(one, archive) for one in own if not held[one.id])
    named = [one for one in own if held[one.id]]
    yield from _strangers(named, archive)
    yield from (fact for one in named if (fact := _unusual(one, held[one.id], archive)))
    yield from (fact for one in entities for fact in _earlier_role(one, archive))
    yield from (_last(one, held[one.id]) for one in named)
    yield from (fact for one in entities if (fact := _owner(one)))
    yield from (fact for one in entities if (fact := _country(one, archive)))


def _articles(one: Known, archive: Archive) -> list[Other]:
    """The other articles that name it, newest first."""
    found = [other for other in archive.others if one.id in other.entities]
    return sorted(found, key=lambda other: (other.dated_at, other.id), reverse=True)


def _entity(one: Known) -> Part:
    return Part(one.name, entity=one.id)


def _new(one: Known, archive: Archive) -> Fact:
    words = Part(f" is new: no other article {archive.place} is tagged with it.")
    if one.kind in ("researcher", "person"):
        words = Part(f" is a new name: no other article {archive.place} names this person.")
    return Fact("new", (one.id,), (_entity(one), words))


def _strangers(named: Sequence[Known], archive: Archive) -> Iterable[Fact]:
    """Pairs that are both known here but share no other article."""
    together = {pair for other in archive.others for pair in combinations(sorted(other.entities), 2)}
    for one, other in combinations(named, 2):
        if (min(one.id, other.id), max(one.id, other.id)) not in together:
            words = Part(f" are tagged together for the first time {archive.place}.")
            yield Fact("together", (one.id, other.id), (_entity(one), Part(" and "), _entity(other), words))


def _unusual(one: Known, held: Sequence[Other], archive: Archive) -> Fact | None:
    """Named far more often in thirty days than in the eleven months before."""
    recent = sum(archive.now - RECENT < other.dated_at <= archive.now for other in held)
    before = sum(archive.now - YEAR < other.dated_at <= archive.now - RECENT for other in held)
    usual = before * RECENT / (YEAR - RECENT)
    if recent < UNUSUAL or recent < UNUSUAL_FACTOR * usual:
        return None
    pace = f"{usual:.1f}".rstrip("0").rstrip(".") if before else "none"
    words = f" is in {recent} other articles of the last 30 days; usual in 30 days: {pace}."
    return Fact("unusual", (one.id,), (_entity(one), Part(words)))


def _earlier_role(one: Known, archive: Archive) -> Iterable[Fact]:
    """Another affiliation that another article prints, the newest."""
    roles = [
        role
        for role in archive.roles
        if role.entity == one.id and role.affiliation.casefold() != one.affiliation.casefold()
    ]
    if one.affiliation and roles:
        role = max(roles, key=lambda found: (found.dated_at, found.article))
        link = Part(f"an article of {role.dated_at:%Y-%m-%d}", article=role.article)
        words = Part(f" is printed with {role.affiliation} in ")
        yield Fact("role", (one.id,), (_entity(one), words, link, Part(".")))


def _last(one: Known, held: Sequence[Other]) -> Fact:
    """The newest other article, and how long and how often it has been named."""
    newest, oldest = held[0], held[-1]
    link = Part(f"“{newest.title}”" if newest.title else "another article", article=newest.id)
    since = f", one of {len(held)} articles since {oldest.dated_at:%Y-%m-%d}" if len(held) > 1 else ""
    words = Part(f" of {newest.dated_at:%Y-%m-%d}{since}.")
    return Fact("last", (one.id,), (_entity(one), Part(" is also in "), link, words))


def _owner(one: Known) -> Fact | None:
    """Who owns a company, or where it is listed."""
    if one.kind == "company" and one.parent_name:
        since = f" (since {one.parent_since[:4]})" if one.parent_since else ""
        parent = Part(one.parent_name, entity=one.parent)
        return Fact("owner", (one.id,), (_entity(one), Part(" belongs to "), parent, Part(f"{since}.")))
    if one.kind == "company" and one.ticker:
        return Fact(
            "owner", (one.id,), (_entity(one), Part(f" is listed on a stock exchange as {one.ticker}."))
        )
    return None


def _country(one: Known, archive: Archive) -> Fact | None:
    """Code, region and capital, from the knowledge tables."""
    country = archive.countries.get(one.country) if one.kind == "country" else None
    if country is None:
        return None
    official = country.official_name if country.official_name != country.name else ""
    words = f" ({one.country})" + (f", officially {official}," if official else "")
    words += f" lies in {country.region}" if country.region else ""
    capital = f"its capital is {country.capital}" if country.capital else ""
    if capital:
        words += f"; {capital}" if country.region else f": {capital}"
    if not (country.region or capital):
        return None
    return Fact("country", (one.id,), (_entity(one), Part(f"{words}.")))
