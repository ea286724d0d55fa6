"""What stands = what the machine found + what analysts decided + what was merged. No database in here.

Mention and tag rows are derived by these functions after every run, judgment, merge and undo, always from
the same inputs; so the order in which those happened does not matter, and undoing is deriving without.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.models import PEOPLE, Judgment, Mention, Origin
from analysis.pipeline.types import OBSERVABLES, Kind

Decision = Judgment.Decision
Place = tuple[str, int, int]
# The most special scope decides first, within a scope the newest judgment.
_SCOPES = {Judgment.Scope.ARTICLE: 0, Judgment.Scope.SOURCE: 1, Judgment.Scope.EVERYWHERE: 2}
_KEPT = ("kind", "score", "method", "reasons", "is_ambiguous", "is_implied")
_GEOGRAPHIC = (Kind.COUNTRY.value, Kind.NATIONALITY.value)
_UNLINKED = (*(kind.value for kind in OBSERVABLES), Kind.OTHER.value)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that decides what stands in one version."""

    title: str
    text: str
    sentences: Sequence[Sequence[Any]]  # [[field, start, end], …] as in Analysis.sentences
    judgments: Sequence[Judgment]  # in scope and not undone
    survivors: Mapping[int, int]  # entity id → id of the entity that stands for it
    candidates: Mapping[str, int] = field(
        default_factory=dict
    )  # the same by entity key, for ambiguous mentions


def words(surface: str) -> tuple[str, bool]:
    """What makes two surfaces the same words: case apart, but "us" is never "US" and "apple" never "Apple"."""
    joined = " ".join(surface.split())
    return joined.casefold(), joined.islower()


def same_kind(one: str, other: str) -> bool:
    """The same person may be read as a researcher in one run and not in the next."""
    return one == other or (one in PEOPLE and other in PEOPLE)


def in_order(judgments: Iterable[Judgment]) -> list[Judgment]:
    """The order in which judgments are asked."""
    return sorted(judgments, key=lambda judgment: (_SCOPES[Judgment.Scope(judgment.scope)], -judgment.pk))


def restore(mention: Mention) -> None:
    """Back to what the machine said."""
    if mention.found is not None:
        for name in _KEPT:
            setattr(mention, name, mention.found[name])
        mention.entity_id = mention.found["entity"]
    mention.found, mention.judgment_id, mention.is_rejected = None, None, False


def derive_mentions(found: Sequence[Mention], inputs: Inputs) -> list[Mention]:
    """The machine's mentions as they stand (rejected ones marked), and those analysts added."""
    ordered = in_order(inputs.judgments)
    added = _added([judgment for judgment in ordered if _adds(judgment, ordered)], inputs)
    others = [judgment for judgment in ordered if judgment.decision != Decision.ADD]
    for mention in found:
        restore(mention)
        _decide(mention, others, added, inputs)
    _settle_clashes(found)
    return [*found, *added]


def _adds(judgment: Judgment, ordered: list[Judgment]) -> bool:
    """An added surface stands unless a more special or newer judgment rejects it."""
    if judgment.decision != Decision.ADD:
        return False
    stronger = ordered[: ordered.index(judgment)]
    return not any(
        one.decision == Decision.REJECT
        and words(one.surface) == words(judgment.surface)
        and (same_kind(one.kind, judgment.new_kind) or one.entity_id == judgment.new_entity_id)
        for one in stronger
    )


def _decide(mention: Mention, judgments: list[Judgment], added: list[Mention], inputs: Inputs) -> None:
    """Apply the first judgment that concerns the mention, or let an added one cover it."""
    before = {name: getattr(mention, name) for name in _KEPT} | {"entity": mention.entity_id}
    cover = next((other for other in added if _overlap(mention, other)), None)
    if cover is not None:
        mention.is_rejected, mention.judgment_id = True, cover.judgment_id
    else:
        judgment = next((one for one in judgments if concerns(one, mention, inputs.survivors)), None)
        if judgment is not None:
            _apply(judgment, mention)
        elif mention.is_ambiguous:
            _link_merged(mention, inputs)
    if mention.is_rejected:
        mention.entity_id = None
    if mention.entity_id is not None:
        mention.entity_id = inputs.survivors.get(mention.entity_id, mention.entity_id)
    after = {name: getattr(mention, name) for name in _KEPT} | {"entity": mention.entity_id}
    mention.found = before if before != after else None


def _link_merged(mention: Mention, inputs: Inputs) -> None:
    """Candidates that were merged into one are no longer a question."""
    meant = {inputs.candidates.get(key) for key, _, _ in mention.candidates}
    if len(meant) == 1 and None not in meant:
        mention.entity_id = meant.pop()
        mention.is_ambiguous = False
        mention.reasons = [*mention.reasons, "all it may mean was merged into one"]


def concerns(judgment: Judgment, mention: Mention, survivors: Mapping[int, int]) -> bool:
    """Is the mention, as the machine found it, one that was judged?

    A judgment on a tag (without a place) concerns every mention of its entity, whatever the words.
    """
    is_same = judgment.entity_id is not None and _stands_for(judgment.entity_id, survivors) == _stands_for(
        mention.entity_id, survivors
    )
    if judgment.start is None:
        return is_same
    if words(judgment.surface) != words(mention.surface):
        return False
    if judgment.decision == Decision.ACCEPT:
        return same_kind(judgment.kind, mention.kind) and (is_same or judgment.entity_id == mention.entity_id)
    return is_same or same_kind(judgment.kind, mention.kind)


def _stands_for(entity_id: int | None, survivors: Mapping[int, int]) -> int | None:
    return None if entity_id is None else survivors.get(entity_id, entity_id)


_SAID = {
    Decision.ACCEPT: "an analyst confirmed it",
    Decision.REKIND: "an analyst gave it another kind",
    Decision.RELINK: "an analyst linked it",
    Decision.ADD: "an analyst added it",
}


def _apply(judgment: Judgment, mention: Mention) -> None:
    mention.judgment_id = judgment.pk
    if judgment.decision == Decision.REJECT:
        mention.is_rejected = True
        return
    if judgment.decision == Decision.REKIND:
        mention.kind = judgment.new_kind
        mention.entity_id = judgment.new_entity_id
    elif judgment.decision == Decision.RELINK:
        mention.kind = judgment.new_kind or mention.kind
        mention.entity_id = judgment.new_entity_id
        mention.is_implied = False
    mention.is_ambiguous = False
    mention.score, mention.method = 1.0, "judgment"
    mention.reasons = [*mention.reasons, _SAID[Decision(judgment.decision)]]


def kind_after_link(found: str, entity_kind: str) -> str:
    """The kind of a mention that is linked to an entity: "Chinese" stays a nationality when it means China."""
    if found in _GEOGRAPHIC and entity_kind == Kind.COUNTRY.value:
        return found
    return found if found in PEOPLE and entity_kind in PEOPLE else entity_kind


def needs_entity(kind: str) -> bool:
    """Observables and "other" may stand alone; everything else is a tag."""
    return kind not in _UNLINKED


def _settle_clashes(found: Sequence[Mention]) -> None:
    """Two mentions at one place that have become the same kind are one; the later is set aside."""
    seen: set[tuple[str, int, int, str]] = set()
    for mention in found:
        place = (mention.field, mention.start, mention.end, mention.kind)
        if not mention.is_rejected and place in seen:
            judgment = mention.judgment_id
            restore(mention)
            mention.is_rejected, mention.judgment_id = True, judgment
            mention.found = {name: getattr(mention, name) for name in _KEPT} | {"entity": mention.entity_id}
            mention.entity_id = None
        elif not mention.is_rejected:
            seen.add(place)


def _overlap(one: Mention, other: Mention) -> bool:
    return one.field == other.field and one.start < other.end and other.start < one.end


def _added(judgments: list[Judgment], inputs: Inputs) -> list[Mention]:
    """A mention for each place of each surface an analyst added, the longest first where they overlap."""
    added: list[Mention] = []
    for judgment in sorted(judgments, key=lambda one: -len(one.surface)):
        for place in _places(judgment, inputs):
            mention = _analyst_mention(judgment, place, inputs)
            if not any(_overlap(mention, other) for other in added):
                added.append(mention)
    return added


def _places(judgment: Judgment, inputs: Inputs) -> list[Place]:
    """Where the added words stand: in these very letters, not inside a longer word."""
    inside = r"(?<!\w)" if re.match(r"\w", judgment.surface) else ""
    behind = r"(?!\w)" if re.search(r"\w$", judgment.surface) else ""
    pattern = re.compile(inside + re.escape(judgment.surface) + behind)
    return [
        (field, found.start(), found.end())
        for field, string in (("title", inputs.title), ("body", inputs.text))
        for found in pattern.finditer(string)
    ] or _selected(judgment, inputs)


def _selected(judgment: Judgment, inputs: Inputs) -> list[Place]:
    """The very place that was selected, when it is a part of a word."""
    if judgment.start is None or judgment.end is None:
        return []
    string = inputs.title if judgment.field == "title" else inputs.text
    if string[judgment.start : judgment.end] != judgment.surface:
        return []
    return [(judgment.field, judgment.start, judgment.end)]


def _analyst_mention(judgment: Judgment, place: Place, inputs: Inputs) -> Mention:
    field, start, end = place
    entity = _stands_for(judgment.new_entity_id, inputs.survivors)
    return Mention(
        field=field,
        start=start,
        end=end,
        surface=judgment.surface,
        kind=judgment.new_kind,
        entity_id=entity,
        score=1.0,
        method="judgment",
        reasons=[_SAID[Decision.ADD]],
        sentence=sentence_at(inputs.sentences, field, start),
        value=judgment.surface if judgment.new_kind in _UNLINKED else "",
        origin=Origin.ANALYST,
        by_id=judgment.by_id,
        judgment_id=judgment.pk,
    )


def sentence_at(sentences: Sequence[Sequence[Any]], field: str, start: int) -> int:
    """Number of the sentence that holds a place."""
    found = 0
    for number, (where, first, _) in enumerate(sentences):
        if where == field and first <= start:
            found = number
    return found
