"""Stories: the list, one story's page, and what analysts decide about them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from analysis.forms import ChosenStoryForm
from analysis.models import Story, StoryDecision
from analysis.search.stories import find_stories, read_story
from analysis.services import merge_stories, move_article, split_story, undo_decision
from analysis.views.entities import judge_required
from analysis.views.refusals import says_why
from articles.forms import first_error
from articles.models import Article
from articles.views.safe import person

PAGE = 30
DECISIONS = 20


@require_safe
def story_list(request: HttpRequest) -> HttpResponse:
    """Stories by words, those with the newest articles first."""
    words = request.GET.get("q", "").replace("\x00", "")[:200].strip()
    page = Paginator(find_stories(request.user, words), PAGE).get_page(request.GET.get("page"))
    return render(request, "analysis/story_list.html", {"page": page, "words": words, "nav": "stories"})


@require_safe
def story_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One story: timeline, what each article adds, where they differ, who covers it, what was decided."""
    story = get_object_or_404(Story.objects.select_related("moved_to"), pk=pk)
    if story.moved_to is not None:
        messages.info(request, "The articles of that story are part of this one now.")
        return redirect(story.moved_to)
    reading = read_story(story, request.user)
    if not reading.parts:
        raise Http404
    decisions = StoryDecision.objects.filter(article_ids__overlap=[part.article.pk for part in reading.parts])
    context = {
        "story": story,
        "reading": reading,
        "hidden": story.article_count - len(reading.parts),
        "decisions": decisions.select_related("by")[:DECISIONS],
        "nav": "stories",
    }
    return render(request, "analysis/story_detail.html", context)


@require_POST
@judge_required
@says_why
def story_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that this story and another are one; can be undone."""
    story = get_object_or_404(Story.objects.standing(), pk=pk)
    form = ChosenStoryForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(story)
    into = form.cleaned_data["story"]
    merge_stories(story, into=into, by=person(request))
    messages.success(request, "Both are one story now. It can be undone below.")
    return redirect(into)


@require_POST
@judge_required
@says_why
def story_split(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a story of their own of the chosen articles; can be undone."""
    story = get_object_or_404(Story.objects.standing(), pk=pk)
    chosen = [int(given) for given in request.POST.getlist("ids") if given.isascii() and given.isdigit()]
    split_story(story, [number for number in chosen if number < 1 << 31], by=person(request))
    messages.success(request, "The chosen articles are apart now. It can be undone below.")
    return redirect_to(story)


@require_POST
@judge_required
@says_why
def article_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an article into a story by hand; can be undone."""
    article = get_object_or_404(
        Article.objects.visible_to(request.user).ready().select_related("version"), pk=pk
    )
    form = ChosenStoryForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(article)
    into = form.cleaned_data["story"]
    move_article(article, into=into, by=person(request))
    messages.success(request, f"“{article.headline}” is part of this story now. It can be undone below.")
    return redirect(into)


@require_POST
@judge_required
def decision_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge, split or move back."""
    decision = get_object_or_404(StoryDecision.objects.filter(undone_at=None).select_related("story"), pk=pk)
    undo_decision(decision, by=person(request))
    messages.success(request, "Undone.")
    return redirect_to(decision.story)


def redirect_to(story: Story | None) -> HttpResponse:
    """The story's page, the list when it has ended."""
    if story is None or not Story.objects.standing().filter(pk=story.pk).exists():
        return redirect("analysis:story_list")
    return redirect(story)
