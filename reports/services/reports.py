"""Writing reports, and reading them as the values exports are written from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from analysis.models import Analysis, BriefEdit, Kind, Mention, Tag
from analysis.services.edits import standing_edits
from articles.models import Article, Snapshot, Version, user_label
from articles.services import record_audit
from reports.exports.types import Bundle, Item, MentionPart, TagPart
from reports.models import Report, ReportItem

CHUNK = 200  # articles read at once while streaming: memory stays flat, statements per article stay few
TOOL = "newsintel"


class ReportLocked(Exception):
    """The report is final and cannot be changed any more."""


# --- writing ---------------------------------------------------------------------------------------


@transaction.atomic
def create_report(title: str, *, articles: Iterable[Article], by: User, note: str = "") -> Report:
    """A new report with the current version of each article, in the given order."""
    report = Report.objects.create(title=title.strip() or "Untitled report", note=note, by=by)
    add_articles(report, articles=articles, by=by)
    record_audit("create report", report, by=by, detail={"articles": report.items.count()})
    return report


@transaction.atomic
def add_articles(report: Report, *, articles: Iterable[Article], by: User) -> int:
    """Freeze the current version of each article into the report; those already in it stay as they are."""
    _refuse_locked(report)
    last = report.items.aggregate(last=Max("position"))["last"] or 0
    fresh = [
        ReportItem(report=report, article=article, version_id=article.version_id, position=last + number)
        for number, article in enumerate(articles, 1)
        if article.version_id
    ]
    before = report.items.count()
    ReportItem.objects.bulk_create(fresh, ignore_conflicts=True)
    added = report.items.count() - before
    record_audit("add to report", report, by=by, detail={"articles": added})
    return added


@transaction.atomic
def remove_item(item: ReportItem, *, by: User) -> None:
    """Take one article out of the report."""
    _refuse_locked(item.report)
    record_audit("remove from report", item.report, by=by, detail={"article": item.article_id})
    item.delete()


@transaction.atomic
def edit_report(report: Report, *, title: str, note: str, by: User) -> Report:
    """Change title and note."""
    _refuse_locked(report)
    before = {"title": report.title, "note": report.note}
    report.title, report.note = title.strip() or report.title, note
    report.save(update_fields=["title", "note"])
    record_audit("edit report", report, by=by, detail={"before": before})
    return report


@transaction.atomic
def note_item(item: ReportItem, note: str, *, by: User) -> ReportItem:
    """Write the analyst's note on one article of the report."""
    _refuse_locked(item.report)
    record_audit(
        "note in report", item.report, by=by, detail={"article": item.article_id, "before": item.note}
    )
    item.note = note
    item.save(update_fields=["note"])
    return item


@transaction.atomic
def lock_report(report: Report, *, by: User) -> Report:
    """Make the report final."""
    Report.objects.filter(pk=report.pk, locked_at=None).update(locked_at=Now())
    record_audit("lock report", report, by=by)
    report.refresh_from_db()
    return report


@transaction.atomic
def delete_report(report: Report, *, by: User) -> None:
    """Remove the report; its articles stay."""
    _refuse_locked(report)
    record_audit("delete report", report, by=by, detail={"title": report.title})
    report.delete()


def record_export(label: str, *, by: User, detail: dict[str, Any]) -> None:
    """The audit row of an export; exports are changes of what the world knows."""
    record_audit("export", None, by=by, detail={"what": label, **detail})


def _refuse_locked(report: Report) -> None:
    if report.locked_at:
        raise ReportLocked("This report is final. Copy it to go on working.")


# --- reading: rows → plain values --------------------------------------------------------------------


def report_bundle(report: Report, *, by: User, site: str = "") -> Bundle:
    """The report as values; versions as they were when they were included."""
    rows = list(report.items.select_related("article__source", "version__snapshot"))
    notes = {row.article_id: row.note for row in rows}
    pairs = [(row.article, row.version) for row in rows]
    return Bundle(
        title=report.title,
        note=report.note,
        made_at=_moment(datetime.now(UTC)),
        made_by=user_label(by),
        tool=f"{TOOL} {tool_version()}",
        query="",
        items=tuple(_items(pairs, notes=notes, site=site)),
    )


def stream_items(articles: QuerySet[Article], *, site: str = "") -> Iterator[Item]:
    """One item per article with a text, read in chunks in the given order."""
    rows = articles.select_related("source", "version__snapshot").exclude(version=None)
    slim = rows.defer("search", "lead", "version__text", "version__snapshot__body")
    stream = slim.iterator(chunk_size=CHUNK)
    while chunk := list(islice(stream, CHUNK)):
        yield from _items([(row, row.version) for row in chunk if row.version], notes={}, site=site)


def _items(pairs: Sequence[tuple[Article, Version]], *, notes: dict[int, str], site: str) -> Iterator[Item]:
    versions = [version.pk for _, version in pairs]
    analyses = {row.version_id: row for row in Analysis.objects.filter(version__in=versions)}
    texts = dict(Version.objects.filter(pk__in=versions).values_list("pk", "text"))
    mentions: dict[int, list[Mention]] = {}
    for mention in Mention.objects.filter(version__in=versions, entity__isnull=False).order_by("pk"):
        mentions.setdefault(mention.version_id, []).append(mention)
    tags: dict[int, list[Tag]] = {}
    for tag in Tag.objects.filter(article__in=[article.pk for article, _ in pairs]).select_related("entity"):
        tags.setdefault(tag.article_id, []).append(tag)
    edits = standing_edits(article.pk for article, _ in pairs)
    for article, version in pairs:
        sentences = _sentences(analyses.get(version.pk), version.title, texts[version.pk])
        parts = _tag_parts(tags.get(article.pk, []), mentions.get(version.pk, []), sentences)
        if version.pk != article.version_id:  # a frozen older text: only what it names itself
            parts = tuple(part for part in parts if part.mentions)
        said = _said(analyses.get(version.pk), edits.get(article.pk, {}))
        yield _item(
            article, version, analyses.get(version.pk), parts, (notes.get(article.pk, ""), site, said)
        )


def _sentences(analysis: Analysis | None, title: str, text: str) -> list[str]:
    rows = analysis.sentences if analysis else []
    return [(title if field == "title" else text)[start:end] for field, start, end in rows]


def _tag_parts(tags: list[Tag], mentions: list[Mention], sentences: list[str]) -> tuple[TagPart, ...]:
    by_entity: dict[int, list[MentionPart]] = {}
    for mention in sorted(mentions, key=lambda row: (row.field != "title", row.start)):
        by_entity.setdefault(mention.entity_id or 0, []).append(_mention_part(mention, sentences))
    return tuple(_tag_part(tag, tuple(by_entity.get(tag.entity_id, ())), sentences) for tag in tags)


def _mention_part(mention: Mention, sentences: list[str]) -> MentionPart:
    return MentionPart(
        surface=mention.surface,
        field=mention.field,
        start=mention.start,
        end=mention.end,
        kind=mention.kind,
        score=mention.score,
        method=mention.method,
        origin=mention.origin,
        sentence=_sentence(sentences, mention.sentence),
        reasons=tuple(mention.reasons),
    )


def _tag_part(tag: Tag, mentions: tuple[MentionPart, ...], sentences: list[str]) -> TagPart:
    return TagPart(
        kind=tag.kind,
        kind_name=str(Kind(tag.kind).label),
        name=tag.entity.name,
        entity_id=tag.entity.key,
        country=tag.entity.country,
        score=tag.score,
        salience=tag.salience,
        is_about=tag.is_about,
        is_implied=tag.is_implied,
        role=tag.role,
        role_category=tag.role_category,
        affiliation=tag.affiliation,
        evidence=_sentence(sentences, tag.evidence),
        mentions=mentions,
    )


def _sentence(sentences: list[str], number: int) -> str:
    return " ".join(sentences[number].split()) if number < len(sentences) else ""


def _item(
    article: Article,
    version: Version,
    analysis: Analysis | None,
    tags: tuple[TagPart, ...],
    extra: tuple[str, str, dict[str, tuple[str, ...]]],
) -> Item:
    note, site, said = extra
    snapshot: Snapshot | None = version.snapshot
    return Item(
        id=article.pk,
        version=version.number,
        title=version.title or article.headline,
        url=article.canonical_url or article.url,
        link=f"{site}{article.get_absolute_url()}" if site else "",
        source=article.source.name if article.source else version.site,
        source_grade=article.source.grade if article.source else "",
        byline=version.byline,
        published=_moment(version.published_at),
        submitted=_moment(article.submitted_at),
        language=version.language,
        status=article.status.value,
        reading_minutes=article.reading_minutes,
        **said,
        text_sha256=version.text_hash,
        page_sha256=snapshot.sha256 if snapshot else "",
        fetched=_moment(snapshot.fetched_at if snapshot else None),
        pipeline_version=analysis.pipeline_version if analysis else "",
        tags=tags,
        note=note,
    )


def _said(analysis: Analysis | None, edits: dict[str, BriefEdit]) -> dict[str, tuple[str, ...]]:
    """Summary and takeaways: an analyst's words where there are some, else the machine's."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: edits[name].points if name in edits else getattr(analysis, name, [])
        for name in ("summary", "takeaways")
    }
    return {name: tuple(row["text"] for row in points) for name, points in rows.items()}


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def tool_version() -> str:
    """The version of this program, from the changelog's first entry when it runs from a checkout."""
    try:
        return metadata.version(TOOL)
    except metadata.PackageNotFoundError:
        return "0.1.0"
