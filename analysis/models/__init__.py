"""What we work out: entities, mentions, tags, analysts' judgments."""

from analysis.models.decisions import EntityChange, Judgment, Rerun
from analysis.models.drafts import Draft
from analysis.models.edits import BriefEdit
from analysis.models.entities import PEOPLE, Alias, Entity, EntityQuerySet, Kind, Origin
from analysis.models.findings import HAS_ROLE, Analysis, Fingerprint, Mention, StandingMentions, Tag
from analysis.models.rollups import DayTotal, DirtyDay, EntityDay, EntityMonth, KeptRanking, SourceDay
from analysis.models.stories import Story, StoryDecision, StoryMember, StoryProfile, StoryQuerySet
from analysis.models.typed import Finding, Relation, Statement

__all__ = [
    "HAS_ROLE",
    "PEOPLE",
    "Alias",
    "Analysis",
    "BriefEdit",
    "DayTotal",
    "DirtyDay",
    "Draft",
    "Entity",
    "EntityChange",
    "EntityDay",
    "EntityMonth",
    "EntityQuerySet",
    "Finding",
    "Fingerprint",
    "Judgment",
    "KeptRanking",
    "Kind",
    "Mention",
    "Origin",
    "Relation",
    "Rerun",
    "SourceDay",
    "StandingMentions",
    "Statement",
    "Story",
    "StoryDecision",
    "StoryMember",
    "StoryProfile",
    "StoryQuerySet",
    "Tag",
]
