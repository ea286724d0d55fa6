"""Figures and dates of a sentence in one spelling, so that a drafted sentence can be held against its evidence.

"1,000", "1000" and "one thousand" are one figure; "5%" and "5" are two, and so are "$5 million" and "5 million".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

__all__ = ["Figures", "read_figures"]

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
)
_WORDS = dict(zip([*_ONES, "seventeen", "eighteen", "nineteen"], range(1, 20), strict=True))
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS |= dict(zip(_TENS, range(20, 100, 10), strict=True))
_WORDS["zero"] = 0
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SCALES |= {"mn": 6, "mln": 6, "bn": 9, "tn": 12}
_SHORT = {"k": 3, "m": 6, "b": 9}  # only behind a currency sign: "5m" may be meters
_UNITS = {"percent": "%", "per cent": "%", "percentage point": "pp", "percentage points": "pp"}
_UNITS |= {"dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "pounds": "£", "yen": "¥", "yuan": "CN¥"}
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SHORT_MONTHS = {name[:3]: name for name in _MONTHS if name != "may"} | {"sept": "september"}
# Days that are counted from the day of writing; a draft must not move them.
_RELATIVE = frozenset({"today", "yesterday", "tomorrow", "tonight"})
# Amounts without a figure: a draft that says them must have read them.
_AMOUNTS = frozenset(
    "dozen dozens hundreds thousands millions billions trillions half halved third quarter twice double doubled "
    "triple tripled thrice majority".split()
)

_NAMED = "|".join([*_TENS, *sorted((word for word in _WORDS if word not in _TENS), key=len, reverse=True)])
_FIGURE = re.compile(
    r"(?P<sign>US\$|CN¥|[$€£¥])?\s?"
    rf"(?:(?P<digits>(?<![\w.,])\d+(?:[.,]\d+)*)|(?P<words>\b(?:(?:{'|'.join(_TENS)})-(?:{_NAMED})|{_NAMED})\b)"
    rf"|(?P<single>\ba(?=\s(?:{'|'.join(_SCALES)})\b)))"
    rf"(?:[\s-]?(?P<scale>{'|'.join(_SCALES)})\b|(?P<short>[kmb])\b)?"
    rf"(?:\s?(?P<percent>%)|[\s-](?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})\b)?"
    r"(?P<ordinal>st\b|nd\b|rd\b|th\b)?",
    re.IGNORECASE,
)
_TO = re.compile(r"\s?(?:-|to)\s?", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s?$", re.IGNORECASE)
_NO_FIGURE = re.compile(r"\b(?:no|any|some|every|this|that|which|each|another|the|not)[\s-]$", re.IGNORECASE)
_OF = re.compile(r"\s(?:of|another|by|day)\b", re.IGNORECASE)
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|sept|{'|'.join(_SHORT_MONTHS)})"
_MONTH_WORD = re.compile(rf"\b{_MONTH}\b\.?", re.IGNORECASE)
_DATES = (
    re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)", re.IGNORECASE),
)
_ISO_DATE = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")
_LONGEST = 18  # digits of a figure that is read; a longer one is compared as it is written


@dataclass(frozen=True, slots=True)
class Figures:
    """What a text counts and when, in one spelling."""

    figures: frozenset[tuple[str, str]]  # (value, unit)
    amounts: frozenset[str]  # "dozens", "half" …
    days: frozenset[str]  # months, weekdays, "yesterday" …
    dates: frozenset[tuple[str, int]]  # (month, day)
    shown: tuple[
        tuple[frozenset[tuple[str, str]], str], ...
    ] = ()  # how each figure may be read, and its words


def read_figures(text: str) -> Figures:
    """The figures and dates of a text whose dashes, quotes and spaces have one form each."""
    found = list(_figures(text))
    words = frozenset(re.findall(r"[^\W\d_]+", text.casefold()))
    iso = list(_iso_dates(text))
    return Figures(
        figures=frozenset(figure for readings, _ in found for figure in readings),
        amounts=words & _AMOUNTS,
        days=frozenset(_months(text))
        | words & _RELATIVE
        | words.intersection(_DAYS)
        | {name for name, _ in iso},
        dates=frozenset([*_dates(text), *iso]),
        shown=tuple(found),
    )


def _figures(text: str) -> Iterator[tuple[frozenset[tuple[str, str]], str]]:
    """Each figure; the first of a range ("5 to 10%") may have the unit and the scale of the second too."""
    matches = [match for match in _FIGURE.finditer(text) if not _is_pronoun(match, text)]
    for match, later in zip_longest(matches, matches[1:]):
        readings = {_read(match, match)}
        if later is not None and _is_range(match, later, text):
            readings.add(_read(match, later))
        yield frozenset(readings), match[0].strip()


def _is_range(match: re.Match[str], later: re.Match[str], text: str) -> bool:
    if match["scale"] or match["percent"] or match["unit"]:
        return False
    between = text[match.end() : later.start()]
    is_between = bool(_BETWEEN.search(text[max(0, match.start() - 9) : match.start() + 1]))
    return bool(_TO.fullmatch(between)) or (is_between and between.strip().casefold() == "and")


def _is_pronoun(match: re.Match[str], text: str) -> bool:
    """ "one of them", "no one", "one day" count nothing."""
    if (match["words"] or "").casefold() != "one" or match["scale"]:
        return False
    before, behind = text[max(0, match.start("words") - 12) : match.start("words")], text[match.end() :]
    return bool(_NO_FIGURE.search(before) or _OF.match(behind))


def _read(match: re.Match[str], marks: re.Match[str]) -> tuple[str, str]:
    """Value and unit of a figure whose scale and unit stand at `marks`."""
    scale = _SCALES.get((marks["scale"] or "").casefold(), 0)
    sign = match["sign"] or ""
    if marks["short"] and (sign or marks["sign"]):
        scale = _SHORT[marks["short"].casefold()]
    unit = "%" if marks["percent"] else _UNITS.get((marks["unit"] or "").casefold(), "")
    sign = "$" if sign.upper() == "US$" else sign.upper()
    return _value(match, scale), sign or unit or ("th" if match["ordinal"] else "")


def _value(match: re.Match[str], scale: int) -> str:
    if match["single"]:
        return str(10**scale)
    if match["words"]:
        parts = match["words"].casefold().split("-")
        return str(sum(_WORDS[part] for part in parts) * 10**scale)
    digits = match["digits"]
    if len(digits) > _LONGEST:
        return digits
    whole = digits.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits) else digits
    if not re.fullmatch(r"\d+(?:\.\d+)?", whole):
        return whole  # "1.2.3", "1,5": compared as it is written
    return f"{(Decimal(whole) * 10**scale).normalize():f}"


def _months(text: str) -> Iterator[str]:
    """Months by name; "may" and "march" only where they can be no verb."""
    for match in _MONTH_WORD.finditer(text):
        word = match["month"]
        if word.casefold() in ("may", "march", "mar") and not _is_month(match, text):
            continue
        if word[0].isupper():
            yield _month(word)


def _is_month(match: re.Match[str], text: str) -> bool:
    before, behind = text[max(0, match.start() - 14) : match.start()], text[match.end() : match.end() + 4]
    return bool(
        re.search(r"(?:\d(?:st|nd|rd|th)?|\b(?:in|of|by|since|until|from|last|next|to|on))\s$", before, re.I)
    ) or (bool(re.match(r"\s\d", behind)))


def _month(word: str) -> str:
    lower = word.casefold()
    return _SHORT_MONTHS.get(lower, lower)


def _dates(text: str) -> Iterator[tuple[str, int]]:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            yield _month(match["month"]), int(match["day"])


def _iso_dates(text: str) -> Iterator[tuple[str, int]]:
    for match in _ISO_DATE.finditer(text):
        if 1 <= int(match["month"]) <= 12:
            yield _MONTHS[int(match["month"]) - 1], int(match["day"])
