"""Reading stories: lists, one story's articles with what each adds and contradicts, and what it names."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from analysis.models import Analysis, Entity, Story, StoryMember, StoryQuerySet, Tag
from analysis.pipeline.tellings import Addition, Contradiction, Telling, find_additions, find_contradictions
from articles.models import Article

MAX_TOLD = 30  # articles of a story whose sentences are compared, the newest
SHOWN_ENTITIES = 12
PEOPLE_ROLES = 6  # differing names that are shown


@dataclass(frozen=True, slots=True)
class Part:
    """One article of a story with its place in it and what only it says."""

    article: Article
    score: float
    reasons: list[dict[str, object]]
    additions: tuple[Addition, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """One side of a contradiction: what an article prints, and the sentence it stands in."""

    article: Article
    printed: str
    sentence: int
    text: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """Things that the articles of a story say differently, side by side."""

    about: str
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a story's page shows."""

    parts: list[Part]
    disputes: list[Dispute]
    countries: list[tuple[Entity, int]]
    entities: list[tuple[Entity, int]]
    sources: list[tuple[str, str, int]]  # name, grade, articles


def find_stories(user: User | AnonymousUser, words: str) -> StoryQuerySet:
    """Standing stories that the person may read at least one article of, newest first, with all of the words."""
    stories = Story.objects.standing().visible_to(user)
    for word in words.split()[:8]:
        named = Article.objects.visible_to(user).filter(story_id__isnull=False, title__icontains=word)
        stories = stories.filter(Q(title__icontains=word) | Q(pk__in=named.values("story_id")))
    return stories


def read_story(story: Story, user: User | AnonymousUser) -> Reading:
    """The story as far as the person may read its articles; oldest first."""
    readable = Article.objects.visible_to(user).ready().defer("search").select_related("source", "version")
    members = {row.article_id: row for row in StoryMember.objects.filter(story=story)}
    articles = sorted(readable.filter(pk__in=members), key=lambda one: (one.dated_at, one.pk))
    told = _tellings([one for one in articles if one.duplicate_of_id is None][-MAX_TOLD:])
    additions: dict[int, list[Addition]] = defaultdict(list)
    for addition in find_additions(told):
        additions[addition.article].append(addition)
    tags = list(
        Tag.objects.filter(article__in=[one.pk for one in articles], is_implied=False)
        .select_related("entity")
        .order_by("article_id", "-salience", "pk")
    )
    by_id = {one.pk: one for one in articles}
    counts = _entity_counts(tags)
    return Reading(
        parts=[
            Part(one, members[one.pk].score, members[one.pk].reasons, tuple(additions[one.pk]))
            for one in articles
        ],
        disputes=[*_figure_disputes(find_contradictions(told), by_id), *_name_disputes(tags, by_id, told)],
        countries=[(entity, number) for entity, number in counts if entity.kind == "country"][
            :SHOWN_ENTITIES
        ],
        entities=[(entity, number) for entity, number in counts if entity.kind != "country"][:SHOWN_ENTITIES],
        sources=_sources(articles),
    )


def _tellings(articles: Sequence[Article]) -> list[Telling]:
    """The sentences of these articles' current texts."""
    found = dict(
        Analysis.objects.filter(version__in=[one.version_id for one in articles]).values_list(
            "version", "sentences"
        )
    )
    return [
        Telling(
            one.pk,
            tuple(
                (number, one.version.text[start:end].strip())
                for number, (field, start, end) in enumerate(found.get(one.version.pk, ()))
                if field == "body"
            ),
        )
        for one in articles
        if one.version is not None
    ]


def _figure_disputes(found: Sequence[Contradiction], articles: dict[int, Article]) -> list[Dispute]:
    return [
        Dispute(
            one.noun,
            tuple(
                Rival(articles[figure.article], figure.printed, figure.sentence, figure.text)
                for figure in one.figures
            ),
        )
        for one in found
    ]


def _name_disputes(
    tags: Sequence[Tag], articles: dict[int, Article], told: Sequence[Telling]
) -> list[Dispute]:
    """One office, different holders: the same printed role and affiliation given to different people."""
    sentences = {(one.article, number): text for one in told for number, text in one.sentences}
    holders: dict[tuple[str, str], dict[int, list[Tag]]] = defaultdict(lambda: defaultdict(list))
    for tag in tags:
        if tag.role and (tag.affiliation or len(tag.role.split()) > 1):
            holders[tag.role.casefold(), tag.affiliation.casefold()][tag.entity_id].append(tag)
    disputes = []
    for (role, affiliation), people in sorted(holders.items()):
        first = [rows[0] for rows in people.values()]
        if len(first) < 2 or len({tag.article_id for tag in first}) < len(first):
            continue  # one article that names both knows that there are two
        about = f"{role} of {affiliation}" if affiliation and affiliation not in role else role
        disputes.append(
            Dispute(
                about,
                tuple(
                    Rival(
                        articles[tag.article_id],
                        tag.entity.name,
                        tag.evidence,
                        sentences.get((tag.article_id, tag.evidence), ""),
                    )
                    for tag in first
                ),
            )
        )
    return disputes[:PEOPLE_ROLES]


def _entity_counts(tags: Sequence[Tag]) -> list[tuple[Entity, int]]:
    entities = {tag.entity_id: tag.entity for tag in tags}
    counts = Counter(tag.entity_id for tag in tags)
    order = sorted(counts, key=lambda pk: (-counts[pk], entities[pk].article_count, pk))
    return [(entities[pk], counts[pk]) for pk in order]


def _sources(articles: Sequence[Article]) -> list[tuple[str, str, int]]:
    counts = Counter(
        (one.source.name if one.source else one.site or "No source", one.source.grade if one.source else "")
        for one in articles
    )
    return [
        (name, grade, number) for (name, grade), number in sorted(counts.items(), key=lambda x: (-x[1], x[0]))
    ]
