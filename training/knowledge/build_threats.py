"""Builds threats.csv and malware.csv from the MISP galaxy (CC0, package pymispgalaxies) and hand lists."""

import re
from collections.abc import Iterator

from pymispgalaxies import Clusters
from tables import (
    ALIAS_COLUMNS,
    ENTITY_COLUMNS,
    Surface,
    Thing,
    first_names,
    flags,
    is_acronym,
    parse_hand,
    read,
    report,
    slug,
    write,
)

GALAXIES = {
    "threats": ("threat-actor",),
    "malware": (
        "ransomware",
        "malpedia",
        "tool",
        "botnet",
        "banker",
        "rat",
        "exploit-kit",
        "stealer",
        "backdoor",
        "cryptominers",
        "android",
    ),
}
KIND = {"threats": "threat", "malware": "malware"}
# Galaxy names that are trusted alone: mixed case, digits or several words ("GandCrab", "TA505", "Lazarus Group").
TELLING = re.compile(r".*(?:[a-z][A-Z]|\d|[A-Z]{2}[a-z]| )")
PERSON = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")
MAX_ALIASES = 40


def galaxy(names: tuple[str, ...]) -> Iterator[Thing]:
    """Clusters of the galaxies as things, cleaned."""
    clusters = Clusters()
    for name in names:
        if name not in clusters:
            continue
        for cluster in clusters[name].values():
            meta = cluster.meta.to_dict() if cluster.meta else {}
            texts = [
                t for raw in (cluster.value, *meta.get("synonyms", [])[:MAX_ALIASES]) for t in clean(raw)
            ]
            if texts:
                country = str(meta.get("country", "") or meta.get("cfr-suspected-state-sponsor", ""))
                yield Thing(
                    texts[0],
                    country if len(country) == 2 else "",
                    name,
                    "",
                    [surface(t) for t in dict.fromkeys(texts)],
                )


def clean(raw: str) -> list[str]:
    """Readable names of one galaxy value: remarks in brackets off, file names and sentences dropped."""
    text = re.sub(r"\s*[\(\[].*?[\)\]]", "", raw).replace("_", " ").strip(" .-–’'\"")
    text = (
        re.sub(r"^(?:Operation )?(.*?) (?:Ransomware|ransomware)$", r"\1", text)
        if "ansomware" in text
        else text
    )
    text = re.sub(r"\s+", " ", text).strip()
    if not re.search(r"[A-Za-z]", text) or not 3 <= len(text) <= 40 or len(text.split()) > 4:
        return []
    if re.search(r"[/\\@{}<>:=!?*]|\.(?:exe|dll|js|txt|zip|com|onion|locked)\b|^\W", text):
        return []
    if PERSON.fullmatch(text) and text.split()[0].casefold() in first_names():
        return []
    return [text]


def surface(text: str) -> Surface:
    """Names in plain small letters or of common words need the text's support."""
    return Surface(text, "" if TELLING.match(text) else "*", "acronym" if is_acronym(text) else "name")


def build(table: str, blocked: set[str]) -> tuple[int, int]:
    """Writes TABLE.csv and TABLE_aliases.csv; returns their sizes."""
    found: dict[str, Thing] = {}
    used: set[str] = set()
    for thing in [*parse_hand(table), *galaxy(GALAXIES[table])]:
        key = f"{KIND[table]}:{slug(thing.name)}"
        fresh = [s for s in thing.surfaces if s.text.casefold() not in used | blocked]
        if key in found:
            found[key].surfaces += fresh
        elif any(s.text == thing.name for s in fresh):
            thing.surfaces = fresh
            found[key] = thing
        used |= {s.text.casefold() for s in fresh if key in found}
    rows = [(key, KIND[table], t.sector, t.name, t.country, "", "", "", "", "") for key, t in found.items()]
    aliases = []
    for key, thing in found.items():
        for s in thing.surfaces:
            sensitive, context = flags(s)
            context = context or s.text.islower() or (len(s.text) <= 3)
            aliases.append((s.text, key, s.relation, int(sensitive or len(s.text) <= 5), int(context)))
    return write(table, ENTITY_COLUMNS, rows), write(f"{table}_aliases", ALIAS_COLUMNS, aliases)


def names_of_others() -> set[str]:
    """Names of companies and countries: never a threat's alias."""
    return {
        row["surface"].casefold()
        for table in (
            "company_aliases",
            "companies_aliases",
            "country_aliases",
            "places",
            "media_aliases",
            "governments_aliases",
            "organizations_aliases",
        )
        for row in read(table)
    }


if __name__ == "__main__":
    others = names_of_others()
    report("threats", *build("threats", others))
    threats = {row["surface"].casefold() for row in read("threats_aliases")}
    report("malware", *build("malware", others | threats))
