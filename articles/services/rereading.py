"""Reading one article's stored bytes again: what a better extractor finds in them becomes a new version."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from articles.extraction import EXTRACTOR_VERSION, extract
from articles.extraction.types import Verdict
from articles.isolation import IsolationFailed, run_isolated
from articles.models import Article, Snapshot, Stage, Version
from articles.services.audit import record_audit
from articles.services.captures import hold_reason, new_text, source_for
from articles.services.files import CONTENT_TYPES, document_text, open_file
from articles.services.snapshots import read_page
from articles.services.texts import SubmissionRefused
from articles.services.versions import NewText, adopt_version, details_of, store_version

DOCUMENTS = set(CONTENT_TYPES.values()) - {"text/html", "multipart/related"}


class Outcome(StrEnum):
    """What became of an article that was read again."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SET_ASIDE = "set aside"  # the new reading is kept as a version, but does not look like an article
    PASSED_OVER = "passed over"


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as it stood before reading, and what was read. `new` is None when nothing could be."""

    article_id: int
    version_id: int | None = None
    snapshot_id: int | None = None
    new: NewText | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading an article again did: the outcome, which fields differ, and the versions before and after."""

    outcome: Outcome
    fields: tuple[str, ...] = ()
    before: int | None = None
    after: int | None = None
    note: str = ""


def reread(article_id: int) -> Reading:
    """Read the bytes behind the current text again, in a child that can be killed. Writes nothing.

    A text that a person put in place of the captured one has no bytes behind it and stays.
    """
    article = Article.objects.present().select_related("version__snapshot").filter(pk=article_id).first()
    if article is None:
        return Reading(article_id, note="It is gone or withdrawn.")
    version = article.version
    snapshot = version.snapshot if version else article.snapshots.order_by("-id").first()
    if version is not None and snapshot is None:
        return Reading(article_id, note="A person gave its text; it stays.")
    if snapshot is None:
        return Reading(article_id, note="There is no captured page to read.")
    if _is_being_read(article):
        return Reading(article_id, note="It is being fetched or read anyway.")
    try:
        new = read_snapshot(snapshot)
    except (IsolationFailed, SubmissionRefused) as failed:
        return Reading(article_id, note=f"It could not be read: {failed.reason}")
    return Reading(article_id, article.version_id, snapshot.pk, new)


def _is_being_read(article: Article) -> bool:
    """Whether the belt will read its newest page by itself, or waits for a person to fetch it."""
    return article.stage == Stage.SUBMITTED or (article.stage == Stage.FETCHED and article.failed_at is None)


def read_snapshot(snapshot: Snapshot) -> NewText:
    """What the present extractor reads from stored bytes. Raises IsolationFailed and SubmissionRefused."""
    page = read_page(snapshot)
    if snapshot.file_name and page.content_type in DOCUMENTS:
        for upload in open_file(snapshot.file_name, page.body).uploads:
            if upload.page is None:
                return document_text(upload)
        raise SubmissionRefused("The file holds no text.")
    return new_text(run_isolated(extract, page))


def keep_reading(reading: Reading) -> Reread:
    """Write what was read, if the article still stands as it was read from. Call inside a transaction.

    Running it twice changes nothing: the second reading finds the version that the first one made.
    """
    if reading.new is None or reading.snapshot_id is None:
        return Reread(Outcome.PASSED_OVER, note=reading.note)
    row = Article.objects.select_for_update(of=("self",)).filter(pk=reading.article_id).first()
    if row is None or row.version_id != reading.version_id or row.withdrawn_at or _is_being_read(row):
        return Reread(Outcome.PASSED_OVER, note="Its text changed meanwhile.")
    snapshot = Snapshot.objects.defer("body").get(pk=reading.snapshot_id)
    return _compare(row, reading.new, snapshot)


def _compare(row: Article, new: NewText, snapshot: Snapshot) -> Reread:
    current = row.version
    fields = tuple(changed_fields(current, new)) if current else ("text",)
    if current is not None and not fields:
        Version.objects.filter(pk=current.pk).update(
            extractor_version=new.extractor_version or EXTRACTOR_VERSION,
            findings=new.findings,
            doubts=[list(doubt) for doubt in new.doubts],
        )
        return Reread(Outcome.UNCHANGED, before=current.pk, after=current.pk)
    version, is_new = store_version(row, new, snapshot=snapshot, is_exact=True)
    before = current.pk if current else None
    detail = {"version": [current.number if current else None, version.number], "fields": list(fields)}
    if current is not None and new.verdict == Verdict.NOT_ARTICLE != current.verdict:
        if not is_new:
            return Reread(Outcome.UNCHANGED, before=before, after=before)
        record_audit("set aside", row, by=None, detail=detail | {"doubts": version.doubts})
        return Reread(Outcome.SET_ASIDE, fields, before, version.pk, hold_reason(version))
    _adopt(row, version, snapshot, new)
    record_audit("extract again", row, by=None, detail=detail)
    return Reread(Outcome.CHANGED, fields, before, version.pk)


def _adopt(row: Article, version: Version, snapshot: Snapshot, new: NewText) -> None:
    """Make it the current text; it goes on waiting for a person if it did, and still is no article."""
    is_waiting = bool(row.hold_reason) or row.version_id is None
    source = source_for(row, snapshot.final_url, new)
    adopt_version(row, version)
    hold = hold_reason(version) if is_waiting else ""
    Article.objects.filter(pk=row.pk).update(hold_reason=hold, source=source)


def changed_fields(version: Version, new: NewText) -> Iterator[str]:
    """The names of what differs between a version and a new reading of the same bytes, in the order of a page."""
    if version.title != new.title:
        yield "title"
    before, after = details_of(version), details_of(new)
    if version.text != new.text:
        yield "text"
    elif before["blocks"] != after["blocks"]:
        yield "structure"
    for name, value in after.items():
        if name != "blocks" and before[name] != value:
            yield name.removeprefix("is_").replace("_", " ")
