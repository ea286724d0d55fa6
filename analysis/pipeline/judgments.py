"""Mentions + the analysts' standing verdicts → mentions: what a person decided wins over everything before."""

import re
from dataclasses import replace

from analysis.pipeline.linking import Linked
from analysis.pipeline.types import Field, Kind, Lexicon, Parsed, Resolved, Verdict


def apply_verdicts(parsed: Parsed, linked: Linked, lexicon: Lexicon) -> Linked:
    """Drop rejected mentions, relink accepted ones, add accepted surfaces that nothing found."""
    if not lexicon.verdicts:
        return linked
    mentions = list(linked.mentions)
    entities = dict(linked.entities)
    for verdict in lexicon.verdicts:
        if verdict.decision == "reject":
            mentions = [mention for mention in mentions if not _concerns(verdict, mention)]
        else:
            mentions = _accept(parsed, mentions, verdict, lexicon)
    for mention in mentions:
        if mention.entity not in entities and mention.entity in lexicon.entities:
            entities[mention.entity] = lexicon.entities[mention.entity]
    used = {mention.entity for mention in mentions}
    kept = {key: entity for key, entity in entities.items() if key in used}
    ordered = sorted(mentions, key=lambda mention: (mention.field is not Field.TITLE, mention.start))
    return Linked(tuple(ordered), kept, linked.people)


def _fold(surface: str) -> str:
    return " ".join(surface.split()).casefold()


def _concerns(verdict: Verdict, mention: Resolved) -> bool:
    same_kind = (
        not verdict.kind or verdict.kind == mention.kind.value or _are_people(verdict.kind, mention.kind)
    )
    same_entity = not verdict.entity or verdict.decision == "accept" or verdict.entity == mention.entity
    return _fold(verdict.surface) == _fold(mention.surface) and same_kind and same_entity


def _are_people(kind: str, other: Kind) -> bool:
    """The same person may be read as a researcher in one run and not in the next."""
    return {kind, other.value} <= {Kind.PERSON.value, Kind.RESEARCHER.value}


def _accept(parsed: Parsed, mentions: list[Resolved], verdict: Verdict, lexicon: Lexicon) -> list[Resolved]:
    changed = [
        _judged(mention, verdict, lexicon) if _concerns(verdict, mention) else mention for mention in mentions
    ]
    added = [
        mention
        for mention in _occurrences(parsed, verdict, lexicon)
        if not any(_overlap(mention, other) for other in changed)
    ]
    return [*changed, *added]


def _judged(mention: Resolved, verdict: Verdict, lexicon: Lexicon) -> Resolved:
    entity = verdict.entity if verdict.entity in lexicon.entities else mention.entity
    kind = Kind(verdict.new_kind) if verdict.new_kind else mention.kind
    return replace(
        mention,
        entity=entity,
        kind=kind,
        score=1.0,
        method="judgment",
        reasons=("an analyst decided so",),
        is_ambiguous=False,
        candidates=(),
    )


def _occurrences(parsed: Parsed, verdict: Verdict, lexicon: Lexicon) -> list[Resolved]:
    kind = verdict.new_kind or verdict.kind
    if not kind or not verdict.surface.strip():
        return []
    words = r"\s+".join(re.escape(word) for word in verdict.surface.split())
    found = []
    for where, string in ((Field.TITLE, parsed.title), (Field.BODY, parsed.text)):
        shift = 0 if where is Field.TITLE else parsed.body
        for match in re.finditer(rf"(?<!\w){words}(?!\w)", string):
            found.append(
                Resolved(
                    field=where,
                    start=match.start(),
                    end=match.end(),
                    surface=match.group(),
                    kind=Kind(kind),
                    score=1.0,
                    method="judgment",
                    reasons=("an analyst decided so",),
                    sentence=parsed.sentence_at(match.start() + shift),
                    entity=verdict.entity if verdict.entity in lexicon.entities else "",
                )
            )
    return found


def _overlap(left: Resolved, right: Resolved) -> bool:
    return left.field is right.field and left.start < right.end and right.start < left.end
