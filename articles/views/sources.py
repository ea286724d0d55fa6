"""Sources: who they are, how far they can be trusted, and whether their feeds are well."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Case, Count, Max, Q, QuerySet, When
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from articles.models import Audit, Source
from articles.services import SubmissionRefused, add_source, edit_source, grade_source, poll_now
from articles.views.safe import person

PAGE_SIZE = 50
SILENT_AFTER = timedelta(days=7)
# A feed that brought three articles a week or more is silent for a week by chance in one week of twenty (Poisson);
# for a slower one five weeks are looked at.
BEFORE = timedelta(days=35)
USUAL = 12  # articles in the four weeks before this one
SLOW = 6  # articles ever, so that silence of five weeks says something
may_judge = permission_required("articles.judge_article", raise_exception=True)
RELIABILITY = [
    ("", "Not graded"),
    ("A", "A – completely reliable"),
    ("B", "B – usually reliable"),
    ("C", "C – fairly reliable"),
    ("D", "D – not usually reliable"),
    ("E", "E – unreliable"),
    ("F", "F – cannot be judged"),
]
CREDIBILITY = [
    ("", "Not graded"),
    ("1", "1 – confirmed by others"),
    ("2", "2 – probably true"),
    ("3", "3 – possibly true"),
    ("4", "4 – doubtful"),
    ("5", "5 – improbable"),
    ("6", "6 – cannot be judged"),
]


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # Django 5.2 takes no parameter at run time
    """What an analyst may say about a source."""

    feed_url = forms.URLField(max_length=2000, required=False, assume_scheme="https", label="Feed or sitemap")

    class Meta:
        model = Source
        fields = ("name", "country", "language", "kind", "feed_url", "poll_minutes")
        labels = {"poll_minutes": "Ask every … minutes"}

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_poll_minutes(self) -> int:
        minutes: int = self.cleaned_data["poll_minutes"]
        if minutes < 5:
            raise forms.ValidationError("Not more often than every 5 minutes.")
        return minutes


class GradeForm(forms.Form):
    """The Admiralty grade."""

    reliability = forms.ChoiceField(choices=RELIABILITY, required=False, label="Reliability of the source")
    credibility = forms.ChoiceField(choices=CREDIBILITY, required=False, label="Credibility of what it says")


def with_health(sources: QuerySet[Source]) -> QuerySet[Source]:
    """Each source with its articles in all, of this week and the four weeks before, the last, and unusual silence."""
    present = Q(articles__withdrawn_at__isnull=True)
    recent = Q(articles__submitted_at__gte=Now() - SILENT_AFTER)
    earlier = Q(articles__submitted_at__lt=Now() - SILENT_AFTER, articles__submitted_at__gte=Now() - BEFORE)
    counted = sources.annotate(
        size=Count("articles", filter=present),
        new=Count("articles", filter=present & recent),
        before=Count("articles", filter=present & earlier),
        last_at=Max("articles__submitted_at", filter=present),
    )
    unusual = Q(new=0) & (Q(before__gte=USUAL) | Q(before=0, size__gte=SLOW))
    return counted.annotate(is_silent=Case(When(unusual, then=True), default=False))


@may_judge
@require_safe
def source_list(request: HttpRequest) -> HttpResponse:
    """All sources with the health of their feeds; troubled ones first."""
    found = with_health(Source.objects.all())
    if words := request.GET.get("q", "").strip()[:100]:
        found = found.filter(Q(name__icontains=words) | Q(host__icontains=words))
    rows = found.order_by("-failures", "-size", "name")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "articles/source_list.html", {"page": page, "words": words, "nav": "sources"})


@may_judge
@require_safe
def source_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: details, grade with its history, health of the feed."""
    source = get_object_or_404(with_health(Source.objects.all()), pk=pk)
    return render(request, "articles/source_detail.html", detail_context(source, SourceForm(instance=source)))


def detail_context(source: Source, form: SourceForm) -> dict[str, object]:
    """Everything the page of one source shows."""
    grade = {"reliability": source.reliability, "credibility": source.credibility}
    return {
        "source": source,
        "form": form,
        "learned": [(name, *source.readings[name]) for name in sorted(source.readings)],
        "grade_form": GradeForm(initial=grade),
        "history": Audit.objects.filter(model="articles.source", row_id=source.pk).select_related("by")[:30],
        "nav": "sources",
    }


@may_judge
@require_POST
def source_add(request: HttpRequest) -> HttpResponse:
    """Follow a feed or sitemap."""
    try:
        source = add_source(request.POST.get("feed_url", ""), by=person(request))
    except SubmissionRefused as refused:
        messages.error(request, refused.reason)
        return redirect("articles:source_list")
    messages.success(request, f"{source.name} is followed now; its feed is asked within a minute.")
    return redirect("articles:source_detail", source.pk)


@may_judge
@require_POST
def source_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, country, language, kind or feed."""
    source = get_object_or_404(with_health(Source.objects.all()), pk=pk)
    form = SourceForm(request.POST, instance=Source.objects.get(pk=pk))
    if not form.is_valid():
        return render(request, "articles/source_detail.html", detail_context(source, form), status=422)
    edit_source(source, by=person(request), **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("articles:source_detail", pk)


@may_judge
@require_POST
def source_grade(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the Admiralty grade."""
    source = get_object_or_404(Source, pk=pk)
    form = GradeForm(request.POST)
    if form.is_valid():
        grade_source(
            source, form.cleaned_data["reliability"], form.cleaned_data["credibility"], by=person(request)
        )
        messages.success(request, "The grade is kept, with who set it and when.")
    else:
        messages.error(request, "Choose a letter from A to F and a figure from 1 to 6.")
    return redirect("articles:source_detail", pk)


@may_judge
@require_POST
def source_poll(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the feed at the next tick instead of when it is due."""
    source = get_object_or_404(Source.objects.exclude(feed_url=""), pk=pk)
    poll_now(source, by=person(request))
    messages.success(request, "The feed is asked within a minute.")
    return redirect("articles:source_detail", pk)
