"""Spans of countries, nationalities and places → ISO countries: named, or only implied by a city or a seat of power."""

import re
from collections.abc import Iterable

from analysis.pipeline.types import Alias, Candidate, Kind, KnownEntity, Lexicon, Parsed, Relation, Span

_NAMING = (Relation.NAME, Relation.ACRONYM, Relation.DEMONYM)
_LANGUAGE_BEFORE = re.compile(
    r"\b(?:speaks?|speaking|spoke|spoken|fluent(?:ly)?(?: in)?|written in|translated (?:in)?to|translation (?:in)?to|"
    r"(?<!interest )(?<!role )(?<!position )in|into|learn(?:ing)?|teach(?:es|ing)?|from the|the word "
    r"in)\s+(?:both\s+|broken\s+|simplified\s+|traditional\s+)?$",
    re.IGNORECASE,
)
_LANGUAGE_AFTER = re.compile(
    r"^(?:[- ](?:language|speaking|speakers?|translations?|subtitles|dialects?|lessons?|"
    r"proverb|idiom)\b)"
)
_IN_BEFORE = re.compile(r"\bin\s+$", re.IGNORECASE)
_NOUN_AFTER = re.compile(r"^[- ]+[^\W\d_]{2,}")
# What may follow "in Spanish" when the language is meant.
_CLAUSE_AFTER = re.compile(
    r"^(?:\s+(?:and|or|on|at|by|to|for|with|as|that|which|about|from|is|was|are|said|when|"
    r"during)\b|\s*[.,;:!?)\"']|\s*$)"
)
# Nationalities that are also the name of a language.
_LANGUAGES = frozenset(
    "english spanish french german portuguese russian chinese japanese korean italian dutch turkish arabic hebrew "
    "persian "
    "thai vietnamese indonesian malay polish czech slovak hungarian romanian bulgarian greek swedish norwegian "
    "danish finnish "
    "icelandic ukrainian serbian croatian albanian bengali burmese khmer lao mongolian nepali sinhalese somali "
    "swahili "
    "latvian lithuanian estonian georgian armenian azerbaijani kazakh uzbek irish welsh scottish filipino "
    "mandarin".split()
)


# A language spoken mostly in one country: working notes written in it point there.
_AT_HOME = frozenset(
    "chinese mandarin russian korean japanese persian farsi ukrainian hebrew turkish vietnamese thai polish "
    "hungarian "
    "indonesian".split()
)
_MATERIAL_BEFORE = re.compile(
    r"\b(?:notes?|comments?|instructions?|annotations?|messages?|strings?|characters|documents?|e-?mails?|files|"
    r"manuals?|"
    r"remarks?|texts?|code|captions?|labels?|chats?|lures?)\b[^.;:\n]{0,50}\bin (?:both )?(?:\w+ and )?$",
    re.IGNORECASE,
)


def points_home(parsed: Parsed, span: Span) -> bool:
    """Does material in this language ("editing notes in Chinese") point to the country of its speakers?"""
    written = parsed.string[span.start : span.end].casefold()
    before = parsed.string[max(0, span.start - 90) : span.start]
    return written in _AT_HOME and bool(_MATERIAL_BEFORE.search(before))


def is_language(parsed: Parsed, span: Span) -> bool:
    """Is this nationality word used as the name of a language ("speaks Spanish", "wrote in Russian")?"""
    written = parsed.string[span.start : span.end]
    if written.casefold() not in _LANGUAGES:
        return False
    before, after = (
        parsed.string[max(0, span.start - 40) : span.start],
        parsed.string[span.end : span.end + 40],
    )
    if _LANGUAGE_AFTER.match(after):
        return True
    if not _LANGUAGE_BEFORE.search(before):
        return False
    return bool(_CLAUSE_AFTER.match(after)) or not (_IN_BEFORE.search(before) or _NOUN_AFTER.match(after))


def named_codes(spans: Iterable[Span], lexicon: Lexicon) -> set[str]:
    """Keys of the countries that one alias alone names in this article."""
    codes = set()
    for span in spans:
        options = country_options(span, lexicon)
        if span.kind in (Kind.COUNTRY, Kind.NATIONALITY) and len(options) == 1:
            codes.add(options[0].entity)
    return codes


def country_options(span: Span, lexicon: Lexicon) -> list[Alias]:
    """One alias per country this span may name or imply."""
    options: dict[str, Alias] = {}
    for alias in span.aliases:
        if lexicon.entities[alias.entity].kind is Kind.COUNTRY:
            options.setdefault(alias.entity, alias)
    wanted = span.kind in (Kind.COUNTRY, Kind.NATIONALITY)
    fitting = [
        alias
        for alias in options.values()
        if (alias.relation in _NAMING or alias.relation is Relation.FORMER) == wanted
    ]
    return fitting or list(options.values())


def choose_country(
    span: Span, options: list[Alias], named: set[str], lexicon: Lexicon
) -> tuple[Alias, tuple[Candidate, ...], tuple[str, ...]]:
    """The country a name means, all candidates, and why: the one named elsewhere in the article goes first."""
    if len(options) == 1:
        return options[0], (), ()
    weights = {
        alias.entity: 0.5 + 0.4 * (alias.entity in named) - 0.05 * place
        for place, alias in enumerate(options)
    }
    best = max(options, key=lambda alias: weights[alias.entity])
    total = sum(weights.values())
    candidates = tuple(
        Candidate(
            alias.entity, round(weights[alias.entity] / total, 3), (_why(alias.entity, named, lexicon),)
        )
        for alias in sorted(options, key=lambda alias: -weights[alias.entity])
    )
    return best, candidates, (_why(best.entity, named, lexicon),)


def _why(key: str, named: set[str], lexicon: Lexicon) -> str:
    entity: KnownEntity = lexicon.entities[key]
    if key in named:
        return f"{entity.name} is named elsewhere in the article"
    return f"the words may also mean {entity.name}"
