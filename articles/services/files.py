"""Files handed in: opened in a child process, kept as evidence, each text or page in them an article."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.doors import File, Opened, Skipped, Upload, UploadRefused, read_upload
from articles.extraction import EXTRACTOR_VERSION
from articles.extraction.encoding import decode
from articles.extraction.types import Page
from articles.isolation import IsolationFailed, run_isolated
from articles.models import Article, Batch, Stage
from articles.services.audit import record_audit
from articles.services.snapshots import store_snapshot
from articles.services.submissions import Submitted, insert_article, join, known_text, say
from articles.services.texts import (
    SubmissionRefused,
    clean_line,
    clean_text,
    paragraphs,
    read_markdown,
    text_hash,
)
from articles.services.versions import NewText, adopt_version, store_version

CONTENT_TYPES = {
    "html": "text/html",
    "mhtml": "multipart/related",
    "warc": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "txt": "text/plain",
    "md": "text/markdown",
}

NAMED = 3  # skipped members a message can name; more of them need a page
OPEN_SECONDS = 30.0  # for all files of one submission, while a person waits; arbitrary


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file: the articles in it, what was skipped and why, and the batch when there are several."""

    submitted: tuple[Submitted, ...]
    skipped: tuple[Skipped, ...]
    batch: Batch | None = None


def submit_file(name: str, data: bytes, *, by: User | None) -> Submitted:
    """Take in a file; of several texts in it the first is answered, the message counts the others.

    Pages wait for extraction, texts are ready for analysis. Raises SubmissionRefused when nothing can be taken.
    """
    report = submit_files(name, data, by=by)
    first = report.submitted[0]
    more = len(report.submitted) - 1
    notes = [f"{more} more were found in the file."] if more else []
    notes += [f"Not taken: {skipped.name}: {skipped.reason}" for skipped in report.skipped[:NAMED]]
    return replace(first, message=" ".join([first.message, *notes]))


def submit_files(name: str, data: bytes, *, by: User | None) -> FileReport:
    """Take in everything readable in a file. Raises SubmissionRefused when nothing is."""
    return submit_together([File(name, data)], by=by)


def submit_together(files: Sequence[File], *, by: User | None) -> FileReport:
    """Take in everything readable in some files, as one batch. Raises SubmissionRefused when nothing is."""
    uploads, skipped = _open_all(files)
    batch = None
    submitted = []
    with transaction.atomic():
        if by is not None and (len(uploads) > 1 or len(skipped) > NAMED):
            batch = Batch.objects.create(by=by)
        for upload in uploads:
            try:
                with transaction.atomic():
                    submitted.append(_submit(upload, by=by, batch=batch))
            except SubmissionRefused as refused:
                skipped.append(Skipped(upload.name, refused.reason))
        if not submitted:
            raise SubmissionRefused(" ".join(dict.fromkeys(one.reason for one in skipped))[:500])
        if batch is not None:
            batch.refused = [[number, one.name[:500], one.reason] for number, one in enumerate(skipped, 1)]
            batch.save(update_fields=["refused"])
            names = ", ".join(clean_line(file.name, 255) for file in files)
            record_audit("submit file", batch, by=by, detail={"name": names[:255], "taken": len(submitted)})
    return FileReport(tuple(submitted), tuple(skipped), batch)


def _open_all(files: Sequence[File]) -> tuple[list[Upload], list[Skipped]]:
    """What is in the files; of several, one that cannot be read does not stop the others."""
    uploads: list[Upload] = []
    skipped: list[Skipped] = []
    until = time.monotonic() + OPEN_SECONDS
    for file in files:
        try:
            if time.monotonic() > until:
                raise SubmissionRefused("The files before it took too long; please hand it in again.")
            check_size(file.data)
            opened = open_file(file.name, file.data)
        except SubmissionRefused as refused:
            skipped.append(Skipped(clean_line(file.name, 255), refused.reason))
        else:
            uploads += opened.uploads
            skipped += opened.skipped
    return uploads, skipped


def check_size(data: bytes) -> None:
    """Refuse what is empty or too large."""
    limit = settings.UPLOAD_MAX_BYTES
    if not data.strip():
        raise SubmissionRefused("The file is empty.")
    if len(data) > limit:
        raise SubmissionRefused(
            f"The file has {len(data) / 1048576:.1f} MB; at most {limit / 1048576:.0f} MB are taken."
        )


def open_file(name: str, data: bytes) -> Opened:
    """Everything readable in a file, read in a child process. Raises SubmissionRefused."""
    try:
        return run_isolated(read_upload, File(name, data))
    except UploadRefused as refused:
        raise SubmissionRefused(refused.reason) from None
    except IsolationFailed as failed:
        raise SubmissionRefused(f"The file could not be read. {failed.reason}") from None


def _submit(upload: Upload, *, by: User | None, batch: Batch | None) -> Submitted:
    if upload.page is not None:
        article, is_new = _insert_page(upload, upload.page)
    else:
        article, is_new = _insert_text(upload, by=by)
    join(article, by=by, batch=batch, url=upload.url, is_first=is_new)
    return Submitted(article, is_new, say(article, is_new=is_new))


def _insert_page(upload: Upload, page: Page) -> tuple[Article, bool]:
    """A saved page: kept as it is, read by the belt."""
    words, _ = decode(page.body, page.content_type)
    article, is_new = insert_article(
        None, url=upload.url, origin=Article.Origin.FILE, content_hash=text_hash(words), stage=Stage.FETCHED
    )
    if is_new:
        article.title = clean_line(upload.title or upload.name, 1000)
        article.save(update_fields=["title"])
        kept = replace(
            page, content_type=page.content_type or CONTENT_TYPES["html"], fetched_at=_moment(page)
        )
        store_snapshot(article, kept, file_name=upload.name)
    return article, is_new


def _insert_text(upload: Upload, *, by: User | None) -> tuple[Article, bool]:
    """A document: its words are the article's text, the file itself is the evidence."""
    new = document_text(upload)
    known = known_text(new)
    if known is not None:
        return known, False
    article, is_new = insert_article(
        None,
        url=upload.url,
        origin=Article.Origin.FILE,
        content_hash=text_hash(new.text),
        stage=Stage.FETCHED,
    )
    if is_new:
        page = Page(
            url="", body=upload.data, content_type=CONTENT_TYPES[upload.kind], fetched_at=timezone.now()
        )
        snapshot = store_snapshot(article, page, file_name=upload.name)
        version, _ = store_version(article, new, snapshot=snapshot, by=by)
        adopt_version(article, version)
    return article, is_new


def document_text(upload: Upload) -> NewText:
    """What a document says, as the values of a version. Raises SubmissionRefused for what is no text."""
    text = clean_text(upload.text)
    blocks = paragraphs(text)
    if upload.kind == "md":
        text, blocks = read_markdown(text)
    return NewText(
        text=text,
        title=clean_line(upload.title or upload.name.rsplit(".", 1)[0], 1000),
        blocks=tuple(blocks),
        authors=upload.authors,
        byline=clean_line(", ".join(upload.authors), 500),
        published_at=upload.published_at,
        extractor_version=EXTRACTOR_VERSION,
    )


def _moment(page: Page) -> datetime:
    """When a web archive says it was fetched, else now."""
    return page.fetched_at or timezone.now()
