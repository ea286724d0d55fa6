"""Stories by hand: merge, split and move; a decision is written to the ledger and every later grouping follows it."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from analysis.models import Story, StoryDecision, StoryMember
from analysis.services.judgments import JudgmentRefused
from analysis.services.profiles import store_profile
from analysis.services.stories import hold_group_lock, regroup
from articles.models import Article
from articles.services import record_audit

Decision = StoryDecision.Decision


class StoryRefused(JudgmentRefused):
    """The decision makes no sense for these stories; `reason` is a sentence for the analyst."""


def merge_stories(story: Story, *, into: Story, by: User) -> StoryDecision:
    """Say that two stories are one; `into` keeps its number. Raises StoryRefused."""
    with transaction.atomic():
        hold_group_lock()
        gives, gets = _members(story), _members(into)
        if story.pk == into.pk:
            raise StoryRefused("Choose another story: this is the same one.")
        if not gives or not gets:
            raise StoryRefused("One of the stories has no articles any more.")
        row = StoryDecision(decision=Decision.TOGETHER, together=[*gets, *gives], story=into, by=by)
        return _decide(row, wishes=dict.fromkeys(gets, into.pk))


def split_story(story: Story, article_ids: Iterable[int], *, by: User) -> StoryDecision:
    """Make a story of their own of the chosen articles. Raises StoryRefused."""
    with transaction.atomic():
        hold_group_lock()
        members = _members(story)
        chosen = sorted(set(article_ids) & set(members))
        rest = [pk for pk in members if pk not in chosen]
        if not chosen or not rest:
            raise StoryRefused("Choose at least one article, but not all of them.")
        row = StoryDecision(
            decision=Decision.APART, together=chosen, chosen=chosen, apart=rest, story=story, by=by
        )
        return _decide(row, wishes=dict.fromkeys(rest, story.pk))


def move_article(article: Article, *, into: Story, by: User) -> StoryDecision:
    """Put one article into another story, whatever the machine says. Raises StoryRefused."""
    with transaction.atomic():
        hold_group_lock()
        target = _members(into)
        current = StoryMember.objects.filter(article=article).values_list("story", flat=True).first()
        if not target:
            raise StoryRefused("That story has no articles any more.")
        if current == into.pk:
            raise StoryRefused("The article is in this story already.")
        if store_profile(article) is None or article.withdrawn_at is not None:
            raise StoryRefused("This article has no text, or was withdrawn.")
        family = set(
            Article.objects.filter(duplicate_of=article.duplicate_of_id or article.pk).values_list(
                "pk", flat=True
            )
        )
        family |= {article.pk, article.duplicate_of_id or article.pk}
        left = StoryMember.objects.filter(story=current).exclude(article__in=family).order_by("article")
        row = StoryDecision(
            decision=Decision.MOVE,
            together=[*target, article.pk],
            chosen=[article.pk],
            apart=list(left.values_list("article", flat=True)) if current else [],
            story=into,
            by=by,
        )
        return _decide(row, wishes=dict.fromkeys(target, into.pk))


def undo_decision(decision: StoryDecision, *, by: User) -> StoryDecision:
    """Take a decision back; what the machine and the other decisions say stands again. Twice is harmless."""
    with transaction.atomic():
        hold_group_lock()
        row = StoryDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if row.undone_at is not None:
            return row
        StoryDecision.objects.filter(pk=row.pk).update(undone_at=Now(), undone_by=by)
        regroup(row.article_ids, wishes={int(pk): story for pk, story in row.before.items()})
        record_audit(f"undo {row.decision}", row, by=by, detail={"articles": row.article_ids})
        row.refresh_from_db()
        return row


def _members(story: Story) -> list[int]:
    return list(StoryMember.objects.filter(story=story).order_by("article").values_list("article", flat=True))


def _decide(row: StoryDecision, *, wishes: Mapping[int, int]) -> StoryDecision:
    """Write the decision, group what it names anew and say so in the audit trail."""
    row.article_ids = sorted({*row.together, *row.chosen, *row.apart})
    row.before = dict(
        StoryMember.objects.filter(article__in=row.article_ids)
        .order_by("article")
        .values_list("article", "story")
    )
    row.save()
    regroup(row.article_ids, wishes=wishes)
    detail = {"story": row.story_id, "together": row.together, "chosen": row.chosen, "apart": row.apart}
    record_audit(f"story {row.decision}", row, by=row.by, detail=detail)
    row.refresh_from_db()
    return row
