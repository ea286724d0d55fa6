"""Mentions → tags: what the article involves, what it is about, and the sentence that proves it."""

import math
from dataclasses import replace

from analysis.pipeline.linking import Linked
from analysis.pipeline.researchers import Finding
from analysis.pipeline.types import Field, Kind, KnownEntity, Parsed, Resolved, Tag

# Features and weights, chosen by hand: no labels for aboutness exist. A headline name is what an article is
# about in most news; frequency counts on a logarithmic scale, spread is the share of quarters of the text.
_TITLE, _LEAD, _FREQUENCY, _SPREAD = 0.35, 0.2, 0.3, 0.15
_ABOUT = 0.45
_LEAD_SHARE = 0.15  # the first part of the text that counts as its lead
_LEAD_MINIMUM = 300  # characters
_USUAL_TOP = 3  # an article whose most frequent name stands less often than this has no frequent name


def make_tags(parsed: Parsed, linked: Linked, research: dict[str, Finding]) -> tuple[Tag, ...]:
    """One tag per entity, most salient first; `research` holds the researchers by entity key."""
    mentions = linked.mentions
    named = {mention.entity for mention in mentions if not mention.is_implied}
    groups: dict[str, list[int]] = {}
    for number, mention in enumerate(mentions):
        if mention.entity:
            groups.setdefault(mention.entity, []).append(number)
    top = max((len(numbers) for numbers in groups.values()), default=1)
    tags = [
        _with_research(
            _make_tag(parsed, linked.entities[key], numbers, mentions, top), key in named, linked, research
        )
        for key, numbers in groups.items()
    ]
    return tuple(sorted(tags, key=lambda tag: (-tag.salience, tag.entity)))


def _make_tag(
    parsed: Parsed, entity: KnownEntity, numbers: list[int], mentions: tuple[Resolved, ...], top: int
) -> Tag:
    own = [mentions[number] for number in numbers]
    salience, reasons = weigh_salience(parsed, own, top)
    naming = [mention for mention in own if not mention.is_implied] or own
    best = max(naming, key=lambda mention: (mention.score, -mention.start))
    return Tag(
        entity=entity.key,
        kind=entity.kind,
        score=best.score,
        salience=salience,
        is_about=salience >= _ABOUT,
        is_implied=own[0].is_implied and all(mention.is_implied for mention in own),
        mentions=tuple(numbers),
        evidence=best.sentence,
        reasons=reasons,
    )


def _with_research(tag: Tag, is_named: bool, linked: Linked, research: dict[str, Finding]) -> Tag:  # noqa: FBT001
    finding = research.get(tag.entity)
    if finding is None or not is_named or tag.kind not in (Kind.PERSON, Kind.RESEARCHER):
        return tag
    proof = next(
        (number for number in tag.mentions if linked.mentions[number].start == finding.place), tag.mentions[0]
    )
    return replace(
        tag,
        kind=Kind.RESEARCHER,
        score=round(tag.score * finding.score, 4),
        evidence=linked.mentions[proof].sentence,
        role=finding.role,
        role_category=finding.category,
        affiliation=finding.affiliation_text,
        affiliation_entity=finding.affiliation_entity,
        reasons=(*finding.reasons, *tag.reasons),
    )


def weigh_salience(parsed: Parsed, mentions: list[Resolved], top: int) -> tuple[float, tuple[str, ...]]:
    """Salience 0..1 of one entity and why; `top` is the highest number of mentions of any entity."""
    length = max(1, len(parsed.text))
    body = [mention.start for mention in mentions if mention.field is Field.BODY]
    in_title = len(body) < len(mentions)
    in_lead = any(start < max(_LEAD_MINIMUM, _LEAD_SHARE * length) for start in body)
    frequency = math.log1p(len(mentions)) / math.log1p(max(top, _USUAL_TOP))
    spread = len({start * 4 // length for start in body}) / 4
    # Without a title its weight goes to the lead: pasted text often has none.
    title_weight, lead_weight = (_TITLE, _LEAD) if parsed.title else (0.0, _LEAD + _TITLE)
    value = title_weight * in_title + lead_weight * in_lead + _FREQUENCY * frequency + _SPREAD * spread
    times = "named once" if len(mentions) == 1 else f"named {len(mentions)} times"
    facts = ((in_title, "named in the title"), (in_lead, "named in the lead"), (True, times))
    return round(min(1.0, value), 3), tuple(words for holds, words in facts if holds)
