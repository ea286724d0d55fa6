"""Work on an article: its state, whose it is, and who changed either when."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.forms import assignable
from articles.models import Article, Audit, user_label
from articles.views.reading import visible_article

judge_required = permission_required("articles.judge_article", raise_exception=True)
STEPS_SHOWN = 100
VERBS = ("set state", "assign")


@dataclass(frozen=True, slots=True)
class WorkStep:
    """One change of state or assignee in words."""

    at: datetime
    by: str
    text: str


@require_safe
@judge_required
def article_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose an article is and how far: to change, with everything that was changed before."""
    article = visible_article(request, pk)
    people = list(assignable())
    context = {
        "article": article,
        "states": Article.WorkState.choices,
        "people": people,
        "work_steps": work_steps(article, {one.pk: user_label(one) for one in people}),
        "nav": "articles",
    }
    return render(request, "articles/article_work.html", context)


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
