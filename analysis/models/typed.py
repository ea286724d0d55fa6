"""What the texts say in typed rows that can be filtered and counted over articles: findings, relations, statements.

They are derived from an analysis together with its tags, always for an article's current version; so a judgment,
a merge or undoing either changes whom they are about.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from analysis.models.entities import Entity
from articles.models import Article, Version

FIELDS = [("title", "Title"), ("body", "Text")]


class Placed(models.Model):
    """A row that rests on one place of a version's title or text; offsets are code points."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="%(class)ss")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    sentence = models.PositiveIntegerField(help_text="Index in Analysis.sentences")
    field = models.CharField(max_length=5, choices=FIELDS, default="body")
    start = models.PositiveIntegerField(help_text="Where the sentence, or the statement in it, begins")
    end = models.PositiveIntegerField()
    dated_at = models.DateTimeField(help_text="Copy of the article's")

    class Meta:
        abstract = True
        ordering: ClassVar = ["-dated_at", "-article_id", "sentence", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="%(class)s_not_empty", condition=Q(start__lt=F("end")))
        ]


class Finding(Placed):
    """Who is affected, how, when, and how sure the text is: one typed consequence with its sentence."""

    class Effect(models.TextChoices):
        LEGAL = "legal", "Legal"
        FINANCIAL = "financial", "Financial"
        SECURITY = "security", "Security"
        REPUTATION = "reputation", "Reputation"
        OPERATIONS = "operations", "Operations"
        DIPLOMATIC = "diplomatic", "Diplomatic"
        HUMAN = "human", "Human"

    class Direction(models.TextChoices):
        HARM = "harm", "Harm"
        BENEFIT = "benefit", "Benefit"
        UNCLEAR = "unclear", "Unclear"

    class Horizon(models.TextChoices):
        SHORT = "short", "Short term"
        LONG = "long", "Long term"
        UNSTATED = "unstated", "Not stated"

    class Certainty(models.TextChoices):
        FACT = "fact", "Stated as fact"
        ALLEGED = "alleged", "Alleged"
        PREDICTED = "predicted", "Predicted"
        DENIED = "denied", "Denied"

    affected = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.SET_NULL, related_name="findings"
    )
    affected_text = models.CharField(max_length=300, help_text="As the text calls it")
    effect = models.CharField(max_length=12, choices=Effect.choices)
    direction = models.CharField(max_length=8, choices=Direction.choices, default=Direction.UNCLEAR)
    horizon = models.CharField(max_length=8, choices=Horizon.choices, default=Horizon.UNSTATED)
    certainty = models.CharField(max_length=10, choices=Certainty.choices, default=Certainty.FACT)
    said_by = models.CharField(max_length=300, blank=True, default="")
    speaker = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.SET_NULL, related_name="said_findings"
    )
    cue = models.CharField(max_length=200, blank=True, default="", help_text="The words that tell of it")

    class Meta(Placed.Meta):
        indexes = [
            models.Index(fields=["affected", "-dated_at"], name="finding_affected"),
            models.Index(fields=["effect", "-dated_at"], name="finding_effect"),
            models.Index(fields=["-dated_at"], name="finding_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.affected_text}: {self.effect}"


class Relation(Placed):
    """Two entities in one sentence; `kind` is "mentioned-together" unless a pattern supports more."""

    subject = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=40)
    object = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="related_by")
    cue = models.CharField(max_length=200, blank=True, default="")

    class Meta(Placed.Meta):
        indexes = [
            # Both ways round, so that "which countries is it exposed to" and "who is exposed to it" read an index.
            models.Index(fields=["subject", "object", "kind"], name="relation_subject"),
            models.Index(fields=["object", "kind", "subject"], name="relation_object"),
            models.Index(fields=["kind", "-dated_at"], name="relation_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.kind} {self.object_id}"

    @property
    def kind_label(self) -> str:
        """The kind as words: "operates in"."""
        return self.kind.replace("-", " ")


class Statement(Placed):
    """Who says what about whom: a quoted or reported statement with its place."""

    speaker = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.SET_NULL, related_name="statements"
    )
    speaker_text = models.CharField(max_length=300)
    about = ArrayField(models.IntegerField(), default=list, blank=True, help_text="Entities named in it")
    verb = models.CharField(max_length=40, blank=True, default="")
    is_quote = models.BooleanField(default=False)

    class Meta(Placed.Meta):
        indexes = [
            models.Index(fields=["speaker", "-dated_at"], name="statement_speaker"),
            models.Index(fields=["-dated_at"], name="statement_newest"),
            GinIndex(fields=["about"], name="statement_about"),
        ]

    def __str__(self) -> str:
        return f"{self.speaker_text} {self.verb}"
