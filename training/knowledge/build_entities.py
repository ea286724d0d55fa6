"""Builds the tables of companies, media, organizations, governments and products from the hand-written lists.

A second file NAME_derived.csv beside a hand list (written by the derive scripts) adds the tail: rows whose
names the hand list does not know.
"""

import csv
from collections.abc import Iterable

from tables import (
    ALIAS_COLUMNS,
    ENTITY_COLUMNS,
    HAND,
    Surface,
    Thing,
    flags,
    is_acronym,
    parse_hand,
    report,
    slug,
    write,
)

KINDS = {
    "companies": "company",
    "media": "media",
    "organizations": "organization",
    "governments": "government",
    "products": "product",
}
IGO_SECTORS = {"igo"}


def key_of(table: str, thing: Thing) -> str:
    """Stable key: company:amazon, government:us-fbi, igo:nato."""
    kind = "igo" if thing.sector in IGO_SECTORS else KINDS[table]
    prefix = f"{thing.country.lower()}-" if kind == "government" and thing.country else ""
    return f"{kind}:{prefix}{slug(thing.name)}"


def load(table: str) -> list[Thing]:
    """Things of the hand lists, one per key: a later entry of the same key adds its surfaces."""
    found: dict[str, Thing] = {}
    for path in sorted(HAND.glob(f"{table}*.txt")):
        for thing in parse_hand(path.stem):
            key = key_of(table, thing)
            if key in found:
                merge(found[key], thing)
            else:
                found[key] = thing
    known = {s.text.casefold() for thing in found.values() for s in thing.surfaces}
    for thing in load_derived(table):
        fresh = [s for s in thing.surfaces if s.text.casefold() not in known]
        if thing.name.casefold() not in known and key_of(table, thing) not in found:
            thing.surfaces = fresh
            known |= {s.text.casefold() for s in fresh}
            found[key_of(table, thing)] = thing
    return list(found.values())


def merge(old: Thing, new: Thing) -> None:
    """Adds what a second entry of the same thing knows."""
    texts = {s.text for s in old.surfaces}
    old.surfaces += [s for s in new.surfaces if s.text not in texts]
    for name in ("parent", "since", "ticker", "wikidata", "type", "country"):
        if not getattr(old, name):
            setattr(old, name, getattr(new, name))
    old.past += new.past


def load_derived(table: str) -> Iterable[Thing]:
    """Rows of hand/../derived/TABLE.csv: name, country, sector, type, ticker, wikidata, aliases (|)."""
    path = HAND.parent / "derived" / f"{table}.csv"
    if not path.exists():
        return
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            surfaces = [
                Surface(t, "", "acronym" if is_acronym(t) else "name")
                for t in (row["name"], *row["aliases"].split("|"))
                if t
            ]
            yield Thing(
                row["name"],
                row["country"],
                row["sector"],
                row["type"],
                surfaces,
                ticker=row["ticker"],
                wikidata=row["wikidata"],
            )


def build(table: str) -> tuple[int, int]:
    """Writes TABLE.csv and TABLE_aliases.csv; returns their sizes."""
    things = load(table)
    keys = {s.text.casefold(): key_of(table, t) for t in reversed(things) for s in reversed(t.surfaces)}
    keys |= {t.name.casefold(): key_of(table, t) for t in things}
    rows, aliases, owners = [], [], []
    for thing in things:
        key = key_of(table, thing)
        parent = resolve(thing.parent, keys, table)
        kind = "igo" if key.startswith("igo:") else KINDS[table]
        shape = {"b": "brand", "s": "service", "u": "unit"}.get(thing.type, thing.type or kind)
        rows.append(
            (
                key,
                kind,
                shape,
                thing.name,
                thing.country,
                parent,
                thing.since,
                thing.wikidata,
                thing.ticker,
                thing.sector,
            )
        )
        for s in thing.surfaces:
            sensitive, context = flags(s)
            aliases.append((s.text, key, s.relation, int(sensitive), int(context)))
        owners += [(key, resolve(p, keys, table), since, until) for p, since, until in thing.past]
        owners += [(key, parent, thing.since, "")] if parent else []
    if table == "companies":
        write("company_owners", ("key", "parent", "since", "until"), owners)
    return write(table, ENTITY_COLUMNS, rows), write(f"{table}_aliases", ALIAS_COLUMNS, aliases)


def resolve(parent: str, keys: dict[str, str], table: str) -> str:
    """Key of a parent given by any of its names; products name a company, so their makers are looked up there."""
    if not parent:
        return ""
    if parent.casefold() in keys and table != "products":
        return keys[parent.casefold()]
    if table != "companies":
        for other in ("companies", "organizations", "media", "governments"):
            found = lookup(other).get(parent.casefold())
            if found:
                return found
    report(f"{table}: no such parent: {parent}")
    return ""


_LOOKUPS: dict[str, dict[str, str]] = {}


def lookup(table: str) -> dict[str, str]:
    """Name, case folded → key over one table."""
    if table not in _LOOKUPS:
        things = load(table)
        names = {s.text.casefold(): key_of(table, t) for t in reversed(things) for s in t.surfaces}
        _LOOKUPS[table] = names | {t.name.casefold(): key_of(table, t) for t in things}
    return _LOOKUPS[table]


if __name__ == "__main__":
    for name in KINDS:
        report(name, *build(name))
