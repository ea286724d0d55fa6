"""Every write about what was worked out: results, judgments, merges, re-runs."""

from analysis.services.arranging import arrange_widgets, arrangement
from analysis.services.counting import recount_entities, settle_again, settle_counts
from analysis.services.drafts import draft_and_store, waiting_drafts
from analysis.services.grouping import group_and_store, settle_stories
from analysis.services.judgments import JudgmentRefused, add_mention, judge_mention, judge_tag, undo_judgment
from analysis.services.lexicon import build_lexicon, warm_up
from analysis.services.merges import ChangeRefused, merge_entities, split_alias, undo_change
from analysis.services.rankings import keep_rankings, ranking_of
from analysis.services.reruns import pause_rerun, resume_rerun, run_rerun_step, start_rerun
from analysis.services.rollups import recount_days, settle_days
from analysis.services.storing import analyze_and_store, store_result
from analysis.services.story_decisions import (
    StoryRefused,
    merge_stories,
    move_article,
    split_story,
    undo_decision,
)

__all__ = [
    "ChangeRefused",
    "JudgmentRefused",
    "StoryRefused",
    "add_mention",
    "analyze_and_store",
    "arrange_widgets",
    "arrangement",
    "build_lexicon",
    "draft_and_store",
    "group_and_store",
    "judge_mention",
    "judge_tag",
    "keep_rankings",
    "merge_entities",
    "merge_stories",
    "move_article",
    "pause_rerun",
    "ranking_of",
    "recount_days",
    "recount_entities",
    "resume_rerun",
    "run_rerun_step",
    "settle_again",
    "settle_counts",
    "settle_days",
    "settle_stories",
    "split_alias",
    "split_story",
    "start_rerun",
    "store_result",
    "undo_change",
    "undo_decision",
    "undo_judgment",
    "waiting_drafts",
    "warm_up",
]
