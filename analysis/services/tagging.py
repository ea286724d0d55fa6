"""Standing mentions + the run's own tags → tags: what the article involves, and how much. No database in here."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.models import PEOPLE, Mention, Tag
from analysis.pipeline.types import Kind

# For tags the run did not make itself (added or relinked by an analyst): a rough salience on the run's scale.
TITLE_SALIENCE = 0.35
COUNT_SALIENCE = 0.3
ABOUT = 0.45

RunTag = dict[str, Any]


def derive_tags(
    mentions: Iterable[Mention],
    run_tags: Sequence[RunTag],
    survivors: Mapping[int, int],
    kinds: Mapping[int, str],
) -> dict[int, Tag]:
    """One tag per entity with a standing mention, by entity id; `kinds` are the entities' own by their ids.

    Role, salience and evidence come from the run's tag for the entity, for one merged into it, or for the one
    its mentions were linked to before an analyst linked them here.
    """
    named: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.entity_id is not None and not mention.is_rejected:
            named[mention.entity_id].append(mention)
    by_entity: dict[int, RunTag] = {}
    for run_tag in sorted(run_tags, key=lambda tag: (tag["salience"], tag["mention_count"])):
        by_entity[survivors.get(run_tag["entity"], run_tag["entity"])] = run_tag  # the most salient one last
    most = max(map(len, named.values()), default=1)
    tags = {}
    for entity_id, own in sorted({**_owned(named, by_entity, survivors), **named}.items()):
        tag = _tag(own, by_entity.get(entity_id) or _inherited(own, by_entity), most)
        tag.entity_id, tag.kind = entity_id, _kind(own, kinds[entity_id], tag.kind)
        tags[entity_id] = tag
    return tags


def _owned(
    named: Mapping[int, list[Mention]], by_entity: Mapping[int, RunTag], survivors: Mapping[int, int]
) -> dict[int, list[Mention]]:
    """Owners that the article names only through their brands, with the standing mentions of those."""
    carried = {}
    for owner, run_tag in by_entity.items():
        brands = dict.fromkeys(survivors.get(brand, brand) for brand in run_tag.get("brands", ()))
        if own := [mention for brand in brands for mention in named.get(brand, ())]:
            carried[owner] = own
    return carried


def _tag(own: list[Mention], run_tag: RunTag | None, most: int) -> Tag:
    is_judged = any(mention.judgment_id for mention in own)
    naming = [mention for mention in own if not mention.is_implied] or own
    best = max(naming, key=lambda mention: (mention.score, -mention.start))
    if run_tag is None:
        return _new_tag(own, best, most)
    proofs = {mention.sentence for mention in own}
    evidence = run_tag["evidence"]
    return Tag(
        kind=run_tag["kind"],
        score=1.0 if is_judged else run_tag["score"],
        salience=run_tag["salience"],
        is_about=run_tag["is_about"],
        is_implied=all(mention.is_implied for mention in own),
        mention_count=len(own),
        evidence=evidence if evidence in proofs else best.sentence,
        role=run_tag["role"],
        role_category=run_tag["role_category"],
        affiliation=run_tag["affiliation"],
        reasons=run_tag["reasons"],
    )


def _inherited(own: list[Mention], by_entity: Mapping[int, RunTag]) -> RunTag | None:
    """The run's tag under which these mentions stood before they were linked here."""
    for mention in own:
        before = (mention.found or {}).get("entity")
        if before is not None and before in by_entity:
            return by_entity[before]
    return None


def _new_tag(own: list[Mention], best: Mention, most: int) -> Tag:
    in_title = any(mention.field == "title" for mention in own)
    salience = TITLE_SALIENCE * in_title + COUNT_SALIENCE * math.log1p(len(own)) / math.log1p(max(most, 2))
    return Tag(
        kind=own[0].kind,
        score=best.score,
        salience=round(min(1.0, salience), 3),
        is_about=salience >= ABOUT,
        is_implied=all(mention.is_implied for mention in own),
        mention_count=len(own),
        evidence=best.sentence,
        reasons=list(best.reasons),
    )


def _kind(own: list[Mention], entity_kind: str, run_kind: str) -> str:
    """How this article presents the entity: people by what it says of them, everything else by what it is."""
    if entity_kind not in PEOPLE:
        return entity_kind
    judged = {mention.kind for mention in own if mention.judgment_id}
    kinds = judged or {run_kind, *(mention.kind for mention in own)}
    return Kind.RESEARCHER.value if Kind.RESEARCHER.value in kinds else Kind.PERSON.value
