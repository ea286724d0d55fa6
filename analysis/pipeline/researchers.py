"""People + text → who is presented as a researcher, with role, affiliation and the words that say so."""

from dataclasses import dataclass, replace

from analysis.pipeline.evidence import Evidence, Reader
from analysis.pipeline.linking import Linked
from analysis.pipeline.types import Kind, Parsed, Span

THRESHOLD = 0.5  # chosen on spans-train: highest F1 of persons called researchers


@dataclass(frozen=True, slots=True)
class Finding:
    """What the text says about one person's research role."""

    score: float
    role: str
    category: str
    affiliation: tuple[int, int] | None  # the organization's span in the parsed string
    reasons: tuple[str, ...]
    place: int  # start of the mention with the best evidence, in its field
    affiliation_text: str = ""
    affiliation_entity: str = ""

    @property
    def is_researcher(self) -> bool:
        """Strong enough to be shown as a researcher."""
        return self.score >= THRESHOLD


def find_research(parsed: Parsed, linked: Linked, spans: list[Span]) -> dict[str, Finding]:
    """The persons presented as researchers, by entity key, with the evidence summed up."""
    people = linked.people
    reader = Reader(parsed, [span for group in people for span in group.spans], spans)
    findings = {}
    for group in people:
        finding = _sum_up([item for span in group.spans for item in reader.read(span)])
        if finding is not None and finding.is_researcher:
            findings[group.key("person")] = _place(finding, parsed, linked)
    return findings


def _place(finding: Finding, parsed: Parsed, linked: Linked) -> Finding:
    """Offsets in the parsed string → offsets and words in the article, and the affiliation's entity."""
    placed = replace(finding, place=parsed.place(finding.place, finding.place)[1])
    if finding.affiliation is None:
        return placed
    where, start, _ = parsed.place(*finding.affiliation)
    entity = next((m.entity for m in linked.mentions if m.field is where and m.start == start), "")
    return replace(placed, affiliation_text=parsed.surface(*finding.affiliation), affiliation_entity=entity)


def mark_researchers(linked: Linked, research: dict[str, Finding]) -> Linked:
    """Turn every mention of a researcher, surname alone included, and the entity into kind researcher."""
    mentions = tuple(
        replace(mention, kind=Kind.RESEARCHER) if mention.entity in research else mention
        for mention in linked.mentions
    )
    entities = {
        key: replace(entity, kind=Kind.RESEARCHER) if key in research else entity
        for key, entity in linked.entities.items()
    }
    return replace(linked, mentions=mentions, entities=entities)


def _sum_up(evidence: list[Evidence]) -> Finding | None:
    """Independent evidence adds up (noisy or), one count per kind of reason; counter-evidence scales it down."""
    best: dict[str, Evidence] = {}
    for item in evidence:
        if item.weight > 0 and (item.reason not in best or best[item.reason].weight < item.weight):
            best[item.reason] = item
    if not best:
        return None
    against = min((item.weight for item in evidence if item.weight < 0), default=0.0)
    missed = 1.0
    for item in best.values():
        missed *= 1 - item.weight
    ranked = sorted(
        best.values(), key=lambda item: (-item.weight * bool(item.role), -item.weight, item.start)
    )
    strongest = max(item.weight for item in ranked)
    score = (1 - missed) * (1 + against if strongest < 0.7 else 1)
    return Finding(
        score=round(score, 3),
        role=ranked[0].role,
        category=ranked[0].category or "scientist",
        affiliation=next((item.affiliation for item in ranked if item.affiliation), None),
        reasons=tuple(item.reason for item in ranked),
        place=ranked[0].start,
    )
