"""Stories: group an article with those that tell of the same event, and keep the stories' rows true.

Whoever calls holds the group lock: stories are looked at and rewritten by one worker at a time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Now

from analysis.models import Story, StoryDecision, StoryMember, StoryProfile
from analysis.pipeline.profiles import Profile, hash_term, list_terms, shared_terms
from analysis.pipeline.stories import Group, Rules, Ruling, find_neighbors, group, resolve
from analysis.services.profiles import find_candidates, load_profiles, store_profile
from articles.models import Article, Stage

# Any fixed number will do; it names the right to look at neighbors and decide.
GROUP_LOCK = 7_201_002
MAX_AFFECTED = 400  # articles grouped anew at once; the nearest stories first
WANTED = 1_000  # votes of an analyst's wish which story keeps its number


def hold_group_lock() -> None:
    """Wait for the right to group; it ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GROUP_LOCK])


def place_article(article_id: int) -> None:
    """Group the article, or the one it is a copy of, with its neighbors anew. Twice changes nothing."""
    row = Article.objects.select_related("version", "duplicate_of__version").get(pk=article_id)
    original = row.duplicate_of if row.duplicate_of and row.duplicate_of.withdrawn_at is None else row
    profile = store_profile(original)
    near = find_neighbors(profile, find_candidates(profile)) if profile else []
    regroup([original.pk, article_id, *near])


def regroup(article_ids: Sequence[int], wishes: Mapping[int, int] | None = None) -> None:
    """Group these articles and all of the stories they are in anew, under the analysts' decisions.

    `wishes` says of which story an article's group should keep the number, if it can.
    """
    families = _families(_affected(article_ids))
    rules = _rules(families)
    profiles = _profiles(set(families.values()) & set(families))
    groups = [one for one in group(profiles, rules) if _count(one, families) > 1]
    before = _memberships(families)
    numbers = _number(groups, families, before, wishes or {})
    _write(groups, numbers, families, {profile.id: profile for profile in profiles})
    _refresh(set(before.values()) | set(numbers), before)


def _profiles(ids: set[int]) -> list[Profile]:
    """The profiles of these articles; those that were never made are made."""
    found = {profile.id: profile for profile in load_profiles(ids)}
    for article in Article.objects.filter(pk__in=ids - set(found)).select_related("version").order_by("pk"):
        profile = store_profile(article)
        if profile is not None:
            found[article.pk] = profile
    return [found[pk] for pk in sorted(found)]


def leave_story(article_id: int) -> None:
    """Take a withdrawn article out of its story; restored, it is grouped again."""
    story = StoryMember.objects.filter(article=article_id).values_list("story", flat=True).first()
    StoryProfile.objects.filter(article=article_id).delete()
    StoryMember.objects.filter(article=article_id).delete()
    Article.objects.filter(pk=article_id).exclude(story_id=None).update(story_id=None)
    rest = list(StoryMember.objects.filter(story=story).values_list("article", flat=True)) if story else []
    if rest:
        regroup(rest)
    elif story:
        _refresh({story}, {})


def unsettled_articles(limit: int) -> list[tuple[int, bool]]:
    """Articles whose story is not what it should be, and whether they should have one: [(id, is present), …]."""
    gone = Article.objects.filter(withdrawn_at__isnull=False, story_profile__isnull=False)
    alone = Q(duplicate_of__isnull=True) | Q(duplicate_of__withdrawn_at__isnull=False)
    waiting = Article.objects.present().filter(alone, stage=Stage.GROUPED, story_profile__isnull=True)
    waiting = waiting.filter(version__text__regex=r"\S")
    found = [(pk, False) for pk in gone.values_list("pk", flat=True).order_by("pk")[:limit]]
    return found + [(pk, True) for pk in waiting.values_list("pk", flat=True).order_by("pk")[:limit]]


def _affected(article_ids: Sequence[int]) -> list[int]:
    """The articles, the rest of their stories, and what decisions tie to them: two rounds reach what can change."""
    found = list(dict.fromkeys(article_ids))
    for _ in range(2):
        stories = list(
            dict.fromkeys(
                StoryMember.objects.filter(article__in=found).order_by("id").values_list("story", flat=True)
            )
        )
        members = (
            StoryMember.objects.filter(story__in=stories).order_by("id").values_list("article", flat=True)
        )
        tied = StoryDecision.objects.filter(undone_at__isnull=True, article_ids__overlap=found)
        named = [pk for ids in tied.values_list("together", flat=True) for pk in ids]
        found = list(dict.fromkeys([*found, *members, *named]))
    return found[:MAX_AFFECTED]


def _families(article_ids: Iterable[int]) -> dict[int, int]:
    """Every present article among these with its copies, each with the article that stands for it."""
    ids = set(article_ids)
    roots = Article.objects.filter(pk__in=ids).values_list("duplicate_of", flat=True)
    ids |= {pk for pk in roots if pk is not None}
    rows = Article.objects.present().filter(Q(pk__in=ids) | Q(duplicate_of__in=ids))
    root_of = dict(rows.values_list("pk", "duplicate_of"))
    return {pk: root if root in root_of else pk for pk, root in root_of.items()}


def _rules(families: Mapping[int, int]) -> Rules:
    """The standing decisions about these articles; a copy is decided about as its original is."""
    rows = StoryDecision.objects.filter(undone_at__isnull=True, article_ids__overlap=list(families))

    def stand(ids: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(families[pk] for pk in ids if pk in families))

    return resolve(
        [
            Ruling(stand(row.together), stand(row.chosen), stand(row.apart))
            for row in rows.order_by("at", "id")
        ]
    )


def _count(one: Group, families: Mapping[int, int]) -> int:
    return sum(root in one.ids for root in families.values())


def _memberships(families: Mapping[int, int]) -> dict[int, int]:
    """The story each article and its withdrawn companions are in, before anything changes."""
    rows = StoryMember.objects.filter(article__in=list(families))
    stories = set(rows.values_list("story", flat=True))
    return dict(StoryMember.objects.filter(story__in=stories).values_list("article", "story"))


def _number(
    groups: Sequence[Group], families: Mapping[int, int], before: Mapping[int, int], wishes: Mapping[int, int]
) -> list[int]:
    """A story id for each group: the one most of its articles were in; new where there is none."""
    votes: Counter[tuple[int, int]] = Counter()
    for at, one in enumerate(groups):
        for pk, root in families.items():
            if root in one.ids:
                votes.update({(at, before[pk]): 1} if pk in before else {})
                votes.update({(at, wishes[pk]): WANTED} if pk in wishes else {})
    standing = set(Story.objects.filter(pk__in={story for _, story in votes}).values_list("pk", flat=True))
    numbers: dict[int, int] = {}
    for (at, story), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        if at not in numbers and story in standing:
            numbers[at] = story
            standing.discard(story)
    return [numbers[at] if at in numbers else Story.objects.create().pk for at in range(len(groups))]


def _write(
    groups: Sequence[Group],
    numbers: Sequence[int],
    families: Mapping[int, int],
    profiles: Mapping[int, Profile],
) -> None:
    """Memberships and the articles' copies of them, as far as they differ; rows of articles in order of their ids."""
    stored = {row.article_id: row for row in StoryMember.objects.filter(article__in=list(families))}
    rows = []
    for one, number in zip(groups, numbers, strict=True):
        for pk in sorted(pk for pk, root in families.items() if root in one.ids):
            rows.append(_member(pk, families[pk], one, number, stored.get(pk)))
    explain([row for row in rows if row.reasons == [] and row.article_id in profiles], groups, profiles)
    StoryMember.objects.filter(article__in=set(families) - {row.article_id for row in rows}).delete()
    StoryMember.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["story", "score", "reasons"],
    )
    _copy(dict.fromkeys(families) | {row.article_id: row.story_id for row in rows})


def _member(pk: int, root: int, one: Group, number: int, stored: StoryMember | None) -> StoryMember:
    """A membership; reasons stay where the story stays, a copy's reason is its original."""
    is_same = stored is not None and stored.story_id == number
    reasons = stored.reasons if stored is not None and is_same else []
    if root != pk:
        reasons = [{"article": root, "copy": True}]
    return StoryMember(story_id=number, article_id=pk, score=one.places[root].score, reasons=reasons)


def explain(rows: Sequence[StoryMember], groups: Sequence[Group], profiles: Mapping[int, Profile]) -> None:
    """Say of each new member which article it is most like, and in which words."""
    places = {pk: place for one in groups for pk, place in one.places.items()}
    texts = Article.objects.filter(pk__in=[row.article_id for row in rows], version__isnull=False)
    words = {
        pk: {hash_term(term): term for term in (*list_terms(title), *list_terms(text))}
        for pk, title, text in texts.values_list("pk", "version__title", "version__text")
    }
    for row in rows:
        place = places[row.article_id]
        if place.nearest is not None and row.article_id in words:
            shared = shared_terms(profiles[row.article_id], profiles[place.nearest], words[row.article_id])
            row.reasons = [{"article": place.nearest, "similarity": place.similarity, "shared": shared}]


def _copy(wanted: Mapping[int, int | None]) -> None:
    """`Article.story_id` as the memberships say."""
    rows = Article.objects.filter(pk__in=list(wanted)).order_by("pk")
    changed = [pk for pk, story in rows.values_list("pk", "story_id") if story != wanted[pk]]
    locked = (
        Article.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=changed).order_by("pk")
    )
    list(locked.values_list("pk"))
    for story in {wanted[pk] for pk in changed}:
        Article.objects.filter(pk__in=[pk for pk in changed if wanted[pk] == story]).update(story_id=story)


def _refresh(stories: set[int], before: Mapping[int, int]) -> None:
    """Counts, dates and titles of these stories; an emptied one points at where most of its articles went."""
    found = {
        row["story"]: row
        for row in StoryMember.objects.filter(story__in=stories)
        .values("story")
        .annotate(
            articles=Count("id"),
            sources=Count("article__source", distinct=True),
            first=Min("article__dated_at"),
            last=Max("article__dated_at"),
        )
    }
    for pk in sorted(stories):
        row = found.get(pk)
        if row is None:
            _empty(pk, before)
            continue
        Story.objects.filter(pk=pk).update(
            title=_title(pk),
            article_count=row["articles"],
            source_count=row["sources"],
            first_at=row["first"],
            last_at=row["last"],
            changed_at=Now(),
            moved_to=None,
        )


def _title(story: int) -> str:
    """The headline of the article most like all others; the first published of several."""
    best = (
        StoryMember.objects.filter(story=story)
        .exclude(article__title="")
        .order_by("-score", "article__dated_at", "article_id")
        .values_list("article__title", flat=True)
        .first()
    )
    return best or ""


def _empty(pk: int, before: Mapping[int, int]) -> None:
    former = [article for article, story in before.items() if story == pk]
    went = StoryMember.objects.filter(article__in=former).values_list("story", flat=True)
    heir = Counter(went).most_common(1)
    Story.objects.filter(pk=pk).update(
        article_count=0, source_count=0, changed_at=Now(), moved_to=heir[0][0] if heir else None
    )
    followers = Story.objects.filter(moved_to=pk)
    if heir:
        followers = followers.exclude(pk=heir[0][0])
    followers.update(moved_to=heir[0][0] if heir else None)
