"""THE BELT: fetch → extract → analyze → group → reconcile. A task claims by id, calls one service, hints the next."""

from celery import shared_task
from django.conf import settings

from analysis.models import Rerun
from analysis.services import (
    analyze_and_store,
    draft_and_store,
    group_and_store,
    keep_rankings,
    run_rerun_step,
    settle_counts,
    settle_days,
    settle_stories,
    waiting_drafts,
)
from articles.hints import hint
from articles.leases import free
from articles.models import Article, Reextraction, Stage, TableImport
from articles.services import (
    claim_article,
    due_sources,
    extract_and_store,
    fetch_and_store,
    poll_source,
    run_import_step,
    run_reextraction_step,
)

MAX_HINTS = 1000  # at one tick; the next tick takes the rest


@shared_task
def fetch_article(article_id: int) -> None:
    """Ask for the page and keep its bytes."""
    lease = claim_article(article_id, stage=Stage.SUBMITTED)
    if lease is not None and fetch_and_store(lease):
        hint(extract_article, article_id)


@shared_task
def extract_article(article_id: int) -> None:
    """Read title, text and the rest from the bytes."""
    lease = claim_article(article_id, stage=Stage.FETCHED)
    if lease is not None and extract_and_store(lease):
        hint(analyze_article, article_id)


@shared_task
def analyze_article(article_id: int) -> None:
    """Find what the text names and store it."""
    lease = claim_article(article_id, stage=Stage.EXTRACTED)
    if lease is not None and analyze_and_store(lease):
        hint(group_article, article_id)


@shared_task
def group_article(article_id: int) -> None:
    """Find the article this one repeats, and its story."""
    lease = claim_article(article_id, stage=Stage.ANALYZED)
    if lease is not None:
        group_and_store(lease)


NEXT = {
    Stage.SUBMITTED: fetch_article,
    Stage.FETCHED: extract_article,
    Stage.EXTRACTED: analyze_article,
    Stage.ANALYZED: group_article,
}


def hint_article(article: Article) -> None:
    """Hint whatever comes next for the article; for views and commands after any service that opens work."""
    task = NEXT.get(Stage(article.stage))
    if task is not None and not article.is_withheld:
        hint(task, article.pk)


@shared_task
def reconcile() -> None:
    """Hint every row that waits for work and that nobody works on. Too many hints are harmless."""
    stranded = Article.objects.stranded(seconds=settings.RECONCILE_AFTER_SECONDS).order_by("stage_at")
    for article_id, stage in stranded.values_list("id", "stage")[:MAX_HINTS]:
        hint(NEXT[Stage(stage)], article_id)
    for rerun_id in Rerun.objects.filter(free(), stage=Rerun.RerunStage.RUNNING, is_paused=False).values_list(
        "id"
    ):
        hint(rerun_step, rerun_id[0])
    for import_id in TableImport.objects.filter(free(), stage=TableImport.ImportStage.RUNNING).values_list(
        "id", flat=True
    ):
        hint(import_step, import_id)
    for job in Reextraction.objects.filter(
        free(), stage=Reextraction.ReextractionStage.RUNNING, is_paused=False
    ):
        hint(reextraction_step, job.pk)
    for draft_id in waiting_drafts():
        hint(write_draft, draft_id)
    settle_counts()
    settle_days()
    keep_rankings()


@shared_task
def group_stories() -> None:
    """Stories of articles that were withdrawn, restored, or here before stories were; a few at a time."""
    settle_stories()


@shared_task
def rerun_step(rerun_id: int) -> None:
    """Analyze the next few articles of a re-run again."""
    if run_rerun_step(rerun_id):
        hint(rerun_step, rerun_id)


@shared_task
def import_step(import_id: int) -> None:
    """Take in the next rows of a table; the articles' own work is hinted by `reconcile`."""
    if run_import_step(import_id):
        hint(import_step, import_id)


@shared_task
def reextraction_step(job_id: int) -> None:
    """Read the stored pages of the next few articles again; what changed is analyzed."""
    step = run_reextraction_step(job_id)
    for article_id in step.opened:
        hint(analyze_article, article_id)
    if step.has_more:
        hint(reextraction_step, job_id)


@shared_task
def write_draft(draft_id: int) -> None:
    """Have a summary drafted and check it; one at a time, so the next one is hinted when this one is over."""
    if draft_and_store(draft_id):
        for waiting in waiting_drafts()[:1]:
            hint(write_draft, waiting)


@shared_task
def poll_sources() -> None:
    """Ask each feed that is due for new addresses."""
    for source_id in due_sources():
        hint(poll_feed, source_id)


@shared_task
def poll_feed(source_id: int) -> None:
    """Take in what one feed offers."""
    for article in poll_source(source_id):
        hint_article(article)
