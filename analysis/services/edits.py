"""Editing the brief: an analyst's words take the place of the machine's, with history and a way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from analysis.models import Analysis, BriefEdit
from analysis.pipeline.types import Point
from analysis.services.derive import sentence_at
from articles.models import Article, Version
from articles.services import record_audit
from articles.services.anchoring import Passage, find_passage

Field = BriefEdit.Field


class EditRefused(Exception):
    """The edit makes no sense now; `reason` is a sentence for the analyst."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class EditedPoint:
    """One sentence of an edit as it stands in a version: the numbers of its evidence today."""

    text: str
    sentences: tuple[int, ...]
    is_own: bool  # the analyst named no evidence
    is_lost: bool  # named, but its words are no longer in the text


def edit_brief(
    article: Article, field: str, points: Sequence[Point], *, by: User, line: str = ""
) -> BriefEdit:
    """Put these points in the field's place, or with none hide a line. Raises EditRefused without an analysis."""
    with transaction.atomic():
        row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        version, analysis = _current(row)
        edit = BriefEdit.objects.create(
            article=row,
            version=version,
            field=Field(field),
            line=line,
            points=[_stored(point, version, analysis) for point in points],
            before=_standing_points(row, version, analysis, field, line),
            by=by,
        )
        _copy_lead(row)
        detail = {"field": field, "points": [edit.before, edit.points]} | ({"line": line} if line else {})
        record_audit("edit brief", row, by=by, detail=detail)
        return edit


def undo_edit(edit: BriefEdit, *, by: User) -> BriefEdit:
    """Take an edit back; the one before it, or the machine's words, are shown again. Twice is harmless."""
    return _mark(edit, by=by, is_undone=True)


def restore_edit(edit: BriefEdit, *, by: User) -> BriefEdit:
    """Let an edit that was undone stand again. Twice is harmless."""
    return _mark(edit, by=by, is_undone=False)


@transaction.atomic
def _mark(edit: BriefEdit, *, by: User, is_undone: bool) -> BriefEdit:
    article = Article.objects.select_for_update(of=("self",)).get(pk=edit.article_id)
    row = BriefEdit.objects.select_for_update(of=("self",)).get(pk=edit.pk)
    if (row.undone_at is not None) == is_undone:
        return row
    values: dict[str, Any] = (
        {"undone_at": Now(), "undone_by": by} if is_undone else {"undone_at": None, "undone_by": None}
    )
    BriefEdit.objects.filter(pk=row.pk).update(**values)
    _copy_lead(article)
    record_audit(
        "undo edit" if is_undone else "restore edit",
        article,
        by=by,
        detail={"field": row.field, "edit": row.pk},
    )
    row.refresh_from_db()
    return row


def standing_edits(article_ids: Iterable[int]) -> dict[int, dict[str, BriefEdit]]:
    """The edit shown in each field of each article (lines switched one by one left out); one statement."""
    found: dict[int, dict[str, BriefEdit]] = {}
    rows = BriefEdit.objects.filter(article__in=list(article_ids), undone_at=None, line="").select_related(
        "by", "draft"
    )
    for edit in rows:  # newest first
        found.setdefault(edit.article_id, {}).setdefault(edit.field, edit)
    return found


def hidden_lines(article: Article, field: str = Field.FACT) -> dict[str, BriefEdit]:
    """The lines an analyst switched off, by id."""
    rows = BriefEdit.objects.filter(article=article, field=field, undone_at=None).exclude(line="")
    return {edit.line: edit for edit in rows.select_related("by")}


def edited_lead(article_id: int) -> str:
    """The first sentence of an edited summary, for lists; "" when nobody edited it."""
    edit = standing_edits([article_id]).get(article_id, {}).get(Field.SUMMARY)
    return edit.points[0]["text"] if edit and edit.points else ""


def points_in(edit: BriefEdit, version: Version, analysis: Analysis | None) -> list[EditedPoint]:
    """The sentences of an edit with the numbers their evidence has in this version."""
    return [_point_in(point, edit, version, analysis) for point in edit.points]


def _point_in(
    point: dict[str, Any], edit: BriefEdit, version: Version, analysis: Analysis | None
) -> EditedPoint:
    numbers = [_number(place, edit, version, analysis) for place in point["places"]]
    found = tuple(dict.fromkeys(number for number in numbers if number is not None))
    return EditedPoint(point["text"], found, not numbers, bool(numbers) and not found)


def _number(
    place: dict[str, Any], edit: BriefEdit, version: Version, analysis: Analysis | None
) -> int | None:
    """The sentence that holds a place today; None when its words do not stand in this version."""
    if analysis is None:
        return None
    start: int = place["start"]
    if edit.version_id != version.pk:
        text = version.title if place["field"] == "title" else version.text
        found = find_passage(Passage(place["quote"], "", "", start), text)
        if found is None:
            return None
        start = found[0]
    return sentence_at(analysis.sentences, place["field"], start)


def _current(article: Article) -> tuple[Version, Analysis]:
    version = article.version
    analysis = Analysis.objects.filter(version=version).first() if version else None
    if version is None or analysis is None:
        raise EditRefused("The text is still being analyzed; try again in a moment.")
    return version, analysis


def _stored(point: Point, version: Version, analysis: Analysis) -> dict[str, Any]:
    """A point as it is kept: evidence as places with their words."""
    places = []
    for number in point.sentences:
        field, start, end = analysis.sentences[number]
        text = version.title if field == "title" else version.text
        places.append({"field": field, "start": start, "end": end, "quote": text[start:end]})
    return {"text": point.text, "places": places}


def shown_points(
    article: Article, version: Version, analysis: Analysis, field: str, line: str = ""
) -> list[Point]:
    """What a field says now, edited or not; the analysis, which is written from findings, only when edited."""
    edit = BriefEdit.objects.filter(article=article, field=field, line=line, undone_at=None).first()
    if edit is not None:
        return [Point(point.text, point.sentences) for point in points_in(edit, version, analysis)]
    rows = getattr(analysis, field, []) if field in (Field.SUMMARY, Field.TAKEAWAYS) else []
    return [Point(row["text"], tuple(row["sentences"])) for row in rows]


def _standing_points(
    article: Article, version: Version, analysis: Analysis, field: str, line: str
) -> list[dict[str, Any]]:
    points = shown_points(article, version, analysis, field, line)
    return [{"text": point.text, "sentences": list(point.sentences)} for point in points]


def _copy_lead(article: Article) -> None:
    """Lists show the edited summary's first sentence; without an edit the machine's again."""
    lead = edited_lead(article.pk)
    if not lead and article.version_id:
        analysis = Analysis.objects.filter(version=article.version_id).first()
        lead = analysis.summary[0]["text"] if analysis and analysis.summary else ""
    if lead:
        Article.objects.filter(pk=article.pk).update(lead=lead)
