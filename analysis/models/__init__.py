"""What we work out: entities, mentions, tags, analysts' judgments."""

from analysis.models.decisions import EntityChange, Judgment, Rerun
from analysis.models.entities import PEOPLE, Alias, Entity, EntityQuerySet, Kind, Origin
from analysis.models.findings import Analysis, Fingerprint, Mention, StandingMentions, Tag
from analysis.models.rollups import DayTotal, DirtyDay, EntityDay, EntityMonth, SourceDay
from analysis.models.stories import Story, StoryDecision, StoryMember, StoryProfile, StoryQuerySet

__all__ = [
    "PEOPLE",
    "Alias",
    "Analysis",
    "DayTotal",
    "DirtyDay",
    "Entity",
    "EntityChange",
    "EntityDay",
    "EntityMonth",
    "EntityQuerySet",
    "Fingerprint",
    "Judgment",
    "Kind",
    "Mention",
    "Origin",
    "Rerun",
    "SourceDay",
    "StandingMentions",
    "Story",
    "StoryDecision",
    "StoryMember",
    "StoryProfile",
    "StoryQuerySet",
    "Tag",
]
