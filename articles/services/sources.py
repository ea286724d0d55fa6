"""Sources: found or made by host or name, and graded by analysts."""

import re

from django.contrib.auth.models import User
from django.db import transaction

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
