"""Sources: found or made by host or name, and graded by analysts."""

import re
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles.addresses import BadAddress, canonical_address
from articles.models import Source
from articles.services.audit import record_audit
from articles.services.outlets import outlet_country, outlet_kind
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


LEARNED = {"country": "country", "language": "language", "kind": "site_kind"}  # our column, their finding
UNSAID = {"country": "", "language": "", "kind": Source.SourceKind.OTHER.value}
LEAST = 0.5  # confidence from which a reading is worth showing as a fact of the source
BY_ANALYST = "analyst"


def learn_source(source: Source, site: str, findings: dict[str, list[Any]]) -> Source:
    """Note country, language and kind of a source as a page tells them, where nobody has said it.

    A surer reading replaces a less sure one; an analyst's word is never replaced. Call inside a transaction.
    """
    told = _told(site, findings)
    if not _better(source, told):
        return source
    locked = Source.objects.select_for_update().get(pk=source.pk)
    for name, reading in _better(locked, told).items():
        setattr(locked, name, reading[0])
        locked.readings[name] = reading
    locked.save(update_fields=[*LEARNED, "readings"])
    return locked


def _told(site: str, findings: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """What a page says of its source, with what is known of the outlet by its name; the surer of both."""
    told = {name: list(findings.get(theirs, ["", "none", 0.0])) for name, theirs in LEARNED.items()}
    known = {"country": outlet_country(site), "kind": outlet_kind(site)} if site else {}
    for name, value in known.items():
        sure = 0.9 if value == "agency" else 0.75
        if value and (value == told[name][0] or told[name][2] < sure):
            told[name] = [value, "known outlet", max(sure, told[name][2])]
    return {name: reading for name, reading in told.items() if reading[0] and reading[2] >= LEAST}


def _better(source: Source, told: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The readings that say more than what the source has."""
    found = {}
    for name, reading in told.items():
        has, before = getattr(source, name), source.readings.get(name)
        if before is None and has != UNSAID[name]:
            continue  # somebody's word from before readings were kept
        if before is None or (before[1] != BY_ANALYST and reading[2] > before[2]):
            found[name] = reading
    return found


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
        if name in LEARNED:
            locked.readings[name] = [value, BY_ANALYST, 1.0]
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
