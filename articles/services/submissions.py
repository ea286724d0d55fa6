"""Handing in: an address, a text, a file or many addresses become articles, each article once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from articles.addresses import BadAddress, CanonicalAddress, canonical_address
from articles.models import Address, Article, Batch, Stage, Status, Submission, Version
from articles.services.audit import record_audit
from articles.services.sources import source_named
from articles.services.texts import SubmissionRefused, clean_line, clean_text, paragraphs, read_day, text_hash
from articles.services.versions import NewText, adopt_version, store_version

MAX_BATCH = 1000  # lines at once; more belongs into an import


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission: the article, whether it is new, and a sentence for the person."""

    article: Article
    is_new: bool
    message: str


def submit_url(
    address: str, *, by: User | None, batch: Batch | None = None, origin: str = Article.Origin.URL
) -> Submitted:
    """Take in an address; the article that is already known under it when there is one. Raises SubmissionRefused."""
    try:
        canonical = canonical_address(address)
    except BadAddress as bad:
        raise SubmissionRefused(bad.reason) from None
    with transaction.atomic():
        article, is_new = article_at(canonical, given=address.strip(), origin=origin)
        join(article, by=by, batch=batch, url=address.strip(), is_first=is_new)
    return Submitted(article, is_new, say(article, is_new=is_new))


def submit_text(  # noqa: PLR0913  (the fields of one form)
    text: str,
    *,
    by: User | None,
    title: str = "",
    source_name: str = "",
    published_on: str | date | datetime | None = None,
    byline: str = "",
    url: str = "",
    origin: str = Article.Origin.TEXT,
) -> Submitted:
    """Take in a pasted text, ready for analysis; the article with the same text or address when there is one."""
    cleaned = clean_text(text)
    new = NewText(
        text=cleaned,
        title=clean_line(title, 1000),
        blocks=tuple(paragraphs(cleaned)),
        byline=clean_line(byline, 500),
        published_at=read_day(published_on),
        site=clean_line(source_name, 200),
    )
    return submit_new_text(new, by=by, url=url, origin=origin)


def submit_new_text(
    new: NewText,
    *,
    by: User | None,
    url: str = "",
    origin: str = Article.Origin.TEXT,
    batch: Batch | None = None,
) -> Submitted:
    """Take in a text that was already read from somewhere. Raises SubmissionRefused for a bad address."""
    try:
        address = canonical_address(url) if url.strip() else None
    except BadAddress as bad:
        raise SubmissionRefused(bad.reason) from None
    with transaction.atomic():
        article = known_text(new) or (known_at(address.key) if address else None)
        is_new = article is None
        if article is None:
            article, is_new = insert_article(
                address, url=url.strip(), origin=origin, content_hash=text_hash(new.text), stage=Stage.FETCHED
            )
        if is_new or (article.version_id is None and article.withdrawn_at is None):
            _fill(article, new, by=by)
        join(article, by=by, batch=batch, url=url.strip(), is_first=is_new)
    return Submitted(article, is_new, say(article, is_new=is_new))


def submit_many(lines: str | Iterable[str], *, by: User) -> Batch:
    """Take in one address a line; what is refused is kept in the batch with its line number and the reason."""
    given = lines.splitlines() if isinstance(lines, str) else list(lines)
    wanted = [(number, line.strip()) for number, line in enumerate(given, 1) if line.strip()]
    if not wanted:
        raise SubmissionRefused("No address was given.")
    if len(wanted) > MAX_BATCH:
        raise SubmissionRefused(
            f"{len(wanted):,} addresses were given; at most {MAX_BATCH:,} are taken at once."
        )
    with transaction.atomic():
        batch = Batch.objects.create(by=by)
        for number, line in wanted:
            try:
                submit_url(line, by=by, batch=batch)
            except SubmissionRefused as refused:
                batch.refused.append([number, line[:500], refused.reason])
        batch.save(update_fields=["refused"])
        record_audit(
            "submit many", batch, by=by, detail={"lines": len(wanted), "refused": len(batch.refused)}
        )
    return batch


def known_at(key: str) -> Article | None:
    """The article known under this address key."""
    return Article.objects.filter(addresses__key=key).first()


def known_text(new: NewText) -> Article | None:
    """The first article that has this very text, in any of its versions."""
    digest = text_hash(new.text)
    found = Article.objects.filter(content_hash=digest).first()
    if found is not None:
        return found
    version = (
        Version.objects.filter(text_hash=digest).order_by("article_id").select_related("article").first()
    )
    return version.article if version is not None else None


def article_at(address: CanonicalAddress, *, given: str, origin: str) -> tuple[Article, bool]:
    """The article at this address, made when it is new."""
    known = known_at(address.key)
    if known is not None:
        return known, False
    return insert_article(address, url=given, origin=origin, stage=Stage.SUBMITTED)


def insert_article(address: CanonicalAddress | None, *, url: str, **columns: Any) -> tuple[Article, bool]:
    """Insert an article; when somebody else was faster, theirs. The unique keys decide, not a look before."""
    try:
        with transaction.atomic():
            article = Article.objects.create(
                url=url[:2000],
                canonical_url=address.url if address else "",
                url_hash=address.key if address else None,
                **columns,
            )
            if address:
                Address.objects.create(article=article, key=address.key, url=address.url)
            return article, True
    except IntegrityError:
        theirs = known_at(address.key) if address else None
        theirs = theirs or Article.objects.filter(content_hash=columns.get("content_hash") or "-").first()
        if theirs is None:
            raise
        return theirs, False


def _fill(article: Article, new: NewText, *, by: User | None) -> None:
    """Give an article without a text its first one."""
    Article.objects.select_for_update().get(pk=article.pk)
    version, _ = store_version(article, new, by=by)
    if new.site and article.source_id is None:
        article.source = source_named(new.site)
        article.save(update_fields=["source"])
    adopt_version(article, version)


def join(article: Article, *, by: User | None, batch: Batch | None, url: str, is_first: bool) -> None:
    """Note who handed it in: every time, so that nobody's submission is silently dropped."""
    Submission.objects.create(article=article, by=by, batch=batch, url=url[:2000], is_first=is_first)
    record_audit(
        "submit" if is_first else "submit again",
        article,
        by=by,
        detail={"origin": article.origin, "url": url[:2000]},
    )


_KNOWN = {
    Status.READY: "This article is already here.",
    Status.FAILED: "This article is already here, but reading it failed: you can try again on its page.",
    Status.REVIEW: "This article is already here and waits for a person to look at it.",
    Status.WITHDRAWN: "This article is already here, but it was withdrawn.",
}


def say(article: Article, *, is_new: bool) -> str:
    """The sentence for the person who handed it in."""
    if is_new:
        return "Submitted."
    return _KNOWN.get(article.status, "This article is already here and is being read.")
