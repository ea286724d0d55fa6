"""Findings, relations and statements as rows: derived from an analysis and the mentions as they stand.

A row's entity is that of the mention it was found with. When an analyst rejects that mention the row loses its
link, when it is linked anew the row follows, and merges reach it through the mention.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from analysis.models import Analysis, Entity, Finding, Mention, Relation, Statement
from articles.models import Article, Version

_PLACE = ("sentence", "field", "start", "end", "dated_at", "version_id")
_COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Finding: (
        *_PLACE, "affected_id", "affected_text", "effect", "direction", "horizon", "certainty", "said_by",
        "speaker_id", "cue",
    ),
    Relation: (*_PLACE, "subject_id", "kind", "object_id", "cue"),
    Statement: (*_PLACE, "speaker_id", "speaker_text", "about", "verb", "is_quote"),
}  # fmt: skip
_WORDS = 300  # the longest name kept


@dataclass(frozen=True, slots=True)
class Cast:
    """Who the keys of a run stand for today, in one version."""

    mentions: Sequence[Mention]  # as they stand, rejected and added ones too
    entities: Mapping[str, tuple[int, int]]  # key → (its own id, the id of who stands for it)
    tagged: frozenset[int]

    def stands(self, key: str, words: str, sentence: int) -> int | None:
        """The entity meant by a key and the words it was found with; None when an analyst said otherwise."""
        found = self._found(key, words, sentence)
        if found is None:
            _, survivor = self.entities.get(key, (0, 0))
            return survivor if survivor in self.tagged else None
        if not found.is_rejected:
            return found.entity_id
        return next((one.entity_id for one in self.mentions if _covers(one, found)), None)

    def _found(self, key: str, words: str, sentence: int) -> Mention | None:
        """The mention a row rests on: of that entity, best in the same sentence and in the same words."""
        own, _ = self.entities.get(key, (None, None))
        if own is None:
            same = [one for one in self.mentions if one.sentence == sentence and one.surface == words]
        else:
            same = [one for one in self.mentions if _as_found(one) == own]
        return min(
            same,
            key=lambda one: (one.sentence != sentence, one.surface != words, one.is_rejected, one.start),
            default=None,
        )

    def named_in(self, field: str, start: int, end: int) -> list[int]:
        """Entities that stand within a stretch of the text."""
        inside = (one for one in self.mentions if one.field == field and start <= one.start < end)
        return [one.entity_id for one in inside if one.entity_id and not one.is_rejected]


def _as_found(mention: Mention) -> int | None:
    """The entity the machine linked a mention to, before any judgment."""
    return mention.found["entity"] if mention.found else mention.entity_id


def _covers(one: Mention, found: Mention) -> bool:
    """Whether an analyst's mention stands where a rejected one was."""
    return (
        not one.is_rejected and one.field == found.field and one.start < found.end and found.start < one.end
    )


def write_typed(article: Article, version: Version, analysis: Analysis, cast: Cast) -> None:
    """Bring the article's findings, relations and statements to what stands. The article's row must be locked."""
    claims = [row for row in analysis.claims if row["start"] < row["end"]]
    _replace(Finding, article, version, _findings(analysis, claims, cast))
    _replace(Relation, article, version, _relations(analysis, cast))
    _replace(Statement, article, version, _statements(claims, cast))


def make_cast(analysis: Analysis, standing: Sequence[Mention], tagged: Iterable[int]) -> Cast:
    """Everything that decides whom the rows are about; one statement."""
    keys = {row.get("affected") for row in analysis.impacts} | {row.get("speaker") for row in analysis.claims}
    keys |= {row[side] for row in analysis.relationships for side in ("subject", "object")}
    keys |= {key for row in analysis.claims for key in row.get("about", ())}
    rows = Entity.objects.filter(key__in=keys - {"", None}).values_list("key", "pk", "merged_into_id")
    return Cast(standing, {key: (pk, into or pk) for key, pk, into in rows}, frozenset(tagged))


def _findings(
    analysis: Analysis, claims: Sequence[Mapping[str, Any]], cast: Cast
) -> Iterable[dict[str, Any]]:
    """One row for each sentence, effect and affected one."""
    speakers = {(row["sentence"], row["speaker_text"]): row["speaker"] for row in claims}
    seen: set[tuple[Any, ...]] = set()
    for row in analysis.impacts:
        place = _sentence(analysis, row["sentence"])
        affected = cast.stands(row["affected"], row["affected_text"], row["sentence"])
        key = (row["sentence"], row["effect"], affected or row["affected_text"])
        if place is None or key in seen:
            continue
        seen.add(key)
        said_by = row.get("said_by", "")
        speaker = row.get("speaker") or speakers.get((row["sentence"], said_by), "")
        yield place | {
            "affected_id": affected,
            "affected_text": row["affected_text"][:_WORDS],
            **{name: row[name] for name in ("effect", "direction", "horizon", "certainty")},
            "said_by": said_by[:_WORDS],
            "speaker_id": cast.stands(speaker, said_by, row["sentence"]) if said_by else None,
            "cue": row.get("cue", "")[:200],
        }


def _relations(analysis: Analysis, cast: Cast) -> Iterable[dict[str, Any]]:
    """Relations of which both sides still stand, and are still two."""
    seen: set[tuple[Any, ...]] = set()
    for row in analysis.relationships:
        place = _sentence(analysis, row["sentence"])
        subject = cast.stands(row["subject"], "", row["sentence"])
        other = cast.stands(row["object"], "", row["sentence"])
        key = (row["sentence"], subject, row["kind"], other)
        if place is None or subject is None or other is None or subject == other or key in seen:
            continue
        seen.add(key)
        yield place | {
            "subject_id": subject,
            "kind": row["kind"][:40],
            "object_id": other,
            "cue": row.get("cue", "")[:200],
        }


def _statements(claims: Iterable[Mapping[str, Any]], cast: Cast) -> Iterable[dict[str, Any]]:
    for row in claims:
        speaker = cast.stands(row["speaker"], row["speaker_text"], row["sentence"])
        told = {cast.stands(key, "", row["sentence"]) for key in row.get("about", ())} - {None}
        about = {*cast.named_in(row["field"], row["start"], row["end"]), *told}
        yield {
            **{name: row[name] for name in ("sentence", "field", "start", "end", "is_quote")},
            "speaker_id": speaker,
            "speaker_text": row["speaker_text"][:_WORDS],
            "about": sorted(pk for pk in about if pk and pk != speaker),
            "verb": row["verb"][:40],
        }


def _sentence(analysis: Analysis, number: int) -> dict[str, Any] | None:
    """The place of a sentence; None when the analysis has none of that number, or an empty one."""
    if not 0 <= number < len(analysis.sentences):
        return None
    field, start, end = analysis.sentences[number]
    return {"sentence": number, "field": field, "start": start, "end": end} if start < end else None


def _replace(
    model: type[models.Model], article: Article, version: Version, wanted: Iterable[dict[str, Any]]
) -> None:
    """Delete rows that no longer stand and insert new ones; those that stay keep their ids."""
    names = _COLUMNS[model]
    fixed = {"version_id": version.pk, "dated_at": article.dated_at}
    rows = [model(article_id=article.pk, **fixed, **values) for values in wanted]
    left: dict[tuple[Any, ...], list[models.Model]] = {}
    for row in rows:
        left.setdefault(_image(row, names), []).append(row)
    gone = []
    for stored in model._default_manager.filter(article_id=article.pk):
        same = left.get(_image(stored, names))
        if same:
            same.pop()
        else:
            gone.append(stored.pk)
    if gone:
        model._default_manager.filter(pk__in=gone).delete()
    model._default_manager.bulk_create([row for group in left.values() for row in group])


def _image(row: models.Model, names: Sequence[str]) -> tuple[Any, ...]:
    values = (getattr(row, name) for name in names)
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)
