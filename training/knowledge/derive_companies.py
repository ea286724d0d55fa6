"""Writes derived/companies.csv: the tail of companies from stock indices. Needs pytickersymbols (MIT).

Technology brands (simple-icons) were tried and left out: half of them are products, not companies.
"""

import csv
import re

from pytickersymbols import PyTickerSymbols
from tables import HAND, common_words, first_names, report

LEGAL = re.compile(
    r"[\s,]+(?:inc|incorporated|corp|corporation|co|company|companies|ltd|limited|plc|llc|lp|n\.?v|s\.?a|s\.?p\.?a|ag|se|kgaa|gmbh|asa|ab|oyj|"
    r"a/s|holdings?|group|the|\(publ\)|class [abc]|sgps|ab \(publ\)|& co|sa/nv|de c\.?v|s\.?e)\.?$",
    re.IGNORECASE,
)
COUNTRIES = {
    "United States": "US",
    "United Kingdom": "GB",
    "Germany": "DE",
    "France": "FR",
    "Switzerland": "CH",
    "Netherlands": "NL",
    "Spain": "ES",
    "Sweden": "SE",
    "Finland": "FI",
    "Russia": "RU",
    "Russian Federation": "RU",
    "Japan": "JP",
    "Belgium": "BE",
    "Ireland": "IE",
    "Luxembourg": "LU",
    "Italy": "IT",
    "Denmark": "DK",
    "Austria": "AT",
    "Norway": "NO",
    "Canada": "CA",
    "Bermuda": "BM",
    "China": "CN",
    "Israel": "IL",
    "Portugal": "PT",
    "Poland": "PL",
    "Australia": "AU",
}


def short(name: str) -> str:
    """The name without legal forms: "Rheinmetall AG" → "Rheinmetall"."""
    name = re.sub(r"\s*\(.*?\)", "", name).strip()
    while LEGAL.search(name):
        name = LEGAL.sub("", name).strip(" ,&")
    return name


def is_safe(name: str) -> bool:
    """Two words or more that are not all common, or one rare word of five letters or more."""
    words = re.findall(r"\w+", name.casefold())
    if not words or not re.fullmatch(r"[A-Z0-9][\w&.'+ -]{2,38}", name):
        return False
    rare = [w for w in words if w not in common_words() and w not in first_names() and not w.isdigit()]
    return bool(rare) and (len(words) > 1 or len(name) > 4)


def main() -> None:
    """Writes the table and prints its size."""
    rows: dict[str, tuple[str, ...]] = {}
    for stock in PyTickerSymbols().get_all_stocks():
        name = short(stock["name"])
        if is_safe(name):
            sector = next(iter(stock.get("industries") or []), "").lower()
            rows.setdefault(
                name,
                (
                    name,
                    COUNTRIES.get(stock.get("country") or "", ""),
                    sector,
                    "",
                    stock.get("symbol") or "",
                    "",
                    "",
                ),
            )
    folder = HAND.parent / "derived"
    folder.mkdir(exist_ok=True)
    with (folder / "companies.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("name", "country", "sector", "type", "ticker", "wikidata", "aliases"))
        writer.writerows(sorted(rows.values()))
    report("derived companies", len(rows))


if __name__ == "__main__":
    main()
