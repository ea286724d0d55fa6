"""Sources: found or made by host or name, and graded by analysts."""

import re
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles.addresses import BadAddress, canonical_address
from articles.models import Source
from articles.services.audit import record_audit
from articles.services.texts import SubmissionRefused, clean_line


def source_at(host: str, *, name: str = "", language: str = "") -> Source:
    """The source at this host (without www.), made when it is new."""
    source, _ = Source.objects.get_or_create(
        host=host[:253], defaults={"name": clean_line(name, 200) or host[:200], "language": language[:8]}
    )
    return source


def source_named(name: str) -> Source:
    """The source with this name, whatever its case; one without a host is kept under a made-up one in brackets."""
    known = Source.objects.filter(name__iexact=name).order_by("id").first()
    if known is not None:
        return known
    return source_at(f"({name.casefold()[:240]})", name=name)


EDITABLE = ("name", "country", "language", "kind", "feed_url", "poll_minutes")


@transaction.atomic
def edit_source(source: Source, *, by: User, **values: Any) -> Source:
    """Change what is known of a source; a new feed is asked at the next tick. Unknown names are a programming error."""
    if not values.keys() <= set(EDITABLE):
        raise TypeError(f"not editable: {sorted(values.keys() - set(EDITABLE))}")
    locked = Source.objects.select_for_update().get(pk=source.pk)
    changes = {
        name: [getattr(locked, name), value]
        for name, value in values.items()
        if getattr(locked, name) != value
    }
    if not changes:
        return locked
    for name, (_, value) in changes.items():
        setattr(locked, name, value)
    if "feed_url" in changes:
        locked.feed_etag = locked.feed_modified = locked.last_error = ""
        locked.failures, locked.next_poll_at = 0, None
    locked.save()
    record_audit("edit source", locked, by=by, detail=changes)
    return locked


@transaction.atomic
def add_source(feed_url: str, *, by: User, name: str = "") -> Source:
    """Follow a feed or sitemap: its host's source gets it, made when it is new. Raises SubmissionRefused."""
    try:
        address = canonical_address(feed_url)
    except BadAddress as bad:
        raise SubmissionRefused(bad.reason) from None
    source = source_at(address.host, name=name)
    if source.feed_url and source.feed_url != address.url:
        raise SubmissionRefused(f"{source.name} already has a feed. Change it on the page of the source.")
    return edit_source(source, by=by, feed_url=address.url)


@transaction.atomic
def poll_now(source: Source, *, by: User) -> None:
    """Make the feed due at once; the next tick asks it."""
    Source.objects.filter(pk=source.pk).update(next_poll_at=None)
    record_audit("poll now", source, by=by)


@transaction.atomic
def grade_source(source: Source, reliability: str, credibility: str, *, by: User) -> Source:
    """Set the Admiralty grade, A–F and 1–6, "" for not graded. Raises SubmissionRefused for anything else."""
    if not re.fullmatch("[A-F]?", reliability) or not re.fullmatch("[1-6]?", credibility):
        raise SubmissionRefused("The grade must be a letter from A to F and a figure from 1 to 6.")
    locked = Source.objects.select_for_update().get(pk=source.pk)
    before = [locked.reliability, locked.credibility]
    if before != [reliability, credibility]:
        locked.reliability, locked.credibility = reliability, credibility
        locked.save(update_fields=["reliability", "credibility"])
        record_audit("grade source", locked, by=by, detail={"grade": [before, [reliability, credibility]]})
    source.reliability, source.credibility = reliability, credibility
    return source
