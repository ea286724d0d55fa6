"""The brief above an article's text: what was found, as sentences, rows and claims that point at their evidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import get_language_info

from analysis.models import Analysis, Entity, Mention
from analysis.pipeline.narrative import Affected, Paragraph, affected_rows, narrate
from analysis.pipeline.types import OBSERVABLES, Impact

ROWS_SHOWN, CLAIMS_SHOWN, RELATIONS_SHOWN = 8, 5, 6  # the rest unfolds
ABOUT_SHOWN = 3
Item = TypeVar("Item")
TOGETHER = "mentioned-together"  # no pattern says how; shown folded
IMPACT_FIELDS = tuple(name for name in Impact.__dataclass_fields__ if name not in ("sentence", "cue"))


@dataclass(frozen=True, slots=True)
class AffectedRow:
    """One row of "who is affected": its values, and the entity when it still stands."""

    row: Affected
    entity: Entity | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Who says what about whom."""

    speaker: Entity | None
    speaker_text: str
    verb: str
    words: str
    is_quote: bool
    about: tuple[Entity, ...]
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """Two entities and how one sentence connects them."""

    subject: Entity
    kind: str
    object: Entity
    sentence: int

    @property
    def words(self) -> str:
        """The kind as a reader says it."""
        return self.kind.replace("-", " ").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Folded(Generic[Item]):
    """A list of which the first are shown and the rest unfolds."""

    shown: Sequence[Item]
    rest: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything the brief shows that is made from the analysis of one version."""

    paragraphs: tuple[Paragraph, ...]
    affected: Folded[AffectedRow]
    statements: Folded[Statement]
    connections: Folded[Connection]
    together: Sequence[Connection]
    language: str  # the language's name when findings are not drawn from it, "" for English


def make_brief(analysis: Analysis | None, text: str, mentions: Sequence[Mention]) -> Brief:
    """The brief of one version; an analysis that is missing or empty gives an empty one."""
    found = analysis or Analysis()
    entities = standing_entities(mentions, keys_of(found))
    rows = affected_rows(impacts_of(found), {key: entity.name for key, entity in entities.items()})
    connections = connections_of(found, entities)
    return Brief(
        paragraphs=narrate(rows),
        affected=folded([AffectedRow(row, entities.get(row.entity)) for row in rows], ROWS_SHOWN),
        statements=folded(statements_of(found, text, mentions, entities), CLAIMS_SHOWN),
        connections=folded([one for one in connections if one.kind != TOGETHER], RELATIONS_SHOWN),
        together=[one for one in connections if one.kind == TOGETHER],
        language=foreign_language(found.language),
    )


def folded(items: Sequence[Item], limit: int) -> Folded[Item]:
    """Split after `limit`; a single left-over is shown with the others, a fold for it would be longer."""
    at = limit if len(items) > limit + 1 else len(items)
    return Folded(items[:at], items[at:])


def keys_of(analysis: Analysis) -> set[str]:
    """Every entity the findings speak of."""
    keys = {str(impact.get("affected", "")) for impact in analysis.impacts}
    keys |= {str(claim.get("speaker", "")) for claim in analysis.claims}
    keys |= {str(key) for claim in analysis.claims for key in claim.get("about", ())}
    keys |= {str(one.get(end, "")) for one in analysis.relationships for end in ("subject", "object")}
    return keys - {""}


def standing_entities(mentions: Iterable[Mention], keys: set[str]) -> dict[str, Entity]:
    """The entities that still have a mention in the text, by key; a merged one stands under its old key too.

    What an analyst rejected has no mention any more: its findings are shown with the words of the text, unlinked.
    """
    standing = {mention.entity.key: mention.entity for mention in mentions if mention.entity is not None}
    missing = keys - standing.keys()
    if missing:
        merged = Entity.objects.filter(key__in=missing, merged_into__isnull=False)
        for key, into in merged.values_list("key", "merged_into__key"):
            if into in standing:
                standing[key] = standing[into]
    return standing


def impacts_of(analysis: Analysis) -> list[Impact]:
    """The stored findings as values; fields that a later pipeline adds are left aside."""
    return [
        Impact(
            **{name: str(row.get(name, "")) for name in IMPACT_FIELDS},
            sentence=int(row["sentence"]),
            cue=str(row.get("cue", "")),
        )
        for row in analysis.impacts
        if has_sentence(analysis, row)
    ]


def statements_of(
    analysis: Analysis, text: str, mentions: Sequence[Mention], entities: Mapping[str, Entity]
) -> list[Statement]:
    """Claims with the words of the text between their offsets."""
    return [
        Statement(
            speaker=entities.get(claim["speaker"]),
            speaker_text=claim["speaker_text"],
            verb=claim["verb"],
            words=text[claim["start"] : claim["end"]].strip(" ,"),
            is_quote=claim["is_quote"],
            about=about(claim, mentions, entities),
            sentences=sentences_of(analysis, claim),
        )
        for claim in analysis.claims
        if has_sentence(analysis, claim)
    ]


def about(
    claim: Mapping[str, Any], mentions: Iterable[Mention], entities: Mapping[str, Entity]
) -> tuple[Entity, ...]:
    """Whom a claim is about; in one stored before claims said so, whom its words name, the speaker left out."""
    if "about" in claim:
        named = [entities[key] for key in claim["about"] if key in entities]
    else:
        named = [
            mention.entity
            for mention in mentions
            if mention.entity is not None
            and mention.field == claim["field"]
            and claim["start"] <= mention.start < claim["end"]
            and mention.kind not in OBSERVABLES
        ]
    speaker = entities.get(claim["speaker"])
    return tuple(dict.fromkeys(entity for entity in named if entity != speaker))[:ABOUT_SHOWN]


def sentences_of(analysis: Analysis, claim: Mapping[str, Any]) -> tuple[int, ...]:
    """The sentences a claim's words lie in, its own first: a quotation may run over several."""
    touched = [
        number
        for number, (field, start, end) in enumerate(analysis.sentences)
        if field == claim["field"] and start < claim["end"] and end > claim["start"]
    ]
    return tuple(dict.fromkeys([int(claim["sentence"]), *touched]))


def connections_of(analysis: Analysis, entities: Mapping[str, Entity]) -> list[Connection]:
    """Relations between entities that both still stand, each pair and kind once."""
    found: dict[tuple[int, str, int], Connection] = {}
    for row in analysis.relationships:
        subject, other = entities.get(row.get("subject", "")), entities.get(row.get("object", ""))
        if subject is None or other is None or subject == other or not has_sentence(analysis, row):
            continue
        connection = Connection(subject, str(row.get("kind", TOGETHER)), other, row["sentence"])
        found.setdefault((subject.pk, connection.kind, other.pk), connection)
    return list(found.values())


def has_sentence(analysis: Analysis, row: Mapping[str, Any]) -> bool:
    """Whether the sentence a finding points at exists: what cannot be shown in the text is not shown above it."""
    number = row.get("sentence")
    return isinstance(number, int) and 0 <= number < len(analysis.sentences)


def foreign_language(code: str) -> str:
    """The English name of a language that findings are not drawn from, "" for English and unknown."""
    if code in ("", "en", "und"):
        return ""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code
