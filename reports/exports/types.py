"""What an export is written from: plain frozen values, so that formats cannot disagree."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MentionPart:
    """One place that names the tag's entity. Offsets are code points in the field's text."""

    surface: str
    field: str  # "title" or "body"
    start: int
    end: int
    kind: str
    score: float
    method: str
    origin: str  # "machine" or "analyst"
    sentence: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TagPart:
    """One entity the article involves, with every mention it rests on."""

    kind: str
    kind_name: str
    name: str
    entity_id: str  # the stable key, "country:KP"
    country: str
    score: float
    salience: float
    is_about: bool
    is_implied: bool
    role: str
    role_category: str
    affiliation: str
    evidence: str  # the sentence that proves it best
    mentions: tuple[MentionPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One article version as it was when it was included."""

    id: int
    version: int
    title: str
    url: str
    link: str  # address of the article in this installation, "" when unknown
    source: str
    source_grade: str
    byline: str
    published: str  # ISO 8601, UTC; "" when unknown
    submitted: str
    language: str
    status: str
    reading_minutes: int
    summary: tuple[str, ...]
    takeaways: tuple[str, ...]
    text_sha256: str
    page_sha256: str  # of the captured bytes, "" for pasted text
    fetched: str
    pipeline_version: str
    tags: tuple[TagPart, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A report ready to be written."""

    title: str
    note: str
    made_at: str  # ISO 8601, UTC
    made_by: str
    tool: str  # name and version of this program
    query: str  # the search it came from, "" for a hand-made selection
    items: tuple[Item, ...]
