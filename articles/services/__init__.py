"""Every write about articles. Nothing else in the product changes an article, a source or a snapshot."""

from articles.services.audit import record_audit
from articles.services.captures import extract_and_store, fetch_and_store
from articles.services.claims import claim_article
from articles.services.files import submit_file
from articles.services.sources import grade_source
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
    "NewText",
    "SubmissionRefused",
    "Submitted",
    "accept_capture",
    "assign_article",
    "claim_article",
    "extract_and_store",
    "fetch_and_store",
    "grade_source",
    "record_audit",
    "refetch_article",
    "replace_text",
    "restore_article",
    "retry_article",
    "set_work_state",
    "submit_file",
    "submit_many",
    "submit_new_text",
    "submit_text",
    "submit_url",
    "withdraw_article",
]
