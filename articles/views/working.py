"""Work on an article: its state, whose it is, and who changed either when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from articles.models import Article, Audit, user_label

STEPS_SHOWN = 20
VERBS = ("set state", "assign")


@dataclass(frozen=True, slots=True)
class WorkStep:
    """One change of state or assignee in words."""

    at: datetime
    by: str
    text: str


def analysts() -> Iterable[User]:
    """Whom an article can be given to: active people who may judge."""
    return User.objects.with_perm(
        "articles.judge_article", backend="django.contrib.auth.backends.ModelBackend"
    ).order_by("username")


def work_context(article: Article, user: User) -> dict[str, Any]:
    """What the menu and the history of an article's work need; nothing for those who may not judge."""
    if not user.has_perm("articles.judge_article"):
        return {"states": [], "people": [], "work_steps": []}
    people = list(analysts())
    return {
        "states": Article.WorkState.choices,
        "people": people,
        "work_steps": work_steps(article, {one.pk: user_label(one) for one in people}),
    }


def work_steps(article: Article, names: dict[int, str]) -> list[WorkStep]:
    """Changes of state and assignee, newest first, from the audit trail; one statement."""
    rows = Audit.objects.filter(model="articles.article", row_id=article.pk, verb__in=VERBS).select_related(
        "by"
    )
    return [WorkStep(row.at, user_label(row.by), said(row, names)) for row in rows[:STEPS_SHOWN]]


def said(row: Audit, names: dict[int, str]) -> str:
    """One audit row as words: "New → In review", "given to lee"."""
    if "work_state" in row.detail:
        labels = dict(Article.WorkState.choices)
        return " → ".join(str(labels.get(one, one)) for one in row.detail["work_state"])
    before, after = row.detail.get("assignee", [None, None])
    if after is None:
        return f"no longer {names.get(before, 'somebody')}’s"
    return f"given to {names.get(after, 'somebody')}"
