"""The article page: status, text with its mentions, tags with their evidence; and the evidence page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language_info
from django.views.decorators.http import require_safe

from analysis.forms import AddMentionForm
from analysis.models import Analysis, BriefEdit, Judgment, Kind, Mention, Story, Tag
from analysis.pipeline.types import OBSERVABLES
from analysis.search.facts import read_facts
from analysis.search.related import related_articles
from analysis.services.writer import writer
from analysis.views.editing import edited_brief
from articles.forms import NoteForm
from articles.models import Article, Note, Snapshot, Stage, Version
from articles.templatetags.reading import Marks
from articles.views.briefs import make_brief
from articles.views.covers import cover_address, named_for_cover
from articles.views.notes import notes_in
from articles.views.safe import person

GROUPS = (
    ("Countries", ("country", "nationality")),
    ("Companies", ("company",)),
    ("Researchers", ("researcher",)),
    ("People", ("person",)),
    ("Organizations", ("organization", "government", "igo", "media")),
    ("Threats", ("threat", "malware")),
    ("Places", ("place",)),
    ("Products", ("product",)),
    ("Observables", tuple(kind.value for kind in OBSERVABLES)),
    ("Other", ("other",)),
)
STEPS = (
    (Stage.SUBMITTED, "Fetch the page"),
    (Stage.FETCHED, "Read the text"),
    (Stage.EXTRACTED, "Find who and what"),
    (Stage.ANALYZED, "Compare with others"),
)


@dataclass(frozen=True, slots=True)
class TagLine:
    """One tag in the side panel: what, the sentence that shows it best, the mention to judge."""

    tag: Tag
    evidence: str
    sentence: int
    mention: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An article version as the page shows it."""

    version: Version
    analysis: Analysis | None
    mentions: Sequence[Mention]

    def marks(self, field: str) -> Marks:
        """What to mark in the title or the text."""
        sentences = [
            (number, start, end)
            for number, (where, start, end) in enumerate(self.analysis.sentences if self.analysis else [])
            if where == field
        ]
        return Marks([mention for mention in self.mentions if mention.field == field], sentences)

    def sentence(self, number: int) -> str:
        """The words of a sentence, "" when there is none of that number."""
        sentences = self.analysis.sentences if self.analysis else []
        if not 0 <= number < len(sentences):
            return ""
        field, start, end = sentences[number]
        return (self.version.title if field == "title" else self.version.text)[start:end]

    def tag_groups(self, tags: Iterable[Tag]) -> list[tuple[str, list[TagLine]]]:
        """Tags by kind, in the order they are read."""
        first = {mention.entity_id: mention.pk for mention in reversed(self.mentions)}
        lines: dict[str, list[TagLine]] = defaultdict(list)
        for tag in tags:
            line = TagLine(tag, self.sentence(tag.evidence), tag.evidence, first.get(tag.entity_id))
            lines[tag.kind].append(line)
        groups = [(title, [line for kind in kinds for line in lines[kind]]) for title, kinds in GROUPS]
        return [(title, found) for title, found in groups if found]

    def unlinked(self) -> list[Mention]:
        """Mentions without an entity, each surface once."""
        return list(
            {(m.kind, m.value or m.surface): m for m in reversed(self.mentions) if not m.entity_id}.values()
        )


def visible_article(request: HttpRequest, pk: int) -> Article:
    """The article, or 404 when there is none that this person may see."""
    articles = Article.objects.visible_to(request.user).defer("search", "version__analysis__tags")
    story = Story.objects.filter(pk=OuterRef("story_id"))
    articles = articles.annotate(
        story_title=story.values("title")[:1],
        story_size=story.values("article_count")[:1],
        has_notes=Exists(Note.objects.filter(article=OuterRef("pk"), removed_at=None)),
        has_judgments=Exists(Judgment.objects.filter(article=OuterRef("pk"), undone_at=None)),
        has_copies=Exists(Article.objects.filter(duplicate_of=OuterRef("pk"))),
        has_edits=Exists(BriefEdit.objects.filter(article=OuterRef("pk"), undone_at=None)),
    )
    found: Article = get_object_or_404(
        articles.select_related("source", "version__analysis", "assignee", "duplicate_of"), pk=pk
    )
    return found


@require_safe
def article_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an article, or see how far it is."""
    article = visible_article(request, pk)
    version = chosen_version(request, article)
    reading = read(version) if version else None
    if version is None or reading is None or is_waiting(request, article, reading):
        context = {"article": article, "nav": "articles", **progress(article)}
        return render(request, "articles/article_waiting.html", context)
    is_current = version == article.version
    tags = list(Tag.objects.filter(article=article).select_related("entity__parent")) if is_current else []
    named = named_for_cover(tags)
    notes = notes_in(article, version, person(request))
    context = {
        "article": article,
        "reading": reading,
        "brief": make_brief(reading.analysis, version.text, reading.mentions),
        "direction": direction(article.language),
        "cover": cover_address(article, named),
        "cover_names": ", ".join(one.name for one in named[:5]),
        "facts": read_facts(article, tags, request.user),
        "title_marks": notes.on(reading.marks("title"), "title"),
        "text_marks": notes.on(reading.marks("body"), "body"),
        "notes": notes,
        "note_form": NoteForm(version=version),
        "edits": edited_brief(article, version, reading.analysis),
        "writer": writer(),
        "states": Article.WorkState.choices,
        "groups": reading.tag_groups(tags),
        "unlinked": reading.unlinked(),
        "judgments": judgments_of(article),
        "copies": copies_of(article, request.user),
        "related": related_articles(article, tags, request.user),
        "add_form": AddMentionForm(text=version.text, title=version.title, initial={"kind": Kind.COMPANY}),
        "is_old": not is_current,
        "twin": visible_twin(article, request.user),
        **progress(article),
        "nav": "articles",
    }
    return render(request, "articles/article_detail.html", context)


def judgments_of(article: Article) -> Iterable[Judgment]:
    """What people said of its tags, the newest twenty; no statement when nobody said anything."""
    if not getattr(article, "has_judgments", True):
        return []
    judgments = Judgment.objects.filter(article=article, undone_at=None)
    return judgments.select_related("by", "entity", "new_entity")[:20]


def copies_of(article: Article, user: User | AnonymousUser) -> Iterable[Article]:
    """Ten of the articles that repeat it and that this person may see; no statement when there are none."""
    if not getattr(article, "has_copies", True):
        return []
    return Article.objects.visible_to(user).present().filter(duplicate_of=article).defer("search")[:10]


def visible_twin(article: Article, user: User | AnonymousUser) -> Article | None:
    """The article this one is a copy of, if this person may know of it."""
    twin = article.duplicate_of
    if twin is None or user.has_perm("articles.view_article"):
        return twin
    return twin if Article.objects.visible_to(user).filter(pk=twin.pk).exists() else None


def is_waiting(request: HttpRequest, article: Article, reading: Reading) -> bool:
    """Whether there is nothing to read yet; a text that is being analyzed again can still be read."""
    return reading.analysis is None and not article.is_settled and "version" not in request.GET


def chosen_version(request: HttpRequest, article: Article) -> Version | None:
    """The version asked for, else the current one."""
    number = request.GET.get("version", "")
    if not number:
        return article.version
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise Http404
    return get_object_or_404(article.versions.all(), number=int(number))


def read(version: Version) -> Reading:
    """Everything stored about a version that its page shows."""
    analysis: Analysis | None = getattr(version, "analysis", None)
    mentions = (
        Mention.objects.filter(version=version)
        .select_related("entity")
        .defer("reasons", "candidates", "found", "entity__description")
    )
    return Reading(version, analysis, list(mentions.order_by("field", "start", "-end", "pk")))


def direction(language: str) -> str:
    """Which way a language is written: "ltr" or "rtl"."""
    try:
        return "rtl" if get_language_info(language or "en")["bidi"] else "ltr"
    except KeyError:
        return "ltr"


def progress(article: Article) -> dict[str, Any]:
    """The steps of the work and which one it is at."""
    stages = [stage for stage, _ in STEPS]
    at = stages.index(Stage(article.stage)) if article.stage in stages else len(stages)
    stopped = "bad" if article.failed_at or article.hold_reason else "now"
    steps = [
        (label, "done" if place < at else stopped if place == at else "")
        for place, (_, label) in enumerate(STEPS)
    ]
    return {"steps": steps}


@require_safe
def article_status(request: HttpRequest, pk: int) -> HttpResponse:
    """The live status; once the article is settled the page around it is told to load again."""
    article = visible_article(request, pk)
    response = render(request, "articles/_article_progress.html", {"article": article, **progress(article)})
    if article.is_settled:
        response["HX-Refresh"] = "true"
    return response


@require_safe
def article_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the text comes from: captures, hashes, redirects, headers, how each fact was read, versions."""
    article = visible_article(request, pk)
    snapshots: QuerySet[Snapshot] = article.snapshots.defer("body")
    context = {
        "article": article,
        "snapshots": snapshots,
        "versions": article.versions.defer("text", "blocks").select_related("created_by").order_by("-number"),
        "addresses": article.addresses.all(),
        "submissions": article.submissions.select_related("by")[:20],
        "findings": [
            (name.replace("_", " ").capitalize(), finding)
            for name, finding in sorted((article.version.findings if article.version else {}).items())
        ],
        "nav": "articles",
    }
    return render(request, "articles/article_evidence.html", context)
