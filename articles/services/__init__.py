"""Every write about articles. Nothing else in the product changes an article, a source or a snapshot."""

from articles.services.audit import record_audit
from articles.services.captures import extract_and_store, fetch_and_store
from articles.services.claims import claim_article
from articles.services.feeds import due_sources, poll_source
from articles.services.files import FileReport, submit_file, submit_files, submit_together
from articles.services.imports import (
    Forecast,
    confirm_import,
    forecast_import,
    remap_import,
    run_import_step,
    start_import,
)
from articles.services.reextractions import (
    older_articles,
    pause_reextraction,
    resume_reextraction,
    run_reextraction_step,
    start_reextraction,
)
from articles.services.rendered import submit_rendered
from articles.services.sources import add_source, edit_source, grade_source, poll_now
from articles.services.submissions import Submitted, submit_many, submit_new_text, submit_text, submit_url
from articles.services.texts import SubmissionRefused
from articles.services.versions import NewText
from articles.services.work import (
    accept_capture,
    assign_article,
    refetch_article,
    replace_text,
    restore_article,
    retry_article,
    set_work_state,
    withdraw_article,
)

__all__ = [
    "FileReport",
    "Forecast",
    "NewText",
    "SubmissionRefused",
    "Submitted",
    "accept_capture",
    "add_source",
    "assign_article",
    "claim_article",
    "confirm_import",
    "due_sources",
    "edit_source",
    "extract_and_store",
    "fetch_and_store",
    "forecast_import",
    "grade_source",
    "older_articles",
    "pause_reextraction",
    "poll_now",
    "poll_source",
    "record_audit",
    "refetch_article",
    "remap_import",
    "replace_text",
    "restore_article",
    "resume_reextraction",
    "retry_article",
    "run_import_step",
    "run_reextraction_step",
    "set_work_state",
    "start_import",
    "start_reextraction",
    "submit_file",
    "submit_files",
    "submit_many",
    "submit_new_text",
    "submit_rendered",
    "submit_text",
    "submit_together",
    "submit_url",
    "withdraw_article",
]
