"""A page as a person's browser shows it, sent by the bookmarklet: kept as evidence and read like a fetched one."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from articles.addresses import BadAddress, canonical_address
from articles.extraction.types import Page, Verdict
from articles.models import Article, Snapshot, Stage
from articles.services.files import check_size
from articles.services.snapshots import store_snapshot
from articles.services.submissions import Submitted, article_at, join, say
from articles.services.texts import SubmissionRefused
from articles.services.work import LET_GO

SENT = "rendered page, sent by a browser"  # stands in the evidence where a file's name would


def submit_rendered(address: str, html: str, *, by: User) -> Submitted:
    """Take in a page as the browser has it, under its address; nothing is fetched. Raises SubmissionRefused.

    What a browser sends can be made up, so only analysts may put it beside a text that is already there.
    """
    body = html.replace("\x00", "").encode("utf-8", "replace")
    check_size(body)
    try:
        canonical = canonical_address(address)
    except BadAddress as bad:
        raise SubmissionRefused(bad.reason) from None
    with transaction.atomic():
        article, is_new = article_at(canonical, given=address.strip(), origin=Article.Origin.URL)
        row = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if _may_keep(row, by):
            _keep(row, body, canonical.url)
        join(row, by=by, batch=None, url=address.strip(), is_first=is_new)
    row.refresh_from_db()
    return Submitted(row, is_new, say(row, is_new=is_new))


def _may_keep(row: Article, by: User) -> bool:
    if row.withdrawn_at is not None:
        return False
    has_text = row.version is not None and row.version.verdict != Verdict.NOT_ARTICLE
    return not has_text or by.has_perm("articles.judge_article")


def _keep(row: Article, body: bytes, url: str) -> Snapshot:
    """Evidence at the end of the chain, and the article open for reading it."""
    page = Page(url=url, body=body, content_type="text/html; charset=utf-8", fetched_at=timezone.now())
    snapshot = store_snapshot(row, page, file_name=SENT)
    Article.objects.filter(pk=row.pk).update(stage=Stage.FETCHED, stage_at=Now(), hold_reason="", **LET_GO)
    return snapshot
