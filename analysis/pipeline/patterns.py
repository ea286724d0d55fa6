"""Names that give themselves away: a legal form at the end, a country joined to a body, a telling head word."""

import re
from collections.abc import Iterator
from dataclasses import replace

from analysis.pipeline.identity import bare_words
from analysis.pipeline.tables import Known
from analysis.pipeline.types import Kind, Lexicon, Parsed, Span

BODIES = (Kind.COMPANY, Kind.MEDIA, Kind.GOVERNMENT, Kind.IGO, Kind.ORGANIZATION)

_WORD = r"[A-Z](?:[\w&+-]|[.'](?=\w))*"
_FORMS = (
    r"Inc(?:orporated)?|Corp(?:oration)?|Co\.?,? Ltd|Ltd|Limited|LLC|LLP|PLC|plc|AG|GmbH|S\.?A\.?|S\.p\.A|SpA|N\.?V|"
    r"B\.?V|"
    r"AB|ASA|A/S|Oyj?|Pty|Pvt|Pte|Sdn\.? Bhd|Berhad|Bhd|Tbk|JSC|OJSC|PJSC|OOO|PAO|K\.K|KK|SARL|S\.A\. de C\.V|"
    r"Company Ltd"
)
# "Ultra Kirana Sdn Bhd", "China Major Bridge Engineering Company Ltd.": two or more capitalized words with a
# legal form that is no ordinary word.
_LEGAL_NAME = re.compile(
    rf"(?<![\w.])(?:{_WORD} (?:(?:of|and|&|de|y|e) )?){{1,6}}?\(?(?:{_FORMS})\)?(?!\w)(?:\.(?= [a-z(,])|(?<=Inc)\.|"
    rf"(?<=Ltd)\.|(?<=Corp)\.)?"
)
_FORM_AFTER = re.compile(
    rf"(?:,? (?:{_FORMS}|Group|Holdings?|Company|Co|Technologies|International|Store|Industries|Motors|"
    rf"Bank))+(?:(?<=Inc)\.|"
    rf"(?<=Ltd)\.|(?<=Corp)\.|(?<=Co)\.)?(?![\w])"
)
_OPENERS = frozenset(
    "the a an in on at by for from to with and but or as if when while after before according however meanwhile "
    "also both "
    "today yesterday monday tuesday wednesday thursday friday saturday sunday mr mrs ms dr its his her their "
    "our".split()
)
_EMPTY = frozenset("company companies group business sdn co".split())
_PATTERN_SCORE = 0.8  # right in 8 of 10 on spans-train
_HEAD_SCORE = 0.75  # from here on the recognizer's own opinion of the kind outweighs the head word


def find_legal_names(parsed: Parsed) -> Iterator[Span]:
    """Companies by their legal form."""
    for match in _LEGAL_NAME.finditer(parsed.string):
        start = match.start() + _opening(match.group())
        name = parsed.string[start : match.end()]
        if set(bare_words(name)[:-1]) - _OPENERS - _EMPTY:
            reason = "ends in the legal form of a company"
            yield Span(start, match.end(), Kind.COMPANY, _PATTERN_SCORE, "pattern", (reason,))


def extend_form(known: Known, parsed: Parsed, lexicon: Lexicon) -> Known:
    """ "Cathay Financial" + "Holding", "Acme" + "Corp.": the legal form behind a known company is part of its name."""
    if lexicon.entities[known.aliases[0].entity].kind is not Kind.COMPANY:
        return known
    form = _FORM_AFTER.match(parsed.string, known.end)
    return replace(known, end=form.end()) if form else known


def _opening(name: str) -> int:
    """How many characters of sentence opening stand before the name ("According to The …")."""
    length = 0
    for word in name.split(" ")[:-2]:
        if word.lower() not in _OPENERS and not word.endswith("-based"):
            break
        length += len(word) + 1
    return length


def join_countries(parsed: Parsed, spans: list[Span]) -> list[Span]:
    """ "US" + "Treasury", "Bank of" + "Japan" are one name: a country beside a body belongs to it.

    On spans-train 135 such names are one span and 15 are two.
    """
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        whole = _join(parsed, last, span) if last is not None else None
        if whole is not None:
            joined[-1] = whole
        else:
            joined.append(span)
    return joined


def _join(parsed: Parsed, left: Span, right: Span) -> Span | None:
    between = parsed.string[left.end : right.start]
    named = (Kind.COUNTRY, Kind.NATIONALITY)
    if left.kind in named and right.kind in BODIES and between == " " and _may_take(right):
        return replace(right, start=left.start, aliases=())
    if (
        left.kind in BODIES
        and right.kind is Kind.COUNTRY
        and _is_of(parsed.string[left.start : left.end], between)
    ):
        return replace(left, end=right.end, aliases=())
    return None


def _may_take(body: Span) -> bool:
    """A known company keeps its own name ("Chinese Huawei"); a body that begins the phrase takes its country."""
    return not body.aliases and body.method == "recognizer"


def _is_of(name: str, between: str) -> bool:
    return between in (" of ", " of the ") or (
        between in (" ", " the ") and name.endswith((" of", " of the"))
    )


def read_heads(span: Span, parsed: Parsed, lexicon: Lexicon) -> Span:
    """A University is no company and a Corporation no person, unless the recognizer is sure of it."""
    wanted = _HEADS_AGAINST.get(span.kind, ())
    words = parsed.string[span.start : span.end].split()
    if span.score >= _HEAD_SCORE or span.aliases or not wanted or len(words) < 2:
        return span
    for kind, name in wanted:
        heads = lexicon.words.get(f"name_heads:{name}", frozenset())
        if words[-1] in heads or words[0] in heads or " ".join(words[:2]) in heads:
            return replace(span, kind=kind, reasons=(*span.reasons, f"the name has a head word of a {name}"))
    return span


def read_trade(span: Span, parsed: Parsed) -> Span:
    """ "Anime studio Kyoto Animation", "A1J, a platform company": the text says that the name is a company's."""
    if span.score >= _HEAD_SCORE or span.aliases or span.kind not in _NOT_YET_COMPANY:
        return span
    before = _TRADE_BEFORE.search(parsed.string[max(0, span.start - 30) : span.start])
    after = _TRADE_AFTER.match(parsed.string[span.end : span.end + 70])
    trade = (after or before or [""])[0].strip(" ,\"'")
    if not trade:
        return span
    return replace(span, kind=Kind.COMPANY, reasons=(*span.reasons, f"the text calls it “{trade}”"))


_NOT_YET_COMPANY = (Kind.OTHER, Kind.PRODUCT, Kind.PLACE, Kind.PERSON, Kind.ORGANIZATION, Kind.MEDIA)
_TRADES = (
    r"compan(?:y|ies)|firms?|start-?ups?|studio|supermarket|airlines?|retailer|conglomerate|carmaker|automaker|"
    r"chipmaker|"
    r"bank|brand|manufacturer|restaurant chain|hotel chain|supplier|insurer|brokerage|lender|consultancy|hedge fund"
)
_TRADE_BEFORE = re.compile(rf"\b(?:{_TRADES}) [\"']?$")
_TRADE_AFTER = re.compile(
    rf"[\"',]{{0,2}} (?:an?|the|one of the) (?:[\w-]+ ){{0,4}}?(?:{_TRADES})\b|[\"']? (?:supermarkets?|airlines|"
    rf"shares)\b"
)
_PUBLIC = ((Kind.GOVERNMENT, "government"), (Kind.ORGANIZATION, "organization"))
_COMPANY = (Kind.COMPANY, "company")
_HEADS_AGAINST = {
    Kind.COMPANY: _PUBLIC,
    Kind.PERSON: (*_PUBLIC, _COMPANY),
    Kind.PLACE: (_COMPANY,),
    Kind.PRODUCT: (*_PUBLIC, _COMPANY),
}
