"""Drafted summaries: asked for by a person, written by the endpoint of the settings, checked, and used or discarded.

The article is the only thing sent, the settings alone say where to. Every failure ends the draft with a sentence that
says what to do; the person who waits for it asks again, nothing is repeated behind their back.
"""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, Q
from django.db.models.functions import Now

from analysis.models import Analysis, BriefEdit, Draft
from analysis.pipeline.draft_checks import Checked, Verdict, check_draft
from analysis.pipeline.drafting import DraftUnreadable, ask_messages, numbered_within, read_answer
from analysis.pipeline.types import Point
from analysis.services.edits import EditRefused, edit_brief, restore_edit
from analysis.services.writer import Writer, WriterFailed, ask_writer, writer
from articles.leases import Lease, claim, fail, finish, free
from articles.models import Article, Version
from articles.services import record_audit

ASKED, WRITTEN = Draft.DraftStage.ASKED, Draft.DraftStage.WRITTEN
MOST_TRIES = 3  # of a draft whose worker was killed
CHANGED = "The text was changed or analyzed anew while the draft was written; ask again."
NOT_CURRENT = "The text was changed or analyzed anew since; ask for another draft."


class DraftRefused(Exception):
    """The request makes no sense now; `reason` is a sentence for the analyst."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def ask_draft(article: Article, *, by: User) -> Draft:
    """Ask for a draft of the current text, or give the one that is waited for already. Raises DraftRefused.

    The caller hints `write_draft`, or the reconciler finds it.
    """
    asked = writer()
    if asked is None:
        raise DraftRefused("No writer is set up.")
    row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    version, analysis = _current(row)
    waiting = Draft.objects.filter(article=row, stage=ASKED, failed_at=None, discarded_at=None).first()
    if waiting is not None:
        return waiting
    draft = Draft.objects.create(
        article=row, version=version, numbering=numbering_of(analysis), model_name=asked.model, by=by
    )
    record_audit("ask for draft", row, by=by, detail={"draft": draft.pk, "model": asked.model})
    return draft


def _current(article: Article) -> tuple[Version, Analysis]:
    version = article.version
    analysis = Analysis.objects.filter(version=version).first() if version else None
    if version is None or analysis is None:
        raise DraftRefused("The text is still being analyzed; try again in a moment.")
    if article.withdrawn_at is not None:
        raise DraftRefused("This article was withdrawn; restore it first.")
    if not any(sentences_of(version, analysis)):
        raise DraftRefused("The text has no sentence that a draft could rest on.")
    return version, analysis


def sentences_of(version: Version, analysis: Analysis) -> list[str]:
    """The words of each sentence; its place in the list is its number."""
    texts = {"title": version.title, "body": version.text}
    return [" ".join(texts[where][start:end].split()) for where, start, end in analysis.sentences]


def numbering_of(analysis: Analysis) -> str:
    """What changes when the sentences are numbered or cut otherwise."""
    return hashlib.sha256(json.dumps(analysis.sentences).encode()).hexdigest()


def is_current(draft: Draft, version: Version | None, analysis: Analysis | None) -> bool:
    """Do the draft's numbers still mean the sentences they meant?"""
    if version is None or analysis is None:
        return False
    return draft.version_id == version.pk and draft.numbering == numbering_of(analysis)


def newest_draft(article: Article) -> Draft | None:
    """The draft to show: the last one that nobody discarded."""
    return (
        Draft.objects.filter(article=article, discarded_at=None)
        .select_related("by", "edit", "version")
        .first()
    )


def waiting_drafts() -> list[int]:
    """Ids of the drafts that wait for work, the first asked for first."""
    rows = Draft.objects.filter(free(), stage=ASKED, discarded_at=None)
    return list(rows.order_by("asked_at", "pk").values_list("pk", flat=True))


def draft_and_store(draft_id: int) -> bool:
    """Ask the writer and keep the checked answer, or the reason why there is none; False when there was nothing to do.

    One draft at a time: waiting for a slow writer must not take every worker. (Two claims in one instant may both
    pass; that costs a worker for a while and nothing else.)
    """
    asked = writer()
    others = Draft.objects.filter(stage=ASKED, failed_at=None, lease_until__gt=Now())
    seconds = settings.LEASE_SECONDS + (asked.seconds if asked else 0)
    where = Q(discarded_at=None) & ~Q(Exists(others))
    lease = claim(Draft, draft_id, stage=ASKED, seconds=seconds, where=where)
    if lease is None:
        return False
    try:
        checked = _written(lease, asked)
    except (WriterFailed, DraftUnreadable) as failed:
        _fail(lease, str(failed))
    else:
        _store(lease, checked, model=asked.model if asked else "")
    return True


def _written(lease: Lease, asked: Writer | None) -> tuple[Checked, ...]:
    """The checked answer; raises WriterFailed or DraftUnreadable."""
    if asked is None:
        raise WriterFailed("The writer was switched off before it came to this draft.")
    if lease.attempt > MOST_TRIES:
        raise WriterFailed(f"The work on this draft was begun {MOST_TRIES} times and never came to an end.")
    draft = Draft.objects.select_related("version").get(pk=lease.id)
    analysis = Analysis.objects.filter(version=draft.version_id).first()
    if analysis is None or not is_current(draft, draft.version, analysis):
        raise WriterFailed(CHANGED)
    given = numbered_within(sentences_of(draft.version, analysis))
    return check_draft(read_answer(ask_writer(asked, ask_messages(given))), given)


@transaction.atomic
def _store(lease: Lease, checked: tuple[Checked, ...], *, model: str) -> None:
    """Keep the sentences, if the text is still the one they were drafted from and nobody stopped it."""
    draft = Draft.objects.get(pk=lease.id)
    article = Article.objects.select_for_update(of=("self",)).get(pk=draft.article_id)
    analysis = Analysis.objects.filter(version=article.version_id or 0).first()
    if article.withdrawn_at is not None or not is_current(draft, article.version, analysis):
        _fail(lease, CHANGED)
        return
    rows = [_plain(one) for one in checked]
    if finish(lease, stage=WRITTEN, sentences=rows, model_name=model[:200]):
        counts = {verdict.value: sum(one.verdict is verdict for one in checked) for verdict in Verdict}
        record_audit("write draft", article, by=None, detail={"draft": draft.pk, "model": model, **counts})


def _plain(one: Checked) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(one).items()}


@transaction.atomic
def _fail(lease: Lease, reason: str) -> None:
    if fail(lease, reason=reason):
        draft = Draft.objects.select_related("article").get(pk=lease.id)
        record_audit("fail draft", draft.article, by=None, detail={"draft": draft.pk, "reason": reason[:500]})


@transaction.atomic
def use_draft(draft: Draft, *, by: User) -> BriefEdit:
    """Put the accepted sentences in the summary's place, as an edit that can be undone. Twice is harmless.

    Raises DraftRefused when the text has changed or nothing was accepted.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=draft.article_id)
    row = Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    analysis = Analysis.objects.filter(version=article.version_id or 0).first()
    if row.stage != WRITTEN or row.discarded_at is not None or not is_current(row, article.version, analysis):
        raise DraftRefused(NOT_CURRENT)
    edit = BriefEdit.objects.filter(pk=row.edit_id or 0).first()
    if edit is not None:
        return restore_edit(edit, by=by)
    points = [Point(one["text"], tuple(one["cites"])) for one in accepted_in(row)]
    if not points:
        raise DraftRefused("No sentence of this draft was accepted.")
    try:
        edit = edit_brief(article, BriefEdit.Field.SUMMARY, points, by=by)
    except EditRefused as refused:
        raise DraftRefused(refused.reason) from None
    Draft.objects.filter(pk=row.pk).update(edit=edit)
    record_audit(
        "use draft", article, by=by, detail={"draft": row.pk, "edit": edit.pk, "model": row.model_name}
    )
    return edit


def accepted_in(draft: Draft) -> list[dict[str, Any]]:
    """The sentences that passed every check."""
    return [one for one in draft.sentences if one["verdict"] == Verdict.ACCEPTED]


def discard_draft(draft: Draft, *, by: User) -> Draft:
    """Show the draft no more; one that is waited for is stopped, whatever comes back is too late."""
    return _mark(draft, by=by, is_discarded=True)


def restore_draft(draft: Draft, *, by: User) -> Draft:
    """Show a discarded draft again. One that was stopped stays so: it has nothing to show."""
    return _mark(draft, by=by, is_discarded=False)


@transaction.atomic
def _mark(draft: Draft, *, by: User, is_discarded: bool) -> Draft:
    row = Draft.objects.select_for_update(of=("self",)).select_related("article").get(pk=draft.pk)
    if (row.discarded_at is not None) == is_discarded or (not is_discarded and row.stage != WRITTEN):
        return row
    let_go: dict[str, Any] = {"lease_token": None, "lease_until": None} if is_discarded else {}
    values = (
        {"discarded_at": Now(), "discarded_by": by}
        if is_discarded
        else {"discarded_at": None, "discarded_by": None}
    )
    Draft.objects.filter(pk=row.pk).update(**let_go, **values)
    verb = "discard draft" if is_discarded else "restore draft"
    record_audit(verb, row.article, by=by, detail={"draft": row.pk})
    row.refresh_from_db()
    return row
