"""Bring the stored mentions, tags, search copies and counts of one article to what should stand."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest

from analysis.models import PEOPLE, Alias, Analysis, Entity, Judgment, Mention, Origin, Tag
from analysis.pipeline.types import Kind
from analysis.services.derive import Inputs, derive_mentions
from analysis.services.entities import change_counts, known_surfaces, survivors
from analysis.services.tagging import derive_tags
from analysis.services.typed import make_cast, write_typed
from articles.models import READY_STAGES, Article, Version
from articles.services.index import store_index

_COLUMNS = (
    "surface", "kind", "entity_id", "score", "method", "reasons", "candidates", "sentence", "value",
    "is_ambiguous", "is_implied", "by_id", "found", "judgment_id", "is_rejected",
)  # fmt: skip
_TAG_COLUMNS = (
    "kind", "score", "salience", "is_about", "is_implied", "mention_count", "evidence", "role", "role_category",
    "affiliation", "reasons",
)  # fmt: skip
ALIASES_INDEXED = 12  # names per entity in an article's search vector


@dataclass(slots=True)
class Ledger:
    """What a transaction still has to do when all articles are settled: counts, in one order over all workers."""

    counts: Counter[int] = field(default_factory=Counter)
    hits: Counter[int] = field(default_factory=Counter)
    researchers: set[int] = field(default_factory=set)

    def close(self) -> None:
        """Write the counts; the last statement of the transaction."""
        for judgment_id, delta in sorted(self.hits.items()):
            if delta:
                Judgment.objects.filter(pk=judgment_id).update(hits=Greatest(F("hits") + delta, 0))
        change_counts(self.counts, promote=self.researchers)


@dataclass(frozen=True, slots=True)
class Change:
    """What settling changed in an article's tags: ids of entities."""

    added: frozenset[int]
    removed: frozenset[int]


def judgments_for(article: Article) -> list[Judgment]:
    """The judgments in scope that stand."""
    scope = Q(scope=Judgment.Scope.EVERYWHERE) | Q(scope=Judgment.Scope.ARTICLE, article=article)
    if article.source_id is not None:
        scope |= Q(scope=Judgment.Scope.SOURCE, source=article.source_id)
    return list(Judgment.objects.filter(scope, undone_at__isnull=True))


def settle_article(
    article: Article, version: Version, ledger: Ledger, *, found: Sequence[Mention] | None = None
) -> Change:
    """Derive what stands in the version and write the differences. The article's row must be locked.

    `found` are the mentions of a fresh run; without it the stored ones are taken, as the machine found them.
    """
    analysis = Analysis.objects.get(version=version)
    stored = list(Mention.everything.filter(version=version))
    machine = list(found) if found is not None else [row for row in stored if row.origin == Origin.MACHINE]
    before = Counter(row.judgment_id for row in stored)  # deriving changes `stored` in place
    images = {row.pk: _image(row) for row in stored}
    judgments = judgments_for(article)
    inputs = Inputs(
        title=version.title,
        text=version.text,
        sentences=analysis.sentences,
        judgments=judgments,
        survivors=survivors(_entity_ids(machine, judgments, analysis)),
        candidates=_candidates(machine),
    )
    standing = derive_mentions(machine, inputs)
    _write_mentions(version, stored, images, standing)
    _count_hits(ledger, before, standing)
    tags = _tags(standing, analysis, inputs)
    change = _write_tags(article, tags)
    write_typed(article, version, analysis, make_cast(analysis, standing, tags))
    _write_copies(article, version, tags)
    _count(article, tags, ledger)
    return change


def _entity_ids(machine: Sequence[Mention], judgments: Sequence[Judgment], analysis: Analysis) -> set[int]:
    """Every entity whose fate matters."""
    ids = {row.entity_id for row in machine}
    ids |= {(row.found or {}).get("entity") for row in machine}
    ids |= {judgment.entity_id for judgment in judgments} | {judgment.new_entity_id for judgment in judgments}
    ids |= {tag["entity"] for tag in analysis.tags}
    return {pk for pk in ids if pk is not None}


def _candidates(machine: Sequence[Mention]) -> dict[str, int]:
    """Who stands for each entity that an ambiguous mention may mean, by key."""
    keys = {key for row in machine if row.candidates for key, _, _ in row.candidates}
    rows = Entity.objects.filter(key__in=keys).values_list("key", "pk", "merged_into_id") if keys else ()
    return {key: into or pk for key, pk, into in rows}


def _image(row: Mention) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _COLUMNS)


def _place(row: Mention) -> tuple[Any, ...]:
    """The natural key: where, as what the machine found it, and whose it is."""
    kind = row.found["kind"] if row.found else row.kind
    return (row.field, row.start, row.end, kind, row.origin)


def _write_mentions(
    version: Version, stored: list[Mention], images: dict[int, tuple[Any, ...]], standing: list[Mention]
) -> None:
    """Insert, update and delete what differs; rows that stay keep their ids."""
    known = {_key_before(row, images): row.pk for row in stored}
    changed, new, kept = [], [], set()
    for row in standing:
        row.version = version
        pk = known.get(_place(row))
        if pk is None or pk in kept:
            row.pk = None
            new.append(row)
            continue
        kept.add(pk)
        row.pk = pk
        if _image(row) != images[pk]:
            changed.append(row)
    Mention.everything.filter(pk__in=set(images) - kept).delete()
    Mention.everything.bulk_update(changed, [name.removesuffix("_id") for name in _COLUMNS])
    Mention.everything.bulk_create(new)


def _key_before(row: Mention, images: dict[int, tuple[Any, ...]]) -> tuple[Any, ...]:
    image = dict(zip(_COLUMNS, images[row.pk], strict=True))
    kind = image["found"]["kind"] if image["found"] else image["kind"]
    return (row.field, row.start, row.end, kind, row.origin)


def _count_hits(ledger: Ledger, before: Counter[int | None], standing: list[Mention]) -> None:
    now = Counter(row.judgment_id for row in standing)
    for judgment_id in {*before, *now} - {None}:
        ledger.hits[judgment_id] += now[judgment_id] - before[judgment_id]  # type: ignore[index]


def _tags(standing: list[Mention], analysis: Analysis, inputs: Inputs) -> dict[int, Tag]:
    ids = {row.entity_id for row in standing if row.entity_id is not None}
    ids |= {inputs.survivors.get(tag["entity"], tag["entity"]) for tag in analysis.tags}
    kinds = dict(Entity.objects.filter(pk__in=ids).values_list("pk", "kind"))
    return derive_tags(standing, analysis.tags, inputs.survivors, kinds)


def _write_tags(article: Article, tags: dict[int, Tag]) -> Change:
    stored = {tag.entity_id: tag for tag in Tag.objects.filter(article=article)}
    _doubt_namesakes(article, tags)
    changed = []
    for entity_id, tag in tags.items():
        tag.article = article
        old = stored.get(entity_id)
        if old is not None:
            tag.pk = old.pk
            if any(getattr(tag, name) != getattr(old, name) for name in _TAG_COLUMNS):
                changed.append(tag)
    gone = set(stored) - set(tags)
    Tag.objects.filter(article=article, entity_id__in=gone).delete()
    Tag.objects.bulk_update(changed, list(_TAG_COLUMNS))
    new = set(tags) - set(stored)
    Tag.objects.bulk_create([tags[entity_id] for entity_id in sorted(new)])
    return Change(added=frozenset(new), removed=frozenset(gone))


def _doubt_namesakes(article: Article, tags: dict[int, Tag]) -> None:
    """One entity per name: where an earlier article gives the name another affiliation, say so."""
    people = {pk: tag for pk, tag in tags.items() if tag.kind in PEOPLE and tag.affiliation}
    if not people:
        return
    earlier = (
        Tag.objects.filter(entity_id__in=people, article_id__lt=article.pk)
        .exclude(affiliation="")
        .order_by("article_id")
        .values_list("entity_id", "affiliation")
    )
    for entity_id, affiliation in earlier:
        tag = people[entity_id]
        doubt = f"elsewhere this name stands with {affiliation}; it may be another person"
        if affiliation.casefold() != tag.affiliation.casefold() and doubt not in tag.reasons:
            tag.reasons = [*tag.reasons, doubt]


def _write_copies(article: Article, version: Version, tags: dict[int, Tag]) -> None:
    named = [pk for pk, tag in tags.items() if not tag.is_implied]
    store_index(
        article,
        version.text,
        names=_names(named),
        entity_ids=named,
        about_ids=[pk for pk, tag in tags.items() if tag.is_about and not tag.is_implied],
        implied_ids=[pk for pk, tag in tags.items() if tag.is_implied],
        is_counted=article.withdrawn_at is None,
    )


def _names(ids: Iterable[int]) -> list[str]:
    """What the entities are called, for the search vector: by name, by the tables, and by analysts.

    Not by aliases that merely moved here with a merge: undoing it would leave them behind in other articles.
    """
    rows = list(Entity.objects.filter(pk__in=ids).order_by("pk").values_list("key", "name"))
    known = known_surfaces()
    names = [name for _, name in rows]
    names += [surface for key, _ in rows for surface in known.get(key, ())[:ALIASES_INDEXED]]
    own = Alias.objects.filter(entity_id__in=ids, origin=Origin.ANALYST).order_by("pk")
    return list(dict.fromkeys([*names, *own.values_list("surface", flat=True)]))


def _count(article: Article, tags: dict[int, Tag], ledger: Ledger) -> None:
    """Article counts move by the difference to what the article's row said before."""
    ledger.researchers |= {pk for pk, tag in tags.items() if tag.kind == Kind.RESEARCHER.value}
    if article.withdrawn_at is None:
        ledger.counts.update(pk for pk, tag in tags.items() if not tag.is_implied)
    if article.is_counted:
        ledger.counts.subtract(article.entity_ids)


def settle_counts_of(article: Article, ledger: Ledger) -> None:
    """Take a withdrawn article out of the counts, or a restored one in. The article's row must be locked."""
    should = article.withdrawn_at is None and article.stage in READY_STAGES
    if should == article.is_counted:
        return
    if should:
        ledger.counts.update(article.entity_ids)
    else:
        ledger.counts.subtract(article.entity_ids)
    Article.objects.filter(pk=article.pk).update(is_counted=should)
