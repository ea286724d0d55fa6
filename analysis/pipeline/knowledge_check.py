"""What is wrong with the knowledge tables: doubles, cycles, dead references, dangerous names."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analysis.pipeline.knowledge import COUNTRY, ENTITY_TABLES, Ownership, fold, read_table
from analysis.pipeline.types import Alias, Kind, KnownEntity, Lexicon, Relation

ERROR, WARNING = "error", "warning"
SHORTEST = 3  # letters; names below are initials, road numbers and unit signs more often than names
# Named by two letters everywhere in the news, in capitals: checked on written news by hand.
KNOWN_SHORT = frozenset("AP BP BT DW EY FT GE GM GQ HP NZ UK UN EU US VK VW G7 G8 EN 3M AJ".split())


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `severity` is ERROR (must be repaired) or WARNING (may be right)."""

    severity: str
    check: str
    subject: str
    detail: str


def check_tables() -> list[Finding]:
    """Findings that need the rows as written: two rows with one key."""
    found: list[Finding] = []
    for table in ENTITY_TABLES:
        found += find_double_keys(table, (row["key"] for row in read_table(table)))
    found += find_double_keys("countries", (row["code"] for row in read_table("countries")))
    return found


def check_lexicon(lexicon: Lexicon, ownerships: Iterable[Ownership] = ()) -> list[Finding]:
    """All findings on a lexicon, errors first, each in a stable order."""
    aliases = [alias for group in lexicon.aliases.values() for alias in group]
    found = [
        *find_dead_codes(lexicon.entities),
        *find_dead_references(lexicon.entities, aliases, ownerships),
        *find_cycles(lexicon.entities),
        *find_dangerous(aliases, lexicon.words.get("common_words", frozenset())),
        *find_namesakes(lexicon),
        *find_nameless(lexicon.entities, aliases),
    ]
    return sorted(found, key=lambda finding: (finding.severity, finding.check, finding.subject))


def find_double_keys(table: str, keys: Iterable[str]) -> Iterator[Finding]:
    """Keys that stand in more than one row of a table."""
    for key, times in Counter(keys).items():
        if times > 1:
            yield Finding(ERROR, "double key", key, f"{times} rows of {table}")


def find_dead_codes(entities: Mapping[str, KnownEntity]) -> Iterator[Finding]:
    """Entities of a country that the table of countries does not have."""
    for entity in entities.values():
        if entity.country and COUNTRY + entity.country not in entities:
            yield Finding(ERROR, "dead code", entity.key, f"no country {entity.country}")


def find_dead_references(
    entities: Mapping[str, KnownEntity], aliases: Iterable[Alias], ownerships: Iterable[Ownership]
) -> Iterator[Finding]:
    """Aliases, parents and owners that point at nothing."""
    pointers = [(alias.surface, alias.entity) for alias in aliases]
    pointers += [(entity.key, entity.parent) for entity in entities.values() if entity.parent]
    pointers += [(owned.key, owned.parent) for owned in ownerships]
    pointers += [(owned.key, owned.key) for owned in ownerships]
    for subject, key in pointers:
        if key not in entities:
            yield Finding(ERROR, "dead reference", subject, f"points at {key!r}, which is in no table")


def find_cycles(entities: Mapping[str, KnownEntity]) -> Iterator[Finding]:
    """Entities that own themselves, directly or over others; each cycle is told once."""
    told: set[str] = set()
    for start in sorted(entities):
        path = _path_up(start, entities)
        if path[-1] in path[:-1] and not told & set(path):
            told |= set(path)
            yield Finding(ERROR, "cycle", start, " → ".join(path))


def _path_up(key: str, entities: Mapping[str, KnownEntity]) -> list[str]:
    """From an entity to its topmost owner, or to the first key met twice."""
    path = [key]
    while path[-1] in entities and entities[path[-1]].parent:
        path.append(entities[path[-1]].parent)
        if path[-1] in path[:-1]:
            break
    return path


def find_dangerous(aliases: Iterable[Alias], common: frozenset[str]) -> Iterator[Finding]:
    """Names trusted without context which are words of the language or too short to mean one thing."""
    for alias in aliases:
        if alias.needs_context:
            continue
        words = fold(alias.surface).split()
        letters = re.sub(r"[^\w&]", "", alias.surface)
        if len(words) == 1 and words[0] in common and not alias.is_case_sensitive:
            yield Finding(
                ERROR, "common word", alias.surface, f"{alias.entity}: matches the word in small letters"
            )
        elif len(letters) < SHORTEST and letters.upper() not in KNOWN_SHORT:
            yield Finding(ERROR, "two letters", alias.surface, f"{alias.entity}: needs context")
        elif len(words) == 1 and words[0] in common and alias.relation is not Relation.ACRONYM:
            yield Finding(
                WARNING,
                "word with a capital",
                alias.surface,
                f"{alias.entity}: trusted anywhere",
            )


def find_namesakes(lexicon: Lexicon) -> Iterator[Finding]:
    """One name, trusted without context, for two things of the same kind: one of them is wrong or both need context."""
    for key, group in lexicon.aliases.items():
        sure: dict[Kind, set[str]] = {}
        for alias in group:
            if not alias.needs_context:
                sure.setdefault(lexicon.entities[alias.entity].kind, set()).add(alias.entity)
        for kind, owners in sorted(sure.items()):
            if len(owners) > 1:
                yield Finding(WARNING, "namesakes", key, f"{kind}: {', '.join(sorted(owners))}")


def find_nameless(entities: Mapping[str, KnownEntity], aliases: Iterable[Alias]) -> Iterator[Finding]:
    """Entities that no alias leads to: they can never be found in a text."""
    named = {alias.entity for alias in aliases}
    for key in sorted(set(entities) - named):
        yield Finding(ERROR, "no name", key, "no alias leads to it")
