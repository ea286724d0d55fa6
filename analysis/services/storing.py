"""Analyze and store: one run of the pipeline over one version, written in one transaction."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.db import OperationalError, transaction

from analysis.models import Analysis, Entity, Mention, Origin
from analysis.pipeline import PIPELINE_VERSION, analyze
from analysis.pipeline.records import point_record
from analysis.pipeline.types import Resolved, Result
from analysis.pipeline.types import Tag as RunTag
from analysis.services.edits import edited_lead
from analysis.services.entities import upsert_entities
from analysis.services.lexicon import build_lexicon
from analysis.services.settling import Change, Ledger, settle_article
from articles.leases import Lease, finish
from articles.models import Article, Stage, Version
from articles.services import record_audit
from articles.services.claims import hold_row, postpone_article

log = logging.getLogger(__name__)
EMPTY = Change(frozenset(), frozenset())


def analyze_and_store(lease: Lease) -> bool:
    """Run the pipeline over the current version; False when the lease was lost or it has to be tried again."""
    article = Article.objects.select_related("source", "version").get(pk=lease.id)
    started = time.monotonic()
    result = run_pipeline(article)
    milliseconds = round((time.monotonic() - started) * 1000)
    try:
        return store_result(article, result, lease, milliseconds=milliseconds)
    except OperationalError:  # a deadlock or a timeout; whatever it was, nothing is half written
        log.exception("Storing the analysis of article %s has to be tried again.", lease.id)
        postpone_article(lease, "The database could not store the analysis.")
        return False


def run_pipeline(article: Article) -> Result:
    """The pipeline's result for the article's current version, before any judgment."""
    version = article.version
    if version is None:
        raise ValueError("An article without a text cannot be analyzed.")
    published = version.published_at.date().isoformat() if version.published_at else ""
    return analyze(
        version.title,
        version.text,
        build_lexicon(None),
        published_on=published,
        source_host=article.source.host if article.source else "",
    )


def store_result(article: Article, result: Result, lease: Lease | None, *, milliseconds: int = 0) -> bool:
    """Write a result, if the article still has the version it was made from; False when too late.

    With a lease the article moves on to its next stage; without one (a re-run) it stays where it is.
    """
    with transaction.atomic():
        row = hold_row(lease) if lease is not None else lock_article(article.pk)
        if row is None or row.version_id is None or row.version_id != article.version_id:
            return False
        replace_analysis(row, result, milliseconds=milliseconds)
        return finish(lease, stage=Stage.ANALYZED) if lease is not None else True


def lock_article(article_id: int) -> Article | None:
    """The article's row, locked until the transaction ends; None when it is gone."""
    return Article.objects.select_for_update(of=("self",)).filter(pk=article_id).first()


def replace_analysis(row: Article, result: Result, *, milliseconds: int = 0) -> Change:
    """Put the result in the place of the last one and settle what follows from it. The row must be locked."""
    version = Version.objects.get(article=row, pk=row.version_id or 0)
    entities = upsert_entities(result.entities)
    _store_analysis(version, result, entities, milliseconds=milliseconds)
    _copy_language(row, version, result)
    ledger = Ledger()
    change = settle_article(row, version, ledger, found=_mentions(result, entities))
    detail = {
        "pipeline": result.pipeline_version,
        "lexicon": result.lexicon_version,
        "added": len(change.added),
        "removed": len(change.removed),
    }
    record_audit("analyze", row, by=None, detail=detail)
    ledger.close()
    return change


def _copy_language(row: Article, version: Version, result: Result) -> None:
    """The language read from the text where extraction knew none, and the first sentence for lists."""
    row.language = version.language or result.language.replace("und", "")
    found = result.summary[0].text if result.summary else version.description or _opening(version.text)
    row.lead = edited_lead(row.pk) or found
    Article.objects.filter(pk=row.pk).update(language=row.language, lead=row.lead)


def _opening(text: str) -> str:
    """The beginning of a text, cut at a word."""
    first = " ".join(text[:400].split())
    return first if len(first) <= 240 else first[:240].rsplit(" ", 1)[0] + " …"


def _store_analysis(
    version: Version, result: Result, entities: Mapping[str, Entity], *, milliseconds: int
) -> Analysis:
    values: dict[str, Any] = {
        "pipeline_version": result.pipeline_version,
        "lexicon_version": result.lexicon_version[:80],
        "language": result.language[:8],
        "sentences": [[sentence.field.value, sentence.start, sentence.end] for sentence in result.sentences],
        "summary": [point_record(point) for point in result.summary],
        "takeaways": [point_record(point) for point in result.takeaways],
        "impacts": [_plain(impact) for impact in result.impacts],
        "claims": [_plain(claim) for claim in result.claims],
        "relationships": [_plain(relationship) for relationship in result.relationships],
        "tags": _run_tags(result, entities),
        "milliseconds": milliseconds,
    }
    return Analysis.objects.update_or_create(version=version, defaults=values)[0]


def _plain(value: Any) -> dict[str, Any]:
    """A slotted dataclass as JSON."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _run_tags(result: Result, entities: Mapping[str, Entity]) -> list[dict[str, Any]]:
    return [
        {
            "entity": entities[tag.entity].pk,
            "kind": tag.kind.value,
            "score": tag.score,
            "salience": tag.salience,
            "is_about": tag.is_about,
            "is_implied": tag.is_implied,
            "mention_count": len(tag.mentions),
            "evidence": tag.evidence,
            "role": tag.role[:200],
            "role_category": tag.role_category[:30],
            "affiliation": tag.affiliation[:300],
            "reasons": list(tag.reasons),
            "brands": _brands(tag, result, entities),
        }
        for tag in result.tags
    ]


def _brands(tag: RunTag, result: Result, entities: Mapping[str, Entity]) -> list[int]:
    """The entities whose mentions carry this tag when it has none of its own: the brands of an owner."""
    named = {result.mentions[number].entity for number in tag.mentions}
    return [] if tag.entity in named else sorted(entities[key].pk for key in named if key)


def _mentions(result: Result, entities: Mapping[str, Entity]) -> list[Mention]:
    """The result's mentions as rows that are not stored yet; the first wins where two have the same key."""
    rows: dict[tuple[str, int, int, str], Mention] = {}
    for found in result.mentions:
        key = (found.field.value, found.start, found.end, found.kind.value)
        if found.start < found.end and key not in rows:
            rows[key] = _mention(found, entities)
    return list(rows.values())


def _mention(found: Resolved, entities: Mapping[str, Entity]) -> Mention:
    return Mention(
        field=found.field.value,
        start=found.start,
        end=found.end,
        surface=found.surface[:500],
        kind=found.kind.value,
        entity_id=entities[found.entity].pk if found.entity else None,
        score=min(1.0, max(0.0, found.score)),
        method=found.method[:40],
        reasons=list(found.reasons),
        candidates=[[one.entity, one.score, list(one.reasons)] for one in found.candidates],
        sentence=found.sentence,
        value=found.value[:2000],
        is_ambiguous=found.is_ambiguous,
        is_implied=found.is_implied,
        origin=Origin.MACHINE,
    )


def pipeline_version() -> str:
    """The behavior that runs today, to tell which analyses are older."""
    return PIPELINE_VERSION
