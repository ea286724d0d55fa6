"""The tables of `data/` as one `Lexicon`: what the pipeline knows before anybody has judged anything."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from sys import intern

from .types import Alias, Kind, KnownEntity, Lexicon, Relation

DATA = Path(__file__).parent / "data"

# Tables with one row per thing, each with a table of aliases beside it (NAME_aliases.csv).
ENTITY_TABLES = ("companies", "media", "organizations", "governments", "threats", "malware", "products")
# Word lists: file, and the column that splits it into "file:category" beside the whole "file".
WORD_TABLES = (
    ("roles", "category"),
    ("nonresearch_roles", "category"),
    ("legal_suffixes", "kind"),
    ("name_heads", "kind"),
)
PLAIN_WORD_TABLES = ("first_names", "common_words")
KINDS = {kind.value: kind for kind in Kind}
RELATIONS = {relation.value: relation for relation in Relation}
COUNTRY = "country:"


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owned whom from when until when (ISO dates or years; "" = unknown, or until today)."""

    key: str
    parent: str
    since: str = ""
    until: str = ""


def fold(surface: str) -> str:
    """Key of an alias: case folded, runs of white space as one blank, curly apostrophes straight."""
    return " ".join(surface.replace("’", "'").casefold().split())


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of `data/NAME.csv` by column name; raises FileNotFoundError when there is no such table."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def load_lexicon() -> Lexicon:
    """All tables as one `Lexicon`. Read once per process; `version` is a digest of the files' bytes."""
    entities = {entity.key: entity for entity in _entities()}
    aliases: dict[str, list[Alias]] = {}
    for alias in _aliases():
        aliases.setdefault(fold(alias.surface), []).append(alias)
    return Lexicon(
        version=data_version(),
        entities=entities,
        aliases={key: _distinct(found) for key, found in aliases.items()},
        words=_words(),
    )


@cache
def load_ownerships() -> tuple[Ownership, ...]:
    """Owners of companies, brands and units, of today and before, ordered by key and start."""
    return tuple(
        Ownership(row["key"], row["parent"], row["since"], row["until"])
        for row in read_table("company_owners")
    )


def data_version() -> str:
    """Twelve hexadecimal digits which change with any byte of any table."""
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.csv")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _columns(name: str, *columns: str) -> Iterator[tuple[str, ...]]:
    """The named columns of a table, row by row: half the time of a mapping per row."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        header = next(reader)
        pick = itemgetter(*(header.index(column) for column in columns))
        for values in reader:
            yield pick(values)


def _entities() -> Iterator[KnownEntity]:
    for code, name, official, wikidata in _columns("countries", "code", "name", "official_name", "wikidata"):
        yield KnownEntity(COUNTRY + code, Kind.COUNTRY, name, code, wikidata=wikidata, description=official)
    columns = ("key", "kind", "name", "country", "parent", "wikidata", "ticker", "description", "type")
    for table in ENTITY_TABLES:
        for key, kind, *rest in _columns(table, *columns):
            yield KnownEntity(intern(key), KINDS[kind], *rest)


def _aliases() -> Iterator[Alias]:
    flags = ("relation", "is_case_sensitive", "needs_context")
    for table, column in (("country_aliases", "code"), ("places", "country")):
        for surface, code, relation, sensitive, context in _columns(table, "surface", column, *flags):
            yield Alias(
                surface, intern(COUNTRY + code), RELATIONS[relation], sensitive == "1", context == "1"
            )
    for table in ENTITY_TABLES:
        for surface, key, relation, sensitive, context in _columns(
            f"{table}_aliases", "surface", "key", *flags
        ):
            yield Alias(surface, intern(key), RELATIONS[relation], sensitive == "1", context == "1")


def _distinct(found: list[Alias]) -> tuple[Alias, ...]:
    """The first alias per entity, relation and spelling: tables may name the same thing twice."""
    if len(found) == 1:
        return (found[0],)
    marks = ((alias.entity, alias.relation, alias.is_case_sensitive and alias.surface) for alias in found)
    first = dict(zip(reversed(list(marks)), reversed(found), strict=True))
    return tuple(alias for alias in found if any(alias is kept for kept in first.values()))


def _words() -> dict[str, frozenset[str]]:
    words = {table: frozenset(_plain(table)) for table in PLAIN_WORD_TABLES}
    for table, column in WORD_TABLES:
        rows = tuple(_columns(table, "word", column))
        words[table] = frozenset(word for word, _ in rows)
        for category in sorted({category for _, category in rows}):
            words[f"{table}:{category}"] = frozenset(word for word, found in rows if found == category)
    return words


def _plain(table: str) -> list[str]:
    """A table of one column without commas or quotes, which needs no CSV reader."""
    return (DATA / f"{table}.csv").read_text(encoding="utf-8").splitlines()[1:]
