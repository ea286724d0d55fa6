"""Parsed + Lexicon → spans: what the recognizer saw and what the tables know, overlaps settled."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace

from analysis.pipeline.contexts import Surroundings
from analysis.pipeline.names import add_acronyms
from analysis.pipeline.observables import find_observables
from analysis.pipeline.patterns import (
    BODIES,
    extend_form,
    find_legal_names,
    join_countries,
    read_heads,
    read_trade,
)
from analysis.pipeline.tables import Known, find_known
from analysis.pipeline.types import OBSERVABLES, Alias, Kind, Lexicon, Parsed, Relation, Span

_POSSESSIVE = re.compile(r"(?:'s|'S|')$")
_EDGES = " \t\n\r\"',;:|*"
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_KEEPING_POSSESSIVE = (Kind.COMPANY, Kind.MEDIA, Kind.PRODUCT, Kind.OTHER, Kind.ORGANIZATION)

_PEOPLE = (Kind.PERSON, Kind.RESEARCHER)
_LIKE_DOMAINS = (Kind.COMPANY, Kind.MEDIA, Kind.PRODUCT, Kind.ORGANIZATION, Kind.MALWARE)
_MONEY_AFTER = re.compile(r"\s?[$€£]")

# A longer reading beats a shorter one inside it unless the shorter is better by this much (chosen on spans-train).
_LENGTH_BONUS = 0.35
_PATTERN_BONUS = 0.1
_PLACE_BONUS = 0.65
_GEOGRAPHIC = (Kind.COUNTRY, Kind.NATIONALITY, Kind.PLACE)
_WEAKEST = 0.25  # recognized spans below this are right in fewer than one case in three
_SURE = 0.75
# The table alone is believed from this weight on (`table_weight`: names that are also common words stay below).
TABLE_ALONE = 0.6

_PLACE_OF_RELATION = {
    Relation.DEMONYM: Kind.NATIONALITY,
    Relation.IMPLIED: Kind.PLACE,
    Relation.METONYM: Kind.GOVERNMENT,
}


def kind_of(alias: Alias, lexicon: Lexicon) -> Kind:
    """What a mention by this alias is: a demonym names a nationality, a capital a place, a metonym a government."""
    kind = lexicon.entities[alias.entity].kind
    return _PLACE_OF_RELATION.get(alias.relation, kind) if kind is Kind.COUNTRY else kind


def find_mentions(parsed: Parsed, lexicon: Lexicon) -> list[Span]:
    """All spans of the article, in order, none overlapping."""
    found = [span for span in (_tidy(span, parsed) for span in parsed.found) if span is not None]
    known = _from_tables(parsed, lexicon, found)
    observed = [span for span in find_observables(parsed) if not _is_name(span, found + known)]
    found = [span for span in found if not _is_plain_word(span, parsed, lexicon)]
    surnames = _surnames(parsed, found)
    aliases = {(span.start, span.end): span.aliases for span in known}
    linked = [_unknown_country(_with_aliases(span, aliases)) for span in found]
    read = [
        read_trade(read_heads(_as_surname(span, parsed, surnames), parsed, lexicon), parsed)
        for span in linked
    ]
    settled = settle([*observed, *known, *find_legal_names(parsed), *read])
    return add_acronyms(parsed, join_countries(parsed, settled))


def _as_surname(span: Span, parsed: Parsed, surnames: frozenset[str]) -> Span:
    """A surname of somebody named in full is that person, whatever else it reads like ("Gates", "DeSantis")."""
    if span.aliases or span.kind in _PEOPLE or parsed.string[span.start : span.end] not in surnames:
        return span
    return replace(span, kind=Kind.PERSON, reasons=("a person in the article has this surname",))


def _unknown_country(span: Span) -> Span:
    """Countries are a closed set: a name no table knows is something else, whatever it reads like."""
    if span.aliases or span.kind not in (Kind.COUNTRY, Kind.NATIONALITY):
        return span
    others = [
        (kind, score) for kind, score in span.alternatives if kind not in (Kind.COUNTRY, Kind.NATIONALITY)
    ]
    kind, score = others[0] if others else (Kind.OTHER, 1 - span.score)
    return replace(span, kind=kind, score=max(score, _WEAKEST), reasons=("no country has this name",))


def _is_plain_word(span: Span, parsed: Parsed, lexicon: Lexicon) -> bool:
    """Too weak to show, or a dictionary word whose capital comes from its place at the start of a sentence."""
    if span.score < _WEAKEST:
        return True
    written = parsed.string[span.start : span.end]
    opens = parsed.string[: span.start].rstrip(" \"'(")[-1:] in ("", "\n", ".", "!", "?", ":")
    is_word = written.istitle() and written.casefold() in lexicon.words.get("common_words", ())
    return opens and is_word and span.score < _SURE


def settle(spans: list[Span]) -> list[Span]:
    """Keep of overlapping spans the longest and most reliable; observables always stay."""
    kept: list[Span] = []  # in order of their starts and never overlapping, so rivals are neighbors
    for span in sorted(
        spans, key=lambda span: (span.kind not in OBSERVABLES, span.start - span.end, -span.score)
    ):
        first = bisect_right(kept, span.start, key=lambda other: other.end)
        last = bisect_left(kept, span.end, key=lambda other: other.start)
        if all(_beats(span, other) for other in kept[first:last]):
            kept[first:last] = [span]
    return kept


def _beats(shorter: Span, longer: Span) -> bool:
    if longer.kind in OBSERVABLES:
        return False
    if shorter.end - shorter.start == longer.end - longer.start:
        return shorter.score > longer.score
    if shorter.method == "table" and shorter.kind in _GEOGRAPHIC and longer.kind in BODIES:
        return shorter.score > longer.score + _PLACE_BONUS  # Kyoto in Kyoto Animation
    # A pattern guesses the border before a name; the recognizer reads it.
    bonus = _PATTERN_BONUS if longer.method == "pattern" else _LENGTH_BONUS
    return shorter.score > longer.score + bonus


def _tidy(span: Span, parsed: Parsed) -> Span | None:
    """Cut spaces, quotes and possessives off a recognized span; a company's own 's (Macy's) stays."""
    start, end = span.start, span.end
    while start < end and parsed.string[start] in _EDGES:
        start += 1
    while start < end and parsed.string[end - 1] in _EDGES:
        end -= 1
    if span.kind not in _KEEPING_POSSESSIVE:
        possessive = _POSSESSIVE.search(parsed.string[start:end])
        end -= len(possessive.group()) if possessive else 0
    if not any(letter.isalnum() for letter in parsed.string[start:end]):
        return None
    return replace(span, start=start, end=end)


def _from_tables(parsed: Parsed, lexicon: Lexicon, found: list[Span]) -> list[Span]:
    known_names = list(_without_articles(parsed, lexicon))
    around = Surroundings(parsed.string, lexicon, _surnames(parsed, found), _supported(known_names, lexicon))
    rivals = {(span.start, span.end): span for span in found}
    spans = []
    for known in known_names:
        rival = rivals.get((known.start, known.end))
        if _is_possessive(parsed, known, rivals):
            continue
        score, reasons, alias = max(
            (_weigh(alias, known, around, rival) for alias in known.aliases), key=lambda weighed: weighed[0]
        )
        if score >= TABLE_ALONE or rival is not None:
            first = (alias, *(other for other in known.aliases if other is not alias))
            spans.append(
                Span(known.start, known.end, kind_of(alias, lexicon), score, "table", reasons, first)
            )
    return spans


def _is_possessive(parsed: Parsed, known: Known, rivals: dict[tuple[int, int], Span]) -> bool:
    """Carter's announcement is not the company Carter's when the recognizer reads Carter as a person."""
    person = rivals.get((known.start, known.end - 2))
    return person is not None and person.kind in _PEOPLE and parsed.string[known.end - 2 : known.end] == "'s"


def _surnames(parsed: Parsed, found: list[Span]) -> frozenset[str]:
    names = [parsed.string[span.start : span.end].split() for span in found if span.kind in _PEOPLE]
    return frozenset(words[-1] for words in names if len(words) > 1)


def _supported(known_names: list[Known], lexicon: Lexicon) -> frozenset[str]:
    """Countries that names with one meaning stand for."""
    return frozenset(
        known.aliases[0].entity
        for known in known_names
        if len(known.aliases) == 1
        and not known.aliases[0].needs_context
        and lexicon.entities[known.aliases[0].entity].kind is Kind.COUNTRY
    )


def _without_articles(parsed: Parsed, lexicon: Lexicon) -> Iterator[Known]:
    """Known names, the article of "the United States" left outside; money in US$ names no country."""
    for hit in find_known(parsed.string, lexicon):
        known = extend_form(hit, parsed, lexicon)
        article = _ARTICLE.match(parsed.string[hit.start : hit.end])
        if not _MONEY_AFTER.match(parsed.string[known.end : known.end + 2]):
            yield replace(known, start=known.start + article.end()) if article else known


def _weigh(
    alias: Alias, known: Known, around: Surroundings, rival: Span | None
) -> tuple[float, tuple[str, ...], Alias]:
    """How far to believe the table here; a recognizer that thinks of the same kind adds its own score."""
    kind = kind_of(alias, around.lexicon)
    weight, reasons = around.weigh(alias, kind, known.start, known.end)
    if rival is not None:
        support = rival.score if rival.kind is kind else dict(rival.alternatives).get(kind, 0.0)
        weight = 1 - (1 - weight) * (1 - support)
        if rival.kind is kind:
            reasons = (*reasons, f"reads like a {kind}")
    return weight, reasons, alias


def _with_aliases(span: Span, known: dict[tuple[int, int], tuple[Alias, ...]]) -> Span:
    """A recognized span keeps what the table knows about the same words, for linking."""
    reasons = (*span.reasons, f"reads like a {span.kind}")
    return replace(span, reasons=reasons, aliases=known.get((span.start, span.end), ()))


def _is_name(observed: Span, names: list[Span]) -> bool:
    """Amazon.com in running text names the company; a defanged or bare address stays technical."""
    if observed.kind is not Kind.DOMAIN or "written defanged" in observed.reasons:
        return False
    return any(
        name.start <= observed.start and observed.end <= name.end and name.kind in _LIKE_DOMAINS
        for name in names
    )
