"""What people do with an article: retry, withdraw, accept, fetch again, replace its text, assign."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from articles.addresses import canonical_address
from articles.leases import reset
from articles.models import Address, Article, Stage
from articles.services.audit import record_audit
from articles.services.texts import SubmissionRefused, clean_line, clean_text, paragraphs
from articles.services.versions import NewText, adopt_version, store_version


def _locked(article: Article) -> Article:
    """The article's row as it is now, locked until the transaction ends."""
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def _change(
    row: Article, verb: str, *, by: User | None, detail: dict[str, Any] | None = None, **columns: Any
) -> Article:
    """Write columns and the audit row; return the article as it stands."""
    Article.objects.filter(pk=row.pk).update(**columns)
    record_audit(verb, row, by=by, detail=detail)
    row.refresh_from_db()
    return row


LET_GO: dict[str, Any] = {  # whatever was being done, tried or had failed
    "lease_token": None,
    "lease_until": None,
    "attempts": 0,
    "retry_at": None,
    "failed_at": None,
    "failure_reason": "",
}


@transaction.atomic
def retry_article(article: Article, *, by: User | None) -> Article:
    """Forget a failure and go on at the same stage; nothing happens to an article that has not failed."""
    row = _locked(article)
    if row.failed_at is None:
        return row
    reason = row.failure_reason
    reset(row)
    return _change(row, "retry", by=by, detail={"failure": reason}, stage_at=Now())


@transaction.atomic
def withdraw_article(article: Article, *, by: User | None) -> Article:
    """Take the article out of lists, search and work; its rows and evidence stay. Twice is harmless."""
    row = _locked(article)
    if row.withdrawn_at is not None:
        return row
    return _change(
        row,
        "withdraw",
        by=by,
        withdrawn_at=Now(),
        withdrawn_by=by,
        lease_token=None,
        lease_until=None,
    )


@transaction.atomic
def restore_article(article: Article, *, by: User | None) -> Article:
    """Undo a withdrawal; unfinished work goes on."""
    row = _locked(article)
    if row.withdrawn_at is None:
        return row
    return _change(row, "restore", by=by, withdrawn_at=None, withdrawn_by=None, stage_at=Now())


@transaction.atomic
def accept_capture(article: Article, *, by: User | None) -> Article:
    """Tag the captured text although it does not look like an article. Raises SubmissionRefused without a text."""
    row = _locked(article)
    if not row.hold_reason:
        return row
    if row.version is None or not row.version.text.strip():
        raise SubmissionRefused("No text was found on the page; paste the text instead.")
    return _change(
        row,
        "accept capture",
        by=by,
        detail={"reason": row.hold_reason},
        hold_reason="",
        stage_at=Now(),
        **LET_GO,
    )


@transaction.atomic
def refetch_article(article: Article, *, by: User | None) -> Article:
    """Ask the site for the page again; another text becomes a new version. Raises SubmissionRefused without address."""
    row = _locked(article)
    if not row.canonical_url:
        raise SubmissionRefused("This article has no address to fetch it from.")
    if row.withdrawn_at is not None:
        raise SubmissionRefused("This article was withdrawn; restore it first.")
    return _change(
        row,
        "fetch again",
        by=by,
        detail={"url": row.canonical_url},
        stage=Stage.SUBMITTED,
        stage_at=Now(),
        hold_reason="",
        **LET_GO,
    )


@transaction.atomic
def replace_text(article: Article, text: str, *, by: User | None, title: str = "") -> Article:
    """Put a pasted text in place of what was captured, as a new version. Raises SubmissionRefused."""
    cleaned = clean_text(text)
    row = _locked(article)
    old = row.version
    new = NewText(
        text=cleaned,
        title=clean_line(title, 1000) or row.title,
        blocks=tuple(paragraphs(cleaned)),
        byline=old.byline if old else "",
        published_at=old.published_at if old else None,
        site=old.site if old else "",
        findings={"text": ["pasted", "analyst", 1.0]},
    )
    version, is_new = store_version(row, new, by=by)
    adopt_version(row, version)
    record_audit(
        "replace text",
        row,
        by=by,
        detail={"version": [old.number if old else None, version.number], "new": is_new},
    )
    return row


@transaction.atomic
def set_work_state(article: Article, state: str, *, by: User | None) -> Article:
    """Set new, in review, done or important. Raises ValueError for another word."""
    wanted = Article.WorkState(state)
    row = _locked(article)
    if row.work_state == wanted:
        return row
    return _change(
        row, "set state", by=by, detail={"work_state": [row.work_state, wanted]}, work_state=wanted
    )


@transaction.atomic
def assign_article(article: Article, to: User | None, *, by: User | None) -> Article:
    """Give the article to somebody, or to nobody."""
    row = _locked(article)
    if row.assignee_id == (to.pk if to else None):
        return row
    detail = {"assignee": [row.assignee_id, to.pk if to else None]}
    return _change(row, "assign", by=by, detail=detail, assignee=to)


def remember_address(article: Article, url: str) -> Article | None:
    """Note another address of the article; the article that already has it, when that is another one."""
    address = canonical_address(url)
    row, _ = Address.objects.get_or_create(key=address.key, defaults={"article": article, "url": address.url})
    return row.article if row.article_id != article.pk else None
