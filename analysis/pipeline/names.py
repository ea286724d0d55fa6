"""Spans of organizations and things → one group per thing: table first, then acronyms, legal forms and short forms."""

import re
from dataclasses import replace

from analysis.pipeline.identity import bare_words
from analysis.pipeline.people import Group
from analysis.pipeline.tables import look_up
from analysis.pipeline.types import Alias, Kind, Lexicon, Parsed, Span

NAMED_KINDS = (
    Kind.COMPANY,
    Kind.MEDIA,
    Kind.GOVERNMENT,
    Kind.IGO,
    Kind.ORGANIZATION,
    Kind.THREAT,
    Kind.MALWARE,
    Kind.PRODUCT,
)

# Used when the lexicon brings no list of its own.
_LEGAL = frozenset(
    "inc incorporated corp corporation co company ltd limited llc llp lp plc ag gmbh sa sas sarl spa srl bv nv ab as asa "
    "oy oyj kk kg pty pte pvt bhd sdn berhad tbk pt jsc ojsc pjsc ooo zao ao se holdings holding group".split()
)
# Words that may follow a company's short name without making it another company.
_GENERIC = _LEGAL | frozenset(
    "technologies technology tech international global worldwide industries enterprises systems solutions software "
    "communications networks laboratories labs lab motors motor airlines airways bank banking financial partners capital "
    "services security media entertainment pharmaceuticals pharma energy foods supermarket supermarkets stores store "
    "restaurant restaurants hotel hotels clinic clinics resort resorts studio studios".split()
)
# A first word that many names share says nothing about identity.
_SHARED = frozenset(
    "national first general american international united new royal global central federal state public the bank university "
    "ministry department institute north south east west northern southern eastern western world great democratic people "
    "peoples supreme high china chinese india indian us russian korea korean african european asia asian pacific security "
    "republic republican city county committee council commission center centre air".split()
)
_ACRONYM = re.compile(r"^\s?\(\s?[\"']?((?:the )?[A-Z][A-Za-z&.-]{0,8}[A-Z0-9])[\"']?\s?\)")


def core_words(written: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The name without article and legal form: "Ultra Kirana Sdn Bhd" → ultra, kirana."""
    words = list(bare_words(written))
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    legal = lexicon.words.get("legal_suffixes") or _LEGAL
    while len(words) > 1 and (words[-1] in legal or words[-1] in _LEGAL):
        words.pop()
    return tuple(words)


def add_acronyms(parsed: Parsed, spans: list[Span]) -> list[Span]:
    """Find "Acme Corporation (ACM)": wherever the text then says ACM, it means that name."""
    added: list[Span] = []
    for span in spans:
        defined = _ACRONYM.match(parsed.string[span.end : span.end + 16]) if span.kind in NAMED_KINDS else None
        if defined and _abbreviates(defined[1], parsed.string[span.start : span.end]):
            added += _occurrences(parsed, span, defined[1])
    taken = [(span.start, span.end) for span in added]
    rest = [span for span in spans if not any(start < span.end and span.start < end for start, end in taken)]
    unique = {(span.start, span.end): span for span in added}
    return sorted([*rest, *unique.values()], key=lambda span: span.start)


def _abbreviates(short: str, long: str) -> bool:
    """Do the capitals of the short form appear in order in the long form, beginning with its first letter?"""
    letters = [letter for letter in short.lower() if letter.isalpha()]
    initials = "".join(word[0] for word in bare_words(long) if word not in ("of", "the", "and", "for", "de"))
    remaining = iter("".join(bare_words(long)))
    in_order = all(letter in remaining for letter in letters)
    return len(letters) > 1 and in_order and letters[0] == initials[:1] and short.lower() not in long.lower().split()


def _occurrences(parsed: Parsed, span: Span, short: str) -> list[Span]:
    reason = f"the text introduces “{short}” as short for “{parsed.surface(span.start, span.end)}”"
    return [
        replace(span, start=found.start(), end=found.end(), method="coreference", reasons=(reason,), alternatives=())
        for found in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w])", parsed.string)
    ]


def group_names(parsed: Parsed, spans: list[Span], lexicon: Lexicon) -> list[Group]:
    """Join the mentions of each thing; `Group.name` is the table's name or the fullest form in the text."""
    ordered = sorted(
        (span for span in spans if span.kind in NAMED_KINDS),
        key=lambda span: (not span.aliases, -len(core_words(_written(parsed, span), lexicon)), span.start),
    )
    groups: list[NameGroup] = []
    for span in ordered:
        words = core_words(_written(parsed, span), lexicon)
        home = next((group for group in groups if group.holds(words, span)), None)
        if home is None:
            home = NameGroup([], words, parsed.surface(span.start, span.end), alias=_best_alias(span, words, lexicon))
            groups.append(home)
        home.add(span, words)
    return sorted(groups, key=lambda group: min(span.start for span in group.spans))


def _best_alias(span: Span, words: tuple[str, ...], lexicon: Lexicon) -> Alias | None:
    aliases = span.aliases or look_up(" ".join(words).title(), lexicon)
    fitting = [alias for alias in aliases if lexicon.entities[alias.entity].kind is span.kind]
    return (fitting or [None])[0]


def _written(parsed: Parsed, span: Span) -> str:
    return parsed.string[span.start : span.end]


class NameGroup(Group):
    """A group that may have an entry in the tables."""

    def __init__(self, spans: list[Span], words: tuple[str, ...], name: str, alias: Alias | None) -> None:
        super().__init__(spans, words, re.sub(r"\s+", " ", name))
        self.alias = alias
        self.all_words = {words}
        self.surfaces_of: dict[str, str] = {}

    def add(self, span: Span, words: tuple[str, ...]) -> None:
        self.spans.append(span)
        self.all_words.add(words)

    def holds(self, words: tuple[str, ...], span: Span) -> bool:
        """Same words, same entry, introduced acronym, or a short form of the name (or the name a short form)."""
        if words in self.all_words:
            return True
        entries = {alias.entity for alias in span.aliases}
        if self.alias is not None and entries:
            return self.alias.entity in entries
        if span.method == "coreference" and any(reason in self._introductions() for reason in span.reasons):
            return True
        return any(is_short_for(words, own) or _is_grown(words, own) for own in self.all_words)

    def _introductions(self) -> set[str]:
        return {reason for span in self.spans for reason in span.reasons}


def is_short_for(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """ "Three Arrows" for "Three Arrows Capital", "Huali" for "Huali Industrial"; never one shared word alone."""
    if not short or len(short) >= len(full) or full[: len(short)] != short:
        return False
    if len(short) == 1:
        return len(short[0]) > 3 and short[0] not in _SHARED
    return not all(word in _SHARED for word in short)


def _is_grown(longer: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """ "Huawei Technologies" for the known "Huawei"."""
    return is_short_for(own, longer) and all(word in _GENERIC for word in longer[len(own) :])
