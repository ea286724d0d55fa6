"""What we work out: entities, mentions, tags, analysts' judgments."""

from analysis.models.decisions import EntityChange, Judgment, Rerun
from analysis.models.entities import PEOPLE, Alias, Entity, EntityQuerySet, Kind, Origin
from analysis.models.findings import Analysis, Fingerprint, Mention, StandingMentions, Tag
from analysis.models.stories import Story, StoryDecision, StoryMember, StoryProfile, StoryQuerySet

__all__ = [
    "PEOPLE",
    "Alias",
    "Analysis",
    "Entity",
    "EntityChange",
    "EntityQuerySet",
    "Fingerprint",
    "Judgment",
    "Kind",
    "Mention",
    "Origin",
    "Rerun",
    "StandingMentions",
    "Story",
    "StoryDecision",
    "StoryMember",
    "StoryProfile",
    "StoryQuerySet",
    "Tag",
]
