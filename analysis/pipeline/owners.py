"""Tags of brands, services and units → tags of the companies that own them, as of the article's date."""

from dataclasses import replace

from analysis.pipeline.knowledge import Ownership, load_ownerships
from analysis.pipeline.types import Kind, KnownEntity, Lexicon, Tag

_OWNED = ("brand", "service", "unit")
_THROUGH_A_BRAND = 0.9  # what is named only through a brand stands behind what is named itself
_LONGEST_CHAIN = 3  # a unit of a unit of a company; guards against a cycle in the tables


def add_owners(
    tags: tuple[Tag, ...], entities: dict[str, KnownEntity], lexicon: Lexicon, published_on: str
) -> tuple[tuple[Tag, ...], dict[str, KnownEntity]]:
    """HBO Max also tags Warner Bros. Discovery: one more tag on the same mentions, and the owner's entity."""
    added: dict[str, Tag] = {}
    tagged = {tag.entity for tag in tags}
    for tag in tags:
        owner = find_owner(entities[tag.entity], lexicon, published_on) if tag.kind is Kind.COMPANY else None
        if owner is not None and owner.key not in tagged:
            reason = f"{entities[tag.entity].name} belongs to {owner.name}"
            added[owner.key] = _owner_tag(added.get(owner.key), tag, owner, reason)
    known = {key: lexicon.entities[key] for key in added}
    return (*tags, *added.values()), {**entities, **known}


def _owner_tag(present: Tag | None, tag: Tag, owner: KnownEntity, reason: str) -> Tag:
    salience = round(_THROUGH_A_BRAND * tag.salience, 3)
    if present is None:
        return replace(
            tag, entity=owner.key, kind=owner.kind, salience=salience, reasons=(reason, *tag.reasons)
        )
    return replace(
        present,
        mentions=tuple(sorted({*present.mentions, *tag.mentions})),
        score=max(present.score, tag.score),
        salience=max(present.salience, salience),
        is_about=present.is_about or tag.is_about,
        reasons=(reason, *present.reasons),
    )


def find_owner(entity: KnownEntity, lexicon: Lexicon, published_on: str = "") -> KnownEntity | None:
    """The company behind a brand, service or unit on a day (ISO date or "" for today); None for a company."""
    current = entity
    for _ in range(_LONGEST_CHAIN):
        if current.type not in _OWNED:
            break
        parent = lexicon.entities.get(_parent_key(current, published_on))
        if parent is None:
            break
        current = parent
    return current if current.key != entity.key else None


def _parent_key(entity: KnownEntity, published_on: str) -> str:
    if published_on:
        for ownership in load_ownerships():
            if ownership.key == entity.key and _covers(ownership, published_on):
                return ownership.parent
    return entity.parent


def _covers(ownership: Ownership, day: str) -> bool:
    """Years and ISO dates compare as text once the day is cut to the same length."""
    since, until = ownership.since, ownership.until
    return bool(since or until) and since <= day[: len(since)] and (not until or day[: len(until)] < until)
