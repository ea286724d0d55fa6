"""Write names.txt, the lists the recognizer takes hints from: python -m training.build_names OUT ICONS EDGAR.

ICONS is simple-icons' data/simple-icons.json (CC0), EDGAR edgartools' company_tickers.parquet (public domain).
The file is part of the trained model: a model must be trained anew when it changes.
"""

import csv
import importlib
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet
from pymispgalaxies import Clusters
from pytickersymbols import PyTickerSymbols

from analysis.pipeline.hints import KINDS
from analysis.pipeline.wordpieces import split_words

SMALLEST_CITY = 40_000  # inhabitants; smaller namesakes of people and words do more harm than good
LONGEST = 6  # words
TABLES = Path(__file__).parent.parent / "analysis" / "pipeline" / "data"
LOCALES = (
    "ar_AA ar_EG cs_CZ da_DK de_AT de_CH de_DE en_AU en_CA en_GB en_IE en_IN en_KE en_NG en_NZ en_PK en_TH en_US "
    "es_AR es_CL es_CO es_ES es_MX et_EE fi_FI fil_PH fr_BE fr_CA fr_CH fr_FR ga_IE ha_NG hr_HR hu_HU id_ID ig_NG "
    "is_IS it_IT lt_LT lv_LV nl_BE nl_NL no_NO ng_NG pl_PL pt_BR pt_PT ro_RO sk_SK sl_SI sq_AL sv_SE sw tr_TR tw_GH "
    "uz_UZ vi_VN yo_NG zu_ZA"
).split()
LEGAL = re.compile(
    r"[\s,]+(?:/[A-Z]{2,3}/?|inc|incorporated|corp|corporation|co|company|ltd|limited|plc|llc|lp|l\.p|n\.?v|s\.?a|ag|se|"
    r"holdings?|group|trust|bancorp|the|asa|ab|oyj|kgaa|gmbh|spa|de|new|etf|fund|acquisition|reit|ii|iii|iv|sab|cv)\.?$",
    re.IGNORECASE,
)
SKIP_FUNDS = re.compile(r"\b(?:acquisition|fund|trust|etf|reit|municipal|income)\b", re.IGNORECASE)
CLUSTERS = {
    "threat": ("threat-actor", "microsoft-activity-group"),
    "malware": (
        "android",
        "backdoor",
        "banker",
        "botnet",
        "exploit-kit",
        "ransomware",
        "rat",
        "stealer",
        "tool",
    ),
}


def latin(name: str) -> bool:
    """Only Latin letters, with a capital or digit in front."""
    return (
        name[0].isalnum()
        and not name[0].islower()
        and all(not c.isalpha() or "LATIN" in unicodedata.name(c, "") for c in name)
    )


def spelled(name: str) -> Iterator[str]:
    """The name as given and without its accents."""
    yield name
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    if plain != name:
        yield plain


def last_names() -> Iterator[tuple[str, str]]:
    """Family names of Faker's Latin-script locales."""
    for locale in LOCALES:
        try:
            provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        except ModuleNotFoundError:
            continue
        for field in dir(provider):
            if field.startswith("last_names") and not isinstance(getattr(provider, field), property):
                yield from (("last-name", name.strip()) for name in getattr(provider, field))


def tables() -> Iterator[tuple[str, str]]:
    """Countries, demonyms, places and given names of the product's own knowledge tables (sources named there)."""
    for row in _rows("country_aliases"):
        if row["relation"] != "metonym":
            yield "nationality" if row["relation"] == "demonym" else "country", row["surface"]
    for row in _rows("places"):
        if int(row["population"] or 0) >= SMALLEST_CITY or row["type"] != "city":
            yield "place", row["surface"]
    for row in _rows("first_names"):
        yield "first-name", row["word"]


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def companies(icons: Path, edgar: Path) -> Iterator[tuple[str, str]]:
    """Registrants of the SEC, members of stock indices, and brands that have an icon."""
    names = {
        row for row in pyarrow.parquet.read_table(edgar)["name"].to_pylist() if not SKIP_FUNDS.search(row)
    }
    names |= {row["name"] for row in PyTickerSymbols().get_all_stocks()}
    names |= {row["title"] for row in json.loads(icons.read_text(encoding="utf-8"))}
    for name in names:
        short = name.strip()
        while LEGAL.search(short):
            short = LEGAL.sub("", short)
        if short.isupper() and len(short) > 5:
            short = short.title()
        yield "company", short


def threats() -> Iterator[tuple[str, str]]:
    """Actors and malware of the MISP galaxies (CC0) with their synonyms."""
    galaxies = Clusters()
    for kind, names in CLUSTERS.items():
        for value in (value for name in names for value in galaxies[name].values()):
            synonyms = (value.meta.synonyms or []) if value.meta else []
            yield from ((kind, re.sub(r"\s*\(.*", "", name)) for name in (value.value, *synonyms))


def write(rows: Iterable[tuple[str, str]], target: Path) -> int:
    """One line a name: its kinds, a tab, its words with spaces between; sorted."""
    table: dict[str, set[str]] = {}
    for kind, raw in rows:
        for name in spelled(raw):
            words = [word.text for word in split_words(name.replace("’", "'"))]
            if (
                words
                and latin(words[0])
                and latin(name)
                and (len(name) > 2 or kind == "country")
                and len(words) <= LONGEST
            ):
                table.setdefault(" ".join(words), set()).add(kind)
    lines = [f"{','.join(k for k in KINDS if k in kinds)}\t{name}\n" for name, kinds in sorted(table.items())]
    target.write_text("".join(lines), encoding="utf-8")
    return len(lines)


def main() -> None:
    target, icons, edgar = map(Path, sys.argv[1:4])
    rows = [*last_names(), *tables(), *companies(icons, edgar), *threats()]
    sys.stdout.write(f"{write(rows, target)} names\n")


if __name__ == "__main__":
    main()
