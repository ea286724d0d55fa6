"""The values the pipeline takes and gives. Frozen, free of any framework.

All offsets are Unicode code points. A position is always (field, start, end): `field` says whether
the offsets count in the title or in the text of the version.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Field(StrEnum):
    """Which string the offsets count in."""

    TITLE = "title"
    BODY = "body"


class Kind(StrEnum):
    """What a mention names. The first fourteen are the recognizer's labels, the rest are observables."""

    COUNTRY = "country"
    NATIONALITY = "nationality"
    PLACE = "place"
    COMPANY = "company"
    MEDIA = "media"
    GOVERNMENT = "government"
    IGO = "igo"
    ORGANIZATION = "organization"
    RESEARCHER = "researcher"
    PERSON = "person"
    THREAT = "threat"
    MALWARE = "malware"
    PRODUCT = "product"
    OTHER = "other"
    IP = "ip"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    HASH = "hash"
    CVE = "cve"


OBSERVABLES = (Kind.IP, Kind.DOMAIN, Kind.URL, Kind.EMAIL, Kind.HASH, Kind.CVE)


class Relation(StrEnum):
    """How an alias stands to its entity; `implied` is the weak one (a capital or city for its country)."""

    NAME = "name"
    ACRONYM = "acronym"
    DEMONYM = "demonym"
    BRAND = "brand"  # a brand or unit that is tagged as its owner when it has no entity of its own
    FORMER = "former"
    METONYM = "metonym"
    IMPLIED = "implied"


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """One thing in the world. `key` is stable over runs and databases: "country:KP", "company:amazon"."""

    key: str
    kind: Kind  # nationality mentions link to a country; a researcher's entity has kind researcher or person
    name: str
    country: str = ""  # ISO 3166-1 alpha-2
    parent: str = ""  # key of the owner today
    wikidata: str = ""
    ticker: str = ""
    description: str = ""
    type: str = ""  # companies: company, brand, service or unit; the last three are tagged as their owner too


@dataclass(frozen=True, slots=True)
class Alias:
    """A name under which an entity is known."""

    surface: str
    entity: str  # KnownEntity.key
    relation: Relation = Relation.NAME
    is_case_sensitive: bool = False
    needs_context: bool = False  # a common word or a namesake: never enough alone


@dataclass(frozen=True, slots=True)
class Verdict:
    """An analyst's standing decision, as the pipeline needs it: surface and kind → keep, drop or relink."""

    surface: str
    decision: str  # "reject" | "accept"
    kind: str = ""  # "" = whatever kind
    entity: str = ""  # for accept: link to this key; for reject: only when linked to this key ("" = any)
    new_kind: str = ""  # for accept with another kind
    judgment: int = 0  # the row it came from, for hit counts


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything one run may know about the world. Built once per version of its sources."""

    version: str
    entities: Mapping[str, KnownEntity]
    aliases: Mapping[str, tuple[Alias, ...]]  # key: surface case folded, white space collapsed
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)  # role nouns, legal suffixes …
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the parsed string (title, blank line, text joined)."""

    start: int
    end: int
    text: str
    lemma: str = ""
    pos: str = ""  # Universal part of speech, "" when the tagger did not run


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence; `number` addresses it in the result."""

    number: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the parsed string with a kind and a score, not yet linked; offsets as in `Token`."""

    start: int
    end: int
    kind: Kind
    score: float
    method: str  # "recognizer", "table", "pattern", "coreference", "judgment"
    reasons: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()  # what the lexicon says these words may mean
    alternatives: tuple[tuple[Kind, float], ...] = ()  # other kinds the recognizer weighed, best first
    value: str = ""  # observables: the refanged, normalized value


@dataclass(frozen=True, slots=True)
class Parsed:
    """One article made readable for the finders: same length as given, noise replaced by spaces.

    `string` is title, blank line, text; `body` is where the text begins in it. Raw surfaces are cut from
    `title` and `text`, never from `string`.
    """

    title: str
    text: str
    string: str
    body: int
    language: str  # ISO 639-1, "und" when nothing could be told
    tokens: tuple[Token, ...]  # left empty by `parse`: no stage needs words, and making them costs time
    sentences: tuple[Sentence, ...]
    found: tuple[Span, ...] = ()  # what the recognizer saw

    def place(self, start: int, end: int) -> tuple[Field, int, int]:
        """Turn offsets in `string` into (field, start, end)."""
        if start < self.body:
            return Field.TITLE, start, end
        return Field.BODY, start - self.body, end - self.body

    def surface(self, start: int, end: int) -> str:
        """Cut the raw words from the title or the text."""
        where, first, last = self.place(start, end)
        return (self.title if where is Field.TITLE else self.text)[first:last]

    def sentence_at(self, start: int) -> int:
        """Number of the sentence that holds this offset of `string`."""
        where, first, _ = self.place(start, start)
        place = (where is Field.BODY, first)
        after = bisect_right(self.sentences, place, key=lambda one: (one.field is Field.BODY, one.start))
        return self.sentences[max(0, after - 1)].number if self.sentences else 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity a mention might mean."""

    entity: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A mention: a span with its link, or with the reason why it has none."""

    field: Field
    start: int
    end: int
    surface: str
    kind: Kind
    score: float  # calibrated probability that kind and link are right
    method: str
    reasons: tuple[str, ...]
    sentence: int  # number of the sentence it stands in
    entity: str = ""  # key in Result.entities; "" = unlinked
    value: str = ""  # observables: the refanged, normalized value
    is_ambiguous: bool = False
    is_implied: bool = False  # names a capital or city: the country is implied, not named
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """An entity the article involves: the sum of its linked mentions."""

    entity: str
    kind: Kind
    score: float
    salience: float  # 0..1
    is_about: bool  # about it, not only mentioning it
    is_implied: bool
    mentions: tuple[int, ...]  # indices into Result.mentions
    evidence: int  # number of the sentence that proves it best
    role: str = ""  # researchers: role words as printed
    role_category: str = ""  # security researcher, academic, analyst, economist, scientist, investigator
    affiliation: str = ""
    affiliation_entity: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """One sentence shown to the reader, with the sentences it rests on, its own first.

    `replaced` is a first pronoun in whose place the text begins with `name`, which the second sentence has.
    """

    text: str
    sentences: tuple[int, ...]
    score: float = 0.0
    replaced: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """One typed finding: who is affected, how, when, and how sure the text is."""

    affected: str  # entity key, "" when only a group is named
    affected_text: str
    effect: str  # legal, financial, security, reputation, operations, diplomatic, human
    direction: str  # harm, benefit, unclear
    horizon: str  # short, long, unstated
    certainty: str  # fact, alleged, predicted, denied
    said_by: str
    sentence: int
    cue: str = ""
    speaker: str = ""  # key of who said it, "" when not linked


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says what about whom: an attributed or quoted statement.

    `start`–`end` is the quotation without its marks, or the whole sentence; a quotation may run over several
    sentences, `sentence` is the first.
    """

    speaker: str  # entity key, "" when not linked
    speaker_text: str
    verb: str
    field: Field
    start: int
    end: int
    is_quote: bool
    sentence: int
    about: tuple[str, ...] = ()  # keys of the entities the statement names, the speaker left out
    speaker_start: int = (
        -1
    )  # place of the speaker's name in the text; a pronoun's is that of the name it means
    speaker_end: int = -1


@dataclass(frozen=True, slots=True)
class Relationship:
    """Two linked entities in one sentence; `kind` is "mentioned-together" unless a pattern supports more."""

    subject: str
    kind: str
    object: str
    sentence: int
    cue: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """All that one run of the pipeline found in one article."""

    language: str
    pipeline_version: str
    lexicon_version: str
    sentences: tuple[Sentence, ...]
    mentions: tuple[Resolved, ...]
    tags: tuple[Tag, ...]
    entities: tuple[KnownEntity, ...]  # every entity a mention or tag refers to, new ones included
    summary: tuple[Point, ...] = ()
    takeaways: tuple[Point, ...] = ()
    impacts: tuple[Impact, ...] = ()
    claims: tuple[Claim, ...] = ()
    relationships: tuple[Relationship, ...] = ()
