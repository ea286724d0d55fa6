"""Shared by the build scripts: the hand-written format, flags of aliases, and writing of tables."""

import csv
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "analysis" / "pipeline" / "data"
HAND = Path(__file__).parent / "hand"

ENTITY_COLUMNS = (
    "key",
    "kind",
    "type",
    "name",
    "country",
    "parent",
    "parent_since",
    "wikidata",
    "ticker",
    "description",
)
ALIAS_COLUMNS = ("surface", "key", "relation", "is_case_sensitive", "needs_context")


# What a comma inside a name leaves over ("Facebook, Inc.").
LONE_SUFFIX = re.compile(r"\s*(?:Inc|Co|Ltd|LLC|Corp|D\.C)\.?\s*")


@dataclass(slots=True)
class Surface:
    """One way to write a name. mark: "" = rules decide, "*" = needs context, "^" = case sensitive, "!" = safe."""

    text: str
    mark: str = ""
    relation: str = "name"


@dataclass(slots=True)
class Thing:
    """One row of an entity table with all its surfaces."""

    name: str
    country: str = ""
    sector: str = ""
    type: str = ""
    surfaces: list[Surface] = field(default_factory=list)
    parent: str = ""
    since: str = ""
    past: list[tuple[str, str, str]] = field(default_factory=list)
    ticker: str = ""
    wikidata: str = ""


def slug(name: str) -> str:
    """Lower-case ASCII with single hyphens: "Crédit Agricole" → "credit-agricole"."""
    plain = unicodedata.normalize(
        "NFKD", name.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l")
    )
    plain = plain.encode("ascii", "ignore").decode().lower().replace("&", " and ").replace("+", " plus ")
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").replace(".", "")).strip("-")


def parse_hand(name: str) -> Iterator[Thing]:
    """Things of hand/NAME.txt.

    `[CC sector]` opens a section. An entry is
    `Name = other name, other name < Parent (2014-) << Old parent (2006-2014) @TICKER %type #Q42`,
    entries are separated by `;` or line ends. Marks behind a name: `*` needs context, `^` case
    sensitive, `!` safe although a common word; before a name: `~` former name, `+` brand of the thing.
    """
    country = sector = ""
    for line in (HAND / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("["):
            country, _, sector = line.strip().strip("[]").partition(" ")
            country = "" if country == "--" else country
            continue
        for entry in line.split(";"):
            if entry.strip():
                yield _parse_entry(entry.strip(), country, sector)


def _parse_entry(entry: str, country: str, sector: str) -> Thing:
    thing = Thing("", country, sector)
    entry, thing.wikidata = _cut(entry, r"\s#(Q\d+)")
    entry, thing.type = _cut(entry, r"\s%(\w+)")
    entry, thing.ticker = _cut(entry, r"\s@([\w.]+)")
    entry, override = _cut(entry, r"\s\$([A-Z]{2})\b")
    thing.country = override or country
    entry, *owners = re.split(r"\s<(?=\S)", entry)
    for owner in owners:
        match = re.fullmatch(r"(<?)\s*(.+?)\s*(?:\((\S*?)-(\S*?)\))?\s*", owner)
        if not match:
            raise ValueError(f"not an owner: {owner!r}")
        old, parent, since, until = match.groups(default="")
        if old:
            thing.past.append((parent, since, until))
        else:
            thing.parent, thing.since = parent, since
    names, _, others = entry.partition(" = ")
    thing.surfaces = [_surface(names.strip())]
    thing.surfaces += [
        _surface(text.strip())
        for text in others.split(",")
        if text.strip() and not LONE_SUFFIX.fullmatch(text)
    ]
    thing.surfaces = _without_articles(thing.surfaces)
    thing.name = thing.surfaces[0].text
    return thing


def _without_articles(surfaces: list[Surface]) -> list[Surface]:
    """Drops "The X" where X is a safe name too: texts are read without the article."""
    safe = {s.text for s in surfaces if s.mark != "*"}
    bare = {s.text: re.sub(r"^[Tt]he ", "", s.text) for s in surfaces}
    return [s for s in surfaces if bare[s.text] == s.text or bare[s.text] not in safe]


def _cut(entry: str, pattern: str) -> tuple[str, str]:
    match = re.search(pattern, entry)
    if not match:
        return entry, ""
    return entry[: match.start()] + entry[match.end() :], match.group(1)


def _surface(text: str) -> Surface:
    relation = {"~": "former", "+": "brand"}.get(text[0], "")
    text = text[1:].strip() if relation else text
    mark = text[-1] if text[-1] in "*^!" else ""
    text = text[:-1].strip() if mark else text
    return Surface(text, mark, relation or ("acronym" if is_acronym(text) else "name"))


def is_acronym(text: str) -> bool:
    """Two to six capitals, with digits, dots and & allowed."""
    return bool(re.fullmatch(r"(?:[A-Z0-9&]\.?){2,6}", text)) and any(c.isalpha() for c in text)


def flags(surface: Surface) -> tuple[bool, bool]:
    """(is_case_sensitive, needs_context) of a surface, by its mark and, where it has none, by rule."""
    text, mark = surface.text, surface.mark or ("!" if surface.text in safe_names() else "")
    words = re.findall(r"\w+", text.casefold())
    common = bool(words) and all(w in common_words() or w.isdigit() for w in words)
    letters = [c for c in text if c.isalnum()]
    sensitive = (mark in "*^" and mark != "") or common or is_acronym(text) or len(letters) <= 4
    context = mark == "*" or (mark == "" and _is_dangerous(text, words, len(letters), is_common=common))
    return sensitive, context


def _is_dangerous(text: str, words: list[str], letters: int, *, is_common: bool) -> bool:
    if letters <= 2:
        return True
    return len(words) == 1 and (is_common or (not is_acronym(text) and text.casefold() in namesakes()))


@cache
def common_words() -> frozenset[str]:
    """The words of common_words.csv, which must be built first."""
    return frozenset(row["word"] for row in read("common_words"))


@cache
def safe_names() -> frozenset[str]:
    """Names the rules would suspect and which the news nearly always means (hand/safe_names.txt)."""
    return frozenset((HAND / "safe_names.txt").read_text(encoding="utf-8").split("\n"))


@cache
def namesakes() -> frozenset[str]:
    """First names, family names and places, case folded: a company of that name needs its context."""
    surnames = (HAND.parent / "derived" / "last_names.txt").read_text(encoding="utf-8").split()
    places = (row["surface"] for row in read("places"))
    countries = (row["surface"] for row in read("country_aliases"))
    return first_names() | {word.casefold() for word in (*surnames, *places, *countries)}


@cache
def first_names() -> frozenset[str]:
    """Case-folded words of first_names.csv, which must be built first."""
    return frozenset(row["word"].casefold() for row in read("first_names"))


def read(name: str) -> list[dict[str, str]]:
    """Rows of a table of the product; [] when it was not built yet."""
    path = DATA / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(name: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> int:
    """Writes a table sorted and without repeated rows; returns the number of rows."""
    DATA.mkdir(exist_ok=True)
    ordered = sorted({tuple(str(value) for value in row) for row in rows})
    with (DATA / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(ordered)
    return len(ordered)


def report(*words: object) -> None:
    """One line for the person who runs the build."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
