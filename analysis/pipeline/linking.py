"""Spans + Lexicon → mentions linked to entities, each with its reasons, and the entities themselves."""

from dataclasses import dataclass, replace

from analysis.pipeline.calibration import calibrate
from analysis.pipeline.countries import choose_country, country_options, is_language, named_codes, points_home
from analysis.pipeline.identity import slug
from analysis.pipeline.names import NAMED_KINDS, NameGroup, group_names
from analysis.pipeline.people import Group, group_people
from analysis.pipeline.types import (
    OBSERVABLES,
    Candidate,
    Kind,
    KnownEntity,
    Lexicon,
    Parsed,
    Relation,
    Resolved,
    Span,
)

_GEOGRAPHIC = (Kind.COUNTRY, Kind.NATIONALITY, Kind.PLACE)
_IMPLYING = (Relation.IMPLIED, Relation.METONYM)

# A name no table knows is tagged from this probability on: companies gain .036 F1 on spans-dev, newswire loses none.
_TOO_UNSURE = 0.45


@dataclass(frozen=True, slots=True)
class Linked:
    """All mentions in reading order and every entity they refer to, by key."""

    mentions: tuple[Resolved, ...]
    entities: dict[str, KnownEntity]
    people: tuple[Group, ...]  # spans of each person, for the search for roles


def link_mentions(parsed: Parsed, spans: list[Span], lexicon: Lexicon) -> Linked:
    """Link every span, or say why it has no link."""
    spans = [_read_language(parsed, span) for span in spans]
    people = group_people(parsed, spans)
    entities: dict[str, KnownEntity] = {}
    mentions = [
        *_link_geography(parsed, spans, lexicon, entities),
        *_link_people(parsed, people, entities),
        *_link_names(parsed, spans, lexicon, entities),
        *_link_observables(parsed, spans, entities),
        *(
            _resolve(parsed, span, reasons=("names of this kind are not linked",))
            for span in spans
            if span.kind is Kind.OTHER
        ),
    ]
    return Linked(
        tuple(sorted(mentions, key=lambda m: (m.field != "title", m.start))), entities, tuple(people)
    )


def _resolve(parsed: Parsed, span: Span, entity: str = "", reasons: tuple[str, ...] = ()) -> Resolved:
    where, start, end = parsed.place(span.start, span.end)
    return Resolved(
        field=where,
        start=start,
        end=end,
        surface=parsed.surface(span.start, span.end),
        kind=span.kind,
        score=calibrate(span),
        method=span.method,
        reasons=(*span.reasons, *reasons),
        sentence=parsed.sentence_at(span.start),
        entity=entity,
        value=span.value,
    )


def _link_geography(
    parsed: Parsed, spans: list[Span], lexicon: Lexicon, entities: dict[str, KnownEntity]
) -> list[Resolved]:
    named = named_codes(spans, lexicon)
    linked = []
    for span in spans:
        if span.kind in _GEOGRAPHIC or (span.kind is Kind.GOVERNMENT and country_options(span, lexicon)):
            linked.append(_link_place(parsed, span, named, lexicon, entities))
    return linked


def _read_language(parsed: Parsed, span: Span) -> Span:
    """The name of a language counts as a nationality where material written in it points to a country."""
    if span.kind not in (Kind.NATIONALITY, Kind.OTHER) or not span.aliases or not points_home(parsed, span):
        return span
    reasons = (*span.reasons, "material in this language points to the country")
    return replace(span, kind=Kind.NATIONALITY, reasons=reasons)


def _link_place(
    parsed: Parsed, span: Span, named: set[str], lexicon: Lexicon, entities: dict[str, KnownEntity]
) -> Resolved:
    options = country_options(span, lexicon)
    if span.kind is Kind.NATIONALITY and is_language(parsed, span) and not points_home(parsed, span):
        return _resolve(parsed, replace(span, kind=Kind.OTHER), reasons=("used as the name of a language",))
    if not options:
        return _link_unknown_place(parsed, span, entities)
    alias, candidates, reasons = choose_country(span, options, named, lexicon)
    entity = lexicon.entities[alias.entity]
    entities[entity.key] = entity
    is_implied = alias.relation in _IMPLYING or span.kind not in (Kind.COUNTRY, Kind.NATIONALITY)
    if is_implied:
        reasons = (f"implies {entity.name} without naming it", *reasons)
    elif alias.relation is Relation.FORMER:
        reasons = (f"a former name or state, today {entity.name}", *reasons)
    mention = _resolve(parsed, span, entity.key, reasons)
    return replace(
        mention,
        is_implied=is_implied or alias.relation is Relation.FORMER,
        candidates=candidates,
        is_ambiguous=_is_close(candidates),
    )


def _is_close(candidates: tuple[Candidate, ...]) -> bool:
    """Two candidates of which the better is not clearly better."""
    return len(candidates) > 1 and candidates[0].score - candidates[1].score < 0.2


def _link_unknown_place(parsed: Parsed, span: Span, entities: dict[str, KnownEntity]) -> Resolved:
    if span.kind is not Kind.PLACE:
        return _resolve(parsed, span, reasons=("no country in the tables has this name",))
    name = " ".join(parsed.surface(span.start, span.end).split())
    key = f"place:x-{slug(name)}"
    entities.setdefault(key, KnownEntity(key, Kind.PLACE, name))
    return _resolve(parsed, span, key)


def _link_people(parsed: Parsed, people: list[Group], entities: dict[str, KnownEntity]) -> list[Resolved]:
    linked = []
    for group in people:
        key = group.key("person")
        entities.setdefault(key, KnownEntity(key, Kind.PERSON, group.name))
        for span in group.spans:
            written = " ".join(parsed.surface(span.start, span.end).split())
            reasons = (
                () if written == group.name else (f"short for {group.name}, named in full in the article",)
            )
            mention = _resolve(parsed, replace(span, kind=Kind.PERSON), key, reasons)
            rivals = group.rivals.get(span.start, [])
            if rivals:
                names = [entities[rival].name if rival in entities else rival for rival in rivals]
                mention = replace(
                    mention,
                    is_ambiguous=True,
                    candidates=(
                        Candidate(key, 0.6, (f"{group.name} was named last before this place",)),
                        *(
                            Candidate(rival, 0.4, (f"{name} shares the name",))
                            for rival, name in zip(rivals, names, strict=True)
                        ),
                    ),
                )
            linked.append(mention)
    return linked


def _link_names(
    parsed: Parsed, spans: list[Span], lexicon: Lexicon, entities: dict[str, KnownEntity]
) -> list[Resolved]:
    open_spans = [span for span in spans if span.kind in NAMED_KINDS and not _is_metonym(span, lexicon)]
    linked = []
    for group in group_names(parsed, open_spans, lexicon):
        entity, reason = _entity_of(group, lexicon)
        reasons = (reason,) if reason else ()
        mentions = [
            _resolve(parsed, replace(span, kind=entity.kind), entity.key, reasons) for span in group.spans
        ]
        if entity.key in lexicon.entities:
            mentions = [
                _with_namesakes(m, span, entity, lexicon)
                for m, span in zip(mentions, group.spans, strict=True)
            ]
        elif max(mention.score for mention in mentions) < _TOO_UNSURE:
            linked += [
                replace(m, entity="", reasons=(*m.reasons, "too uncertain for a tag")) for m in mentions
            ]
            continue
        entities.setdefault(entity.key, entity)
        linked += mentions
    return linked


def _with_namesakes(mention: Resolved, span: Span, entity: KnownEntity, lexicon: Lexicon) -> Resolved:
    """Two known things of one kind and name, not owner and owned: both are kept."""
    options = {alias.entity: lexicon.entities[alias.entity] for alias in span.aliases}
    others = [
        other
        for key, other in options.items()
        if key != entity.key
        and other.kind is entity.kind
        and entity.parent != key
        and other.parent != entity.key
    ]
    if entity.key not in options or not others:
        return mention
    share = round(1 / (len(others) + 1), 3)
    candidates = tuple(
        Candidate(one.key, share, (f"{one.name} is known by this name",)) for one in (entity, *others)
    )
    return replace(mention, is_ambiguous=True, candidates=candidates)


def _is_metonym(span: Span, lexicon: Lexicon) -> bool:
    return span.kind is Kind.GOVERNMENT and bool(country_options(span, lexicon))


def _entity_of(group: NameGroup, lexicon: Lexicon) -> tuple[KnownEntity, str]:
    if group.alias is not None:
        entity = lexicon.entities[group.alias.entity]
        if group.alias.relation is Relation.BRAND:
            return entity, f"a brand of {entity.name}"
        return entity, ""
    weights: dict[Kind, float] = {}
    for span in group.spans:
        weights[span.kind] = weights.get(span.kind, 0.0) + span.score
    kind = max(weights, key=lambda kind: weights[kind])
    return KnownEntity(
        group.key(kind.value), kind, group.name
    ), "not in the tables: known from this article only"


def _link_observables(parsed: Parsed, spans: list[Span], entities: dict[str, KnownEntity]) -> list[Resolved]:
    linked = []
    for span in spans:
        if span.kind in OBSERVABLES:
            key = f"{span.kind.value}:{span.value}"
            entities.setdefault(key, KnownEntity(key, span.kind, span.value))
            linked.append(_resolve(parsed, span, key))
    return linked
