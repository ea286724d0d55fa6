"""How far a known name may be believed at one place: its prior and what stands around it."""

import re
from dataclasses import dataclass

from analysis.pipeline.tables import look_up
from analysis.pipeline.types import Alias, Kind, Lexicon, Relation

# Prior belief in a table entry without looking around: the share of its occurrences on spans-train, outside longer
# names, that are labeled so; first for names with one meaning, then for names that are also something else.
_PLAIN = {
    Kind.COUNTRY: 0.97,
    Kind.NATIONALITY: 0.97,
    Kind.PLACE: 0.9,
    Kind.COMPANY: 0.93,
    Kind.MEDIA: 0.9,
    Kind.GOVERNMENT: 0.85,
    Kind.IGO: 0.9,
    Kind.ORGANIZATION: 0.9,
    Kind.THREAT: 0.77,
    Kind.MALWARE: 0.55,
}
_AMBIGUOUS = {Kind.GOVERNMENT: 0.55, Kind.COUNTRY: 0.5, Kind.PLACE: 0.5, Kind.IGO: 0.55, Kind.MALWARE: 0.05}
_OTHERWISE = 0.7
_NEEDS_CONTEXT = 0.4
# "Obama administration", "US military": labeled as a person or a country with a word after it.
_LOOSE = re.compile(r" (?:administration|military|army|government|Democrats|Republicans)$")
_LOOSE_WEIGHT = 0.2
_CAPITAL_AFTER = re.compile(r" [A-Z][a-z]")
_GOES_ON_WEIGHT = 0.5
_HEADLINE_SHARE = 0.7
_GEOGRAPHIC = (Kind.COUNTRY, Kind.NATIONALITY, Kind.GOVERNMENT, Kind.PLACE)
_STEP = 0.3  # one cue in the context moves the belief by this much

_CITY_BEFORE = re.compile(r"(?:[A-Z][^\W\d_]+ )?[A-Z][^\W\d_]+, $")
_WORD = r"[^\W\d_]+"
_BEFORE = re.compile(rf"({_WORD})?([^\w]*)$")
_AFTER = re.compile(rf"^([^\w]*)({_WORD})?")

# Words beside a company's name that a common word or a person's name would not have.
_COMPANY_BEFORE = frozenset("at by from owner operator maker giant retailer bank company firm startup carrier "
    "provider vendor developer conglomerate platform rival competitor subsidiary app".split())  # fmt: skip
_COMPANY_AFTER = frozenset("shares stock announced said says inc corp ltd spokesperson spokesman spokeswoman ceo "
    "executive executives employees customers users app acquired launched unveiled reported group store stores "
    "researchers engineers earnings revenue meeting call account page channel video".split())  # fmt: skip
_STATE_BEFORE = frozenset(
    "in to from between across throughout neighboring neighbouring against with".split()
)
_STATE_AFTER = frozenset(
    "government president minister border army military troops foreign capital officials".split()
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What one article offers for deciding what a name means."""

    string: str
    lexicon: Lexicon
    surnames: frozenset[str]  # last words of the persons' full names in the article
    supported: frozenset[str]  # countries that names with one meaning name or imply somewhere in the article

    def weigh(self, alias: Alias, kind: Kind, start: int, end: int) -> tuple[float, tuple[str, ...]]:
        """Belief 0..1 that the words at start–end are this alias, with the reasons."""
        reasons = [f"“{alias.surface}” is in the table as {_WHAT.get(alias.relation, 'a name')}"]
        if kind is Kind.GOVERNMENT and _LOOSE.search(alias.surface):
            return _LOOSE_WEIGHT, tuple(reasons)
        if self.string[start:end] in self.surnames:
            return 0.1, (*reasons, "a person in the article has this surname")
        if not (alias.needs_context or self._is_common(alias, kind)):
            if kind is Kind.COMPANY and self._goes_on(end):
                return _GOES_ON_WEIGHT, (*reasons, "the name seems to go on")
            return _PLAIN.get(kind, _OTHERWISE), tuple(reasons)
        against = self._place_before(start) - {alias.entity}
        if against and kind in _GEOGRAPHIC:
            return 0.05, (*reasons, "the place named before it lies elsewhere")
        cues = [*_cues(kind, self.string, start, end), *self._support(alias, start)]
        reasons += ["the name also has another meaning", *cues]
        return min(0.9, _AMBIGUOUS.get(kind, _NEEDS_CONTEXT) + _STEP * len(cues)), tuple(reasons)

    def _goes_on(self, end: int) -> bool:
        """Does another capitalized word follow ("Anker Latinoamerica"), outside a headline?"""
        if not _CAPITAL_AFTER.match(self.string[end : end + 4]):
            return False
        line = self.string[self.string.rfind("\n", 0, end) + 1 : end + 200].split("\n")[0]
        words = [word for word in line.split() if len(word) > 3]
        return len(words) < 5 or sum(word[0].isupper() for word in words) < _HEADLINE_SHARE * len(words)

    def _is_common(self, alias: Alias, kind: Kind) -> bool:
        """A single dictionary word (Trojan, Target, Signal) is not yet a name."""
        if kind in _GEOGRAPHIC or alias.is_case_sensitive:
            return False
        return alias.surface.casefold() in self.lexicon.words.get("common_words", ())

    def _support(self, alias: Alias, start: int) -> list[str]:
        found = []
        if alias.entity in self.supported:
            found.append("the country is named or implied elsewhere in the article too")
        if alias.entity in self._place_before(start):
            found.append("the place named before it lies there")
        return found

    def _place_before(self, start: int) -> frozenset[str]:
        """The countries of the place in "Atlanta, Georgia"."""
        before = _CITY_BEFORE.search(self.string[max(0, start - 40) : start])
        if before is None:
            return frozenset()
        for words in (before[0], before[0].split()[-1]):
            aliases = look_up(words.rstrip(", "), self.lexicon)
            countries = frozenset(
                alias.entity
                for alias in aliases
                if alias.relation is Relation.IMPLIED and not alias.needs_context
            )
            if countries:
                return countries
        return frozenset()


_WHAT = {
    Relation.ACRONYM: "an acronym",
    Relation.DEMONYM: "a nationality",
    Relation.BRAND: "a brand",
    Relation.FORMER: "a former name",
    Relation.METONYM: "the seat of a government",
    Relation.IMPLIED: "a place in that country",
}


def _is_common(alias: Alias, kind: Kind, lexicon: Lexicon) -> bool:
    """A single dictionary word (Trojan, Target, Signal) is not yet a name."""
    if kind in _GEOGRAPHIC or alias.is_case_sensitive:
        return False
    return alias.surface.casefold() in lexicon.words.get("common_words", ())


def _cues(kind: Kind, string: str, start: int, end: int) -> list[str]:
    before, after = _neighbors(string, start, end)
    cues = []
    for words, word, side in (*_WANTED.get(kind, ()),):
        neighbor = before if side == "before" else after
        if neighbor in words:
            cues.append(f"“{neighbor}” {side} it suggests {word}")
    return cues


_WANTED = {
    Kind.COMPANY: ((_COMPANY_BEFORE, "a company", "before"), (_COMPANY_AFTER, "a company", "after")),
    Kind.COUNTRY: ((_STATE_BEFORE, "a country", "before"), (_STATE_AFTER, "a country", "after")),
}


def _neighbors(string: str, start: int, end: int) -> tuple[str, str]:
    before = _BEFORE.search(string[max(0, start - 40) : start])
    after = _AFTER.search(string[end : end + 40])
    return (
        (before[1] or "").lower() if before else "",
        (after[2] or "").lower() if after and not after[1].startswith((".", "\n")) else "",
    )
