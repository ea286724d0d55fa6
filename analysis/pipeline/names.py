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
    "inc incorporated corp corporation co ltd limited llc llp lp plc ag gmbh sa sas sarl spa srl bv nv ab as asa "
    "oy oyj kk kg pty pte pvt private bhd sdn berhad tbk pt jsc ojsc pjsc ooo zao ao se com".split()
)
# Words that may follow a company's short name without making it another company.
_GENERIC = _LEGAL | frozenset(
    "company holdings holding group technologies technology tech international global worldwide industries "
    "enterprises systems solutions software "
    "communications networks laboratories labs lab motors motor airlines airways bank banking financial partners "
    "capital "
    "services security media entertainment pharmaceuticals pharma energy foods supermarket supermarkets stores store "
    "restaurant restaurants hotel hotels clinic clinics resort resorts studio studios".split()
)
# A first word that many names share says nothing about identity.
_SHARED = frozenset(
    "national first general american international united new royal global central federal state public the bank "
    "university "
    "ministry department institute north south east west northern southern eastern western world great democratic "
    "people "
    "peoples supreme high china chinese india indian us russian korea korean african european asia asian pacific "
    "security "
    "republic republican city county committee council commission center centre air".split()
)
_ACRONYM = re.compile(r"^\s?\(\s?[\"']?((?:the )?[A-Z][A-Za-z&.-]{0,8}[A-Z0-9])[\"']?\s?\)")


def core_words(written: str) -> tuple[str, ...]:
    """The name without article and legal form: "Ultra Kirana Sdn Bhd" → ultra, kirana."""
    words = list(bare_words(written))
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return tuple(words)


def common_name(written: str) -> str:
    """The name as people say it: without the legal form at its end."""
    words = written.split()
    while len(words) > 1 and set(bare_words(words[-1])) <= _LEGAL:
        words.pop()
    return " ".join(words).rstrip(",(")


def add_acronyms(parsed: Parsed, spans: list[Span]) -> list[Span]:
    """Find "Acme Corporation (ACM)": wherever the text then says ACM, it means that name."""
    added: list[Span] = []
    for span in spans:
        defined = (
            _ACRONYM.match(parsed.string[span.end : span.end + 16]) if span.kind in NAMED_KINDS else None
        )
        if defined and _abbreviates(defined[1], parsed.string[span.start : span.end]):
            added += _occurrences(parsed, span, defined[1])
    taken = [(span.start, span.end) for span in added]
    rest = [span for span in spans if not any(start < span.end and span.start < end for start, end in taken)]
    unique = {(span.start, span.end): span for span in added}
    return sorted([*rest, *unique.values()], key=lambda span: span.start)


def _abbreviates(short: str, long: str) -> bool:
    """Do the letters of the short form appear in order in the long form, or are they its initials in any order?

    The second is for names translated without their acronym: National Civil Police (PNC).
    """
    words = bare_words(long)
    letters = [letter for letter in short.lower() if letter.isalpha()]
    initials = [word[0] for word in words if word not in _SMALL]
    if len(letters) < 2 or not initials or short.lower() in words:
        return False
    remaining = iter("".join(words))
    in_order = all(letter in remaining for letter in letters) and letters[0] == initials[0]
    return in_order or sorted(letters) == sorted(initials)


def _occurrences(parsed: Parsed, span: Span, short: str) -> list[Span]:
    reason = f"the text introduces “{short}” as short for “{parsed.surface(span.start, span.end)}”"
    return [
        replace(
            span,
            start=found.start(),
            end=found.end(),
            method="coreference",
            reasons=(reason,),
            alternatives=(),
        )
        for found in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w])", parsed.string)
    ]


def group_names(parsed: Parsed, spans: list[Span], lexicon: Lexicon) -> list["NameGroup"]:
    """Join the mentions of each thing; `Group.name` is the table's name or the fullest form in the text."""
    ordered = sorted(
        (span for span in spans if span.kind in NAMED_KINDS),
        key=lambda span: (not span.aliases, -len(core_words(_written(parsed, span))), span.start),
    )
    groups: list[NameGroup] = []
    for span in ordered:
        words = core_words(_written(parsed, span))
        home = next((group for group in groups if group.holds(words, span)), None)
        home = home or next((group for group in groups if group.resembles(words, span)), None)
        if home is None:
            alias = _best_alias(parsed, span, lexicon)
            home = NameGroup(
                [], words, parsed.surface(span.start, span.end), alias, _place_words(words, lexicon)
            )
            groups.append(home)
        home.add(span, words, bare_words(_written(parsed, span)))
    return sorted(groups, key=lambda group: min(span.start for span in group.spans))


def _best_alias(parsed: Parsed, span: Span, lexicon: Lexicon) -> Alias | None:
    """The entry of this name, or of what is left of it without legal form and general words."""
    fitting = _of_kind(span.aliases, span.kind, lexicon)
    words = _written(parsed, span).split()
    while not fitting and len(words) > 1 and set(bare_words(words[-1])) <= _GENERIC:
        words.pop()
        fitting = _of_kind(look_up(" ".join(words).rstrip(",&"), lexicon), span.kind, lexicon)
    return fitting[0] if fitting else None


def _of_kind(aliases: tuple[Alias, ...], kind: Kind, lexicon: Lexicon) -> list[Alias]:
    return [alias for alias in aliases if lexicon.entities[alias.entity].kind is kind]


def _written(parsed: Parsed, span: Span) -> str:
    return parsed.string[span.start : span.end]


def _place_words(words: tuple[str, ...], lexicon: Lexicon) -> int:
    """How many words at the beginning are a country or place ("Saudi Aramco": 1, "Abu Dhabi National Oil": 2)."""
    for count in range(min(3, len(words) - 1), 0, -1):
        aliases = look_up(" ".join(words[:count]).title(), lexicon)
        if any(lexicon.entities[alias.entity].kind is Kind.COUNTRY for alias in aliases):
            return count
    return 0


class NameGroup(Group):
    """A group that may have an entry in the tables."""

    def __init__(
        self, spans: list[Span], words: tuple[str, ...], name: str, alias: Alias | None, places: int
    ) -> None:
        super().__init__(spans, words, common_name(name))
        self.alias = alias
        self.places = places  # leading words that only say where
        self.all_words = {words}
        self.initials: set[str] = set()

    def add(self, span: Span, words: tuple[str, ...], bare: tuple[str, ...]) -> None:
        """Take a mention in; `bare` are its words with the legal form."""
        self.spans.append(span)
        self.all_words.add(words)
        for name in (words, bare):
            self.initials |= {
                "".join(word[0] for word in name),
                "".join(word[0] for word in name if word not in _SMALL),
            }

    def holds(self, words: tuple[str, ...], span: Span) -> bool:
        """Same words, same entry or introduced acronym."""
        if words in self.all_words:
            return True
        entries = {alias.entity for alias in span.aliases}
        if self.alias is not None and entries:
            return self.alias.entity in entries
        introductions = {reason for own in self.spans for reason in own.reasons}
        return span.method == "coreference" and any(reason in introductions for reason in span.reasons)

    def resembles(self, words: tuple[str, ...], span: Span) -> bool:
        """A short form, the initials, or a slip of the pen of a name in this group."""
        if _family(span.kind) != _family(self.spans[0].kind) or (self.alias is not None and span.aliases):
            return False
        if len(words) == 1 and len(words[0]) > 2 and words[0] in self.initials:
            return True
        return any(self._is_form(words, own, span) for own in self.all_words)

    def _is_form(self, words: tuple[str, ...], own: tuple[str, ...], span: Span) -> bool:
        if own[self.places :] == words and words[0] not in _SHARED and self.places:
            return True
        if is_short_for(words, own) and len(words) > self.places:
            rest = own[len(words) :]
            came_before = min(other.start for other in self.spans) < span.start
            return all(word in _GENERIC for word in rest) or (came_before and not set(rest) & _UNITS)
        return is_slip(words, own) or (
            is_short_for(own, words) and all(word in _GENERIC for word in words[len(own) :])
        )


_SMALL = frozenset("of the and for de la du des der und in & y".split())
# A name and one of these is a part or service of the company, not its full name.
_UNITS = frozenset(
    "cloud live store express music news news video pay play maps search channel channels labs research foundation "
    "europe africa asia americas america egypt malaysia india china japan namibia kenya nigeria".split()
)


def _family(kind: Kind) -> str:
    """A short form stays in its family: "Lenovo" is no short form of the product "Lenovo System Update"."""
    return kind.value if kind in (Kind.PRODUCT, Kind.MALWARE, Kind.THREAT) else "body"


def is_short_for(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """ "Three Arrows" for "Three Arrows Capital", "Huali" for "Huali Industrial"; never one shared word alone."""
    if not short or len(short) >= len(full) or full[: len(short)] != short:
        return False
    if len(short) == 1:
        return len(short[0]) > 2 and short[0] not in _SHARED
    return not all(word in _SHARED for word in short)


def is_slip(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """One letter wrong, missing or doubled in a name of six letters or more; numbers must agree."""
    one, two = " ".join(left), " ".join(right)
    if min(len(one), len(two)) < 6 or abs(len(one) - len(two)) > 1 or one[0] != two[0]:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    tails = (one[start:], two[start:])
    if any(letter.isdigit() for tail in tails for letter in tail[:1]):
        return False
    return tails[0][1:] == tails[1][1:] or tails[0][1:] == tails[1] or tails[0] == tails[1][1:]
