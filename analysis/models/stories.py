"""Stories: articles grouped by event, what each looks like to the grouping, and what analysts decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.urls import reverse

from articles.models import Article, Version

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser


class StoryQuerySet(models.QuerySet["Story"]):
    """Ways to find stories; each is chainable."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> StoryQuerySet:
        """Stories with at least one article that the person may read."""
        readable = Article.objects.visible_to(user).ready().filter(story_id=OuterRef("pk"))
        return self.filter(Exists(readable))

    def standing(self) -> StoryQuerySet:
        """Those that still have articles; an emptied one only points at its successor."""
        return self.filter(article_count__gt=0)


class Story(models.Model):
    """A group of at least two articles about one event. `Article.story_id` is a plain copy of the membership."""

    title = models.CharField(max_length=1000, blank=True, default="")
    article_count = models.PositiveIntegerField(default=0)
    source_count = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    moved_to = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="former",
        help_text="Where most of its articles went when it was emptied",
    )

    objects = StoryQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-id"]
        verbose_name_plural = "stories"
        constraints = [
            models.CheckConstraint(
                name="story_moved_is_empty", condition=Q(moved_to__isnull=True) | Q(article_count=0)
            ),
            models.CheckConstraint(name="story_moved_elsewhere", condition=~Q(moved_to=F("id"))),
        ]
        indexes = [
            models.Index(fields=["-last_at", "-id"], name="story_newest", condition=Q(article_count__gt=0))
        ]

    def __str__(self) -> str:
        return self.title or f"Story {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("analysis:story_detail", args=[self.pk])


class StoryMember(models.Model):
    """An article's place in a story: how alike it is to the rest, and why."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="members")
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="story_member")
    score = models.FloatField(help_text="Mean similarity to the story's other articles, 0 to 1")
    reasons = models.JSONField(default=list)
    joined_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["story", "id"]
        constraints = [
            models.CheckConstraint(name="story_member_score_range", condition=Q(score__gte=0, score__lte=1))
        ]

    def __str__(self) -> str:
        return f"{self.article} in {self.story}"


class StoryProfile(models.Model):
    """What grouping sees of an article's current version (pipeline/stories.py): words, meaning, date, language."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="story_profile")
    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="story_profile")
    dated_at = models.DateTimeField(null=True, blank=True, help_text="Published; null when unknown")
    language = models.CharField(max_length=8, blank=True, default="")
    keys = ArrayField(
        models.IntegerField(), default=list, help_text="The weightiest terms, to find neighbors"
    )
    terms = models.BinaryField(help_text="int32 hashes of words and word pairs, ascending")
    weights = models.BinaryField(help_text="float32 TF-IDF weights of `terms`, of length one together")
    vector = models.BinaryField(blank=True, help_text="384 float32; empty where the model knows no language")
    method = models.CharField(max_length=20, help_text="Which behavior made it; another one makes it anew")

    class Meta:
        indexes = [
            GinIndex(fields=["keys"], name="story_profile_keys"),
            models.Index(fields=["dated_at"], name="story_profile_date"),
        ]

    def __str__(self) -> str:
        return f"Profile of {self.article_id}"


class StoryDecision(models.Model):
    """An analyst's word on which articles tell one story; a ledger, undone by marking, heard by every grouping."""

    class Decision(models.TextChoices):
        TOGETHER = "together", "Merged"
        APART = "apart", "Split"
        MOVE = "move", "Moved"

    decision = models.CharField(max_length=8, choices=Decision.choices)
    together = models.JSONField(default=list, help_text="Ids of articles that tell one story")
    chosen = models.JSONField(default=list, help_text="Ids of the articles that were split off or moved")
    apart = models.JSONField(default=list, help_text="Ids of articles that tell another story than `chosen`")
    article_ids = ArrayField(models.IntegerField(), default=list, help_text="All articles that it names")
    before = models.JSONField(default=dict, help_text="{article id: story id} as it stood, for the way back")
    story = models.ForeignKey(
        Story, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="story_decisions"
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_story_decisions",
    )

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [GinIndex(fields=["article_ids"], name="story_decision_articles")]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} ({self.at:%Y-%m-%d})"
