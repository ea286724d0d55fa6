"""Result → one flat record for JSON Lines: the form scripts read and the scorers expect."""

from dataclasses import asdict
from typing import Any

from analysis.pipeline.types import OBSERVABLES, Field, Kind, KnownEntity, Point, Resolved, Result, Tag

Record = dict[str, Any]
_ORGANIZATIONS = (Kind.MEDIA, Kind.GOVERNMENT, Kind.IGO, Kind.ORGANIZATION, Kind.THREAT)


def to_record(identifier: object, result: Result) -> Record:
    """Everything of a result as plain values; offsets of `mentions` count in text, of `title_mentions` in title."""
    book = {entity.key: entity for entity in result.entities}
    return {
        "id": identifier,
        "language": result.language,
        "countries": sorted(_codes(result, book, is_implied=False)),
        "implied_countries": sorted(_codes(result, book, is_implied=True)),
        "companies": _companies(result, book),
        "researchers": [_researcher(tag, result, book) for tag in _tags(result, Kind.RESEARCHER)],
        "people": [_named(tag, result, book) for tag in _tags(result, Kind.PERSON)],
        "organizations": [
            {**_named(tag, result, book), "kind": tag.kind.value} for tag in _tags(result, *_ORGANIZATIONS)
        ],
        "places": [_named(tag, result, book) for tag in _tags(result, Kind.PLACE)],
        "products": [_named(tag, result, book) for tag in _tags(result, Kind.PRODUCT, Kind.MALWARE)],
        "observables": [_observable(tag, result, book) for tag in _tags(result, *OBSERVABLES)],
        "mentions": [_mention(mention) for mention in result.mentions if mention.field is Field.BODY],
        "title_mentions": [_mention(mention) for mention in result.mentions if mention.field is Field.TITLE],
        "summary": _points(result.summary),
        "takeaways": _points(result.takeaways),
        "impacts": [asdict(impact) for impact in result.impacts],
        "claims": [asdict(claim) for claim in result.claims],
        "relationships": [asdict(relationship) for relationship in result.relationships],
        "pipeline_version": result.pipeline_version,
        "lexicon_version": result.lexicon_version,
    }


def _codes(result: Result, book: dict[str, KnownEntity], *, is_implied: bool) -> set[str]:
    return {
        book[tag.entity].country for tag in _tags(result, Kind.COUNTRY) if tag.is_implied is is_implied
    } - {""}


def _tags(result: Result, *kinds: Kind) -> list[Tag]:
    return [tag for tag in result.tags if tag.kind in kinds]


def _surfaces(tag: Tag, result: Result) -> list[str]:
    """Each form once, in order of appearance, line breaks inside a name as one space."""
    return list(dict.fromkeys(" ".join(result.mentions[number].surface.split()) for number in tag.mentions))


def _named(tag: Tag, result: Result, book: dict[str, KnownEntity]) -> Record:
    return {
        "name": book[tag.entity].name,
        "id": tag.entity,
        "surfaces": _surfaces(tag, result),
        "score": tag.score,
        "salience": tag.salience,
        "is_about": tag.is_about,
    }


def _companies(result: Result, book: dict[str, KnownEntity]) -> list[Record]:
    """One item per company; an owner not named itself takes the place of its only brand in the text.

    So HBO Max gives {name: Warner Bros. Discovery, surfaces: [HBO Max], brand: HBO Max}, while an article that
    names Google and YouTube, or WhatsApp and Instagram, lists each by its own name.
    """
    tags = _tags(result, Kind.COMPANY)
    spoken_for = {tag.entity: _brands(tag, result) for tag in tags}
    folded = {next(iter(brands)) for brands in spoken_for.values() if len(brands) == 1}
    items = []
    for tag in tags:
        brands = spoken_for[tag.entity]
        if len(brands) == 1:
            brand = book[next(iter(brands))]
            items.append({**_named(tag, result, book), "brand": brand.name, "brand_id": brand.key})
        elif not brands and tag.entity not in folded:
            items.append(_named(tag, result, book))
    return items


def _brands(tag: Tag, result: Result) -> set[str]:
    """The entities whose mentions carry this tag when it has none of its own: a tag of an owner."""
    entities = {result.mentions[number].entity for number in tag.mentions}
    return set() if tag.entity in entities else entities


def _researcher(tag: Tag, result: Result, book: dict[str, KnownEntity]) -> Record:
    return {
        **_named(tag, result, book),
        "role": tag.role,
        "role_category": tag.role_category,
        "affiliation": tag.affiliation,
        "affiliation_id": tag.affiliation_entity,
        "reasons": list(tag.reasons),
    }


def _observable(tag: Tag, result: Result, book: dict[str, KnownEntity]) -> Record:
    return {"kind": tag.kind.value, "value": book[tag.entity].name, "surfaces": _surfaces(tag, result)}


def _mention(mention: Resolved) -> Record:
    record: Record = {
        "start": mention.start,
        "end": mention.end,
        "kind": mention.kind.value,
        "surface": mention.surface,
        "entity": mention.entity,
        "score": mention.score,
        "method": mention.method,
        "reasons": list(mention.reasons),
        "sentence": mention.sentence,
    }
    if mention.is_ambiguous:
        record["candidates"] = [
            {"entity": option.entity, "score": option.score} for option in mention.candidates
        ]
    if mention.is_implied:
        record["is_implied"] = True
    return record


def _points(points: tuple[Point, ...]) -> list[Record]:
    return [point_record(point) for point in points]


def point_record(point: Point) -> Record:
    """A point as it is stored; a name that stands for a pronoun is kept beside it, to be marked where it is shown."""
    record: Record = {"text": point.text, "sentences": list(point.sentences)}
    if point.replaced:
        record |= {"replaced": point.replaced, "name": point.name}
    return record
