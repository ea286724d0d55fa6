"""Where the site behind a page is at home: its publisher's address, the end of its host, the region of its language.

None of these is proof. A stated address names the country itself; a country's own top-level domain is rarely used
from elsewhere; the region of a language is often left at the program's default, which is the United States.
"""

import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from articles.extraction.head import Head
from articles.extraction.structured import Json, Structured, plain, types_of
from articles.extraction.types import Finding

# ISO 3166-1 alpha-2, without codes nobody lives under.
CODES = frozenset(
    "AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC "
    "CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE "
    "KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
    "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT "
    "TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW".split()
)
# Endings of countries that are sold to everybody (Google Search Central, "geo-targetable domains", and the endings
# that cost nothing for years); they say nothing about the site.
SOLD = frozenset(
    "ad ai as bz cc cd cf co dj fm ga gg gl gq io im is la ly me ml ms nu pw sc sh sr st su tk to tv vc ws".split()
)
_REGION = re.compile(r"^[a-z]{2,3}[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})(?:\W|$)")
_PUBLISHERS = frozenset(
    "organization newsmediaorganization corporation governmentorganization researchorganization ngo website "
    "educationalorganization collegeoruniversity localbusiness".split()
)
# Languages of one country; of the others (English, Spanish, French, German, Arabic …) a page tells nothing.
_HOME = {
    "bg": "BG", "cs": "CZ", "da": "DK", "et": "EE", "fi": "FI", "he": "IL", "hu": "HU", "is": "IS", "ja": "JP",
    "ka": "GE", "kk": "KZ", "ko": "KR", "lt": "LT", "lv": "LV", "pl": "PL", "sk": "SK", "sl": "SI", "th": "TH",
    "uk": "UA", "vi": "VN",
}  # fmt: skip
_NAMES = Path(__file__).with_name("phrases") / "countries.txt"
Sign = tuple[str, str, float]


def find_country(head: Head, structured: Structured, url: str, language: str) -> Finding:
    """The site's country (ISO 3166-1 alpha-2) with its best evidence; an empty value when nothing points anywhere.

    Signs that agree raise the confidence, a sign for another country lowers it.
    """
    signs = list(_signs(head, structured, url, language))
    if not signs:
        return Finding("", "none", 0.0)
    doubt: dict[str, float] = defaultdict(lambda: 1.0)
    for code, _, confidence in signs:
        doubt[code] *= 1 - confidence
    best = min(doubt, key=lambda code: doubt[code])
    against = max((sign[2] for sign in signs if sign[0] != best), default=0.0)
    methods = [method for code, method, _ in signs if code == best]
    confidence = (1 - doubt[best]) * (1 - 0.4 * against)
    return Finding(best, " + ".join(dict.fromkeys(methods)), round(min(0.97, confidence), 2))


def _signs(head: Head, structured: Structured, url: str, language: str) -> list[Sign]:
    found = [
        (_stated(structured), "json-ld address", 0.85),
        (country_code(head.get("geo.country", "geo.region").split("-")[0]), "geo tag", 0.6),
        (_ending(url), "host ending", 0.8),
        _regional("og:locale", head.get("og:locale")),
        _regional("html lang", head.language),
        (_HOME.get(language, ""), "language", 0.3),
    ]
    return [(code, method, confidence) for code, method, confidence in found if code]


def _regional(method: str, tag: str) -> Sign:
    code = _region(tag)
    return code, method, 0.2 if code == "US" else 0.45


def _region(tag: str) -> str:
    """The region of a language tag such as en-GB, pt_BR or zh-Hant-TW."""
    found = _REGION.match(tag)
    return country_code(found[1]) if found else ""


def _ending(url: str) -> str:
    """The country whose top-level domain the host has; of one that is sold to everybody none."""
    try:
        last = (urlsplit(url).hostname or "").rsplit(".", 1)[-1].lower()
    except ValueError:
        return ""
    if last in SOLD:
        return ""
    if last in ("gov", "mil"):
        return "US"
    return "GB" if last == "uk" else country_code(last)


def _stated(structured: Structured) -> str:
    """The country in the address of the publisher, or of any organization the page describes."""
    publishers = [node.get("publisher") for node in structured.articles]
    nodes = [node for node in publishers if isinstance(node, dict)]
    nodes += [structured.by_id.get(str(node.get("@id")), {}) for node in nodes]
    nodes += [node for node in structured.nodes if types_of(node) & _PUBLISHERS]
    return next((code for node in nodes if (code := _of_address(node))), "")


def _of_address(node: Json) -> str:
    for key in ("address", "location", "foundingLocation"):
        value = node.get(key)
        for place in value if isinstance(value, list) else [value]:
            inner = place.get("address", place) if isinstance(place, dict) else None
            if isinstance(inner, dict) and (code := country_code(plain(inner.get("addressCountry")))):
                return code
    return ""


def country_code(name: str) -> str:
    """The code of a country by its code or one of its common names; "" when it is neither."""
    bare = name.strip()
    if bare.upper() == "UK":
        return "GB"
    return bare.upper() if bare.upper() in CODES else _names().get(bare.casefold(), "")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    lines = _NAMES.read_text(encoding="utf-8").splitlines()
    return {name.casefold(): line[:2] for line in lines for name in line[3:].split("|")}
