"""Feeds and sitemaps of sources: asked when they are due, politely, with a pause that grows while they fail."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from articles.addresses import BadAddress, canonical_address
from articles.doors import Entry, FetchedBody, UploadRefused, read_feed, read_sitemap
from articles.fetching import FetchedPage, FetchFailed, FetchLimits, Validators, fetch_page
from articles.isolation import IsolationFailed, run_isolated
from articles.models import Article, Source
from articles.services.audit import record_audit
from articles.services.captures import allowed_by_robots, fetch_limits
from articles.services.submissions import known_at, submit_url
from articles.services.texts import SubmissionRefused
from articles.services.turns import take_turn

MOST_ENTRIES = 100  # new addresses taken in at one poll; the next poll takes more
LONGEST_PAUSE = 24 * 60  # minutes
SITEMAPS = 3  # of a sitemap of sitemaps, the first ones
KINDS = FetchLimits().kinds | {"archive"}  # sitemaps are often kept compressed


class _PollFailed(Exception):
    """No entries; `reason` is a sentence for the health page."""

    def __init__(self, reason: str, *, retry_after: float = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class _NotAsked(_PollFailed):
    """robots.txt keeps us away from the feed itself."""


def due_sources() -> list[int]:
    """Ids of the sources whose feed should be asked now."""
    return list(_due().order_by("next_poll_at").values_list("pk", flat=True)[:200])


def _due() -> QuerySet[Source]:
    return Source.objects.exclude(feed_url="").filter(
        Q(next_poll_at__isnull=True) | Q(next_poll_at__lte=Now())
    )


def poll_source(source_id: int) -> list[Article]:
    """Ask one feed, if it is due, and take in what is new. Whatever happens is noted on the source."""
    source = _due().filter(pk=source_id).first()
    if source is None or not _due().filter(pk=source_id).update(
        next_poll_at=Now() + timedelta(minutes=source.poll_minutes)
    ):
        return []
    is_mine, wait = take_turn(urlsplit(source.feed_url).netloc)
    if not is_mine:  # other work asks this host now; the feed comes back when it is its turn
        Source.objects.filter(pk=source.pk).update(next_poll_at=Now() + timedelta(seconds=wait))
        return []
    time.sleep(wait)
    try:
        page = _fetch(source.feed_url, source)
        entries = [] if page.is_unchanged else _entries(page, source)
    except _PollFailed as failed:
        _note_failure(source, failed)
        return []
    with transaction.atomic():
        articles = [article for entry in entries if (article := _take_in(entry, source)) is not None]
        _note_success(source, page)
        if articles:
            record_audit("poll", source, by=None, detail={"new": len(articles)})
    return articles


def _fetch(url: str, source: Source | None) -> FetchedPage:
    _ask_robots(url)
    validators = Validators(source.feed_etag, source.feed_modified) if source else None
    try:
        limits = replace(fetch_limits(url), kinds=KINDS)
        return fetch_page(url, limits, validators=validators)
    except FetchFailed as failed:
        raise _PollFailed(failed.reason, retry_after=failed.retry_after or 0) from None


def _ask_robots(url: str) -> None:
    """Polling is a robot's work, so robots.txt counts for the feed's own address too."""
    try:
        is_allowed = allowed_by_robots(url)
    except FetchFailed as failed:
        raise _PollFailed(
            f"The feed was not asked, because robots.txt could not be read. {failed.reason}",
            retry_after=failed.retry_after or 0,
        ) from None
    if not is_allowed:
        raise _NotAsked("The site asks robots not to read this feed (robots.txt).")


def _entries(page: FetchedPage, source: Source) -> list[Entry]:
    """The entries of a feed, or of a sitemap and the first sitemaps it names; unknown addresses only."""
    body = FetchedBody(page.body, page.url, page.content_type)
    try:
        found = _feed_or_sitemap(body)
    except (UploadRefused, IsolationFailed) as refused:
        raise _PollFailed(refused.reason) from None
    new = []
    for entry in sorted(
        found, key=lambda one: one.published_at.timestamp() if one.published_at else 0, reverse=True
    ):
        try:
            if known_at(canonical_address(entry.url).key) is None:
                new.append(entry)
        except BadAddress:
            continue
    return new[:MOST_ENTRIES]


def _feed_or_sitemap(body: FetchedBody) -> list[Entry]:
    try:
        return list(run_isolated(read_feed, body).entries)
    except UploadRefused:
        sitemap = run_isolated(read_sitemap, body)
    entries = list(sitemap.entries)
    for url in sitemap.sitemaps[:SITEMAPS]:
        is_mine, wait = take_turn(urlsplit(url).netloc)
        time.sleep(wait)
        if not is_mine and not take_turn(urlsplit(url).netloc)[0]:
            break  # the host is busy: the next poll reads on
        try:
            page = _fetch(url, None)
        except _NotAsked:
            continue  # the other sitemaps stay open to us
        entries += run_isolated(read_sitemap, FetchedBody(page.body, page.url, page.content_type)).entries
    return entries


def _take_in(entry: Entry, source: Source) -> Article | None:
    try:
        submitted = submit_url(entry.url, by=None, origin=Article.Origin.FEED)
    except SubmissionRefused:
        return None
    if not submitted.is_new:
        return None
    article = submitted.article
    article.source, article.title = source, entry.title[:1000]
    article.save(update_fields=["source", "title"])
    return article


def _note_success(source: Source, page: FetchedPage) -> None:
    told = page.validators
    changes: dict[str, Any] = {"last_success_at": timezone.now(), "failures": 0, "last_error": ""}
    if not page.is_unchanged:
        changes |= {"feed_etag": told.etag[:200], "feed_modified": told.last_modified[:200]}
    Source.objects.filter(pk=source.pk).update(**changes)


def _note_failure(source: Source, failed: _PollFailed) -> None:
    """Twice the pause with each failure in a row, up to a day."""
    minutes = min(LONGEST_PAUSE, source.poll_minutes * 2 ** min(source.failures + 1, 10))
    pause = max(timedelta(minutes=minutes), timedelta(seconds=min(failed.retry_after, LONGEST_PAUSE * 60)))
    Source.objects.filter(pk=source.pk).update(
        last_error_at=timezone.now(),
        last_error=failed.reason[:500],
        failures=F("failures") + 1,
        next_poll_at=Now() + pause,
    )
