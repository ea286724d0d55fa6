"""What we take in: sources, articles, their versions and snapshots, and the audit trail."""

from articles.models.actions import Action
from articles.models.articles import (
    OPEN_STAGES,
    READY_STAGES,
    WORDS_PER_MINUTE,
    WORKING,
    Address,
    Article,
    ArticleQuerySet,
    Batch,
    Day,
    Stage,
    Status,
    Submission,
    TitleWords,
)
from articles.models.captures import Snapshot, Version
from articles.models.imports import TableImport
from articles.models.notes import Note
from articles.models.people import VISIT_GAP, Audit, Profile, user_label
from articles.models.reextractions import Reextraction
from articles.models.sources import Host, Source

__all__ = [
    "OPEN_STAGES",
    "READY_STAGES",
    "VISIT_GAP",
    "WORDS_PER_MINUTE",
    "WORKING",
    "Action",
    "Address",
    "Article",
    "ArticleQuerySet",
    "Audit",
    "Batch",
    "Day",
    "Host",
    "Note",
    "Profile",
    "Reextraction",
    "Snapshot",
    "Source",
    "Stage",
    "Status",
    "Submission",
    "TableImport",
    "TitleWords",
    "Version",
    "user_label",
]
