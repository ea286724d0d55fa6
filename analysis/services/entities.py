"""Entities: found or made by key, never twice, never in a deadlock; and who a merged one has become."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from django.contrib.auth.models import User
from django.db.models import F
from django.db.models.functions import Greatest

from analysis.models import PEOPLE, Alias, Entity, Origin
from analysis.pipeline.identity import slug
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.types import Kind, KnownEntity, Relation

KEPT_ALIASES = 30  # per entity; enough for search and completion
SHOWN_RELATIONS = (Relation.NAME, Relation.ACRONYM, Relation.BRAND, Relation.FORMER)


@cache
def known_surfaces() -> dict[str, tuple[str, ...]]:
    """The names of each known entity by its key, without demonyms and cities."""
    surfaces: dict[str, list[str]] = defaultdict(list)
    for aliases in load_lexicon().aliases.values():
        for alias in aliases:
            if alias.relation in SHOWN_RELATIONS:
                surfaces[alias.entity].append(alias.surface)
    return {key: tuple(dict.fromkeys(names)) for key, names in surfaces.items()}


def upsert_entities(wanted: Iterable[KnownEntity]) -> dict[str, Entity]:
    """Rows by key for all wanted entities and their owners. Call inside a transaction.

    New rows are inserted in the order of their keys: two transactions that need the same new ones wait for
    each other and never both ways round.
    """
    by_key = {entity.key: entity for entity in wanted}
    rows = _rows(by_key)
    missing = sorted(set(by_key) - set(rows))
    if missing:
        Entity.objects.bulk_create([_new_row(by_key[key]) for key in missing], ignore_conflicts=True)
        rows |= _rows(missing)
        _add_aliases([rows[key] for key in missing])
        _set_parents([by_key[key] for key in missing], rows)
    return rows


def _rows(keys: Iterable[str]) -> dict[str, Entity]:
    return {row.key: row for row in Entity.objects.filter(key__in=list(keys))}


def _new_row(entity: KnownEntity) -> Entity:
    return Entity(
        key=entity.key,
        kind=entity.kind.value,
        name=entity.name[:300],
        country=entity.country[:2],
        wikidata=entity.wikidata[:20],
        ticker=entity.ticker[:20],
        description=entity.description,
        is_known=bool(entity.wikidata or entity.description or entity.kind is Kind.COUNTRY),
    )


def _add_aliases(rows: list[Entity]) -> None:
    surfaces = known_surfaces()
    aliases = [
        Alias(entity=row, surface=surface[:300])
        for row in rows
        for surface in dict.fromkeys((row.name, *surfaces.get(row.key, ())[:KEPT_ALIASES]))
    ]
    Alias.objects.bulk_create(aliases, ignore_conflicts=True)


def _set_parents(new: list[KnownEntity], rows: dict[str, Entity]) -> None:
    """Owners that have a row are linked; others are when they get one."""
    owned = {entity.key: entity.parent for entity in new if entity.parent}
    parents = rows | _rows(set(owned.values()) - set(rows))
    for key, parent in sorted(owned.items()):
        if parent in parents and parents[parent].pk != rows[key].pk:
            Entity.objects.filter(pk=rows[key].pk, parent=None).update(parent=parents[parent])


def change_counts(deltas: Mapping[int, int], *, promote: Iterable[int] = ()) -> None:
    """Add to the article counts, and make persons researchers; last thing in a transaction, rows in one order.

    A person once presented as a researcher is one; each article's tag says how that article presents them.
    """
    researchers = set(
        Entity.objects.filter(pk__in=list(promote), kind=Kind.PERSON.value).values_list("pk", flat=True)
    )
    moving = {pk for pk, delta in deltas.items() if delta} | researchers
    locked = Entity.objects.filter(pk__in=moving).order_by("pk").select_for_update(no_key=True)
    by_delta: dict[int, list[int]] = defaultdict(list)
    for pk in list(locked.values_list("pk", flat=True)):
        by_delta[deltas.get(pk, 0)].append(pk)
    for delta, ids in by_delta.items():
        Entity.objects.filter(pk__in=ids).update(article_count=Greatest(F("article_count") + delta, 0))
    Entity.objects.filter(pk__in=researchers).update(kind=Kind.RESEARCHER.value)


def survivors(ids: Iterable[int]) -> dict[int, int]:
    """Who stands for whom: id → id of the entity it was merged into, or itself. Merges are kept one step deep."""
    rows = Entity.objects.filter(pk__in=set(ids)).values_list("id", "merged_into_id")
    return {row: into or row for row, into in rows}


def is_person(kind: str) -> bool:
    """People keep one entity whether an article presents them as a researcher or not."""
    return kind in PEOPLE


def make_entity(name: str, kind: str, *, by: User | None, key: str = "") -> Entity:
    """An analyst's own entity; the existing one when its key is taken."""
    row, is_new = Entity.objects.get_or_create(
        key=key or entity_key(name, kind), defaults={"name": name[:300], "kind": kind, "created_by": by}
    )
    if is_new:
        Alias.objects.get_or_create(entity=row, surface=row.name, defaults={"origin": Origin.ANALYST})
    return row


def entity_key(name: str, kind: str) -> str:
    """The key the pipeline would give to an unknown thing of this name and kind."""
    return f"{'person' if is_person(kind) else kind}:x-{slug(name)}"[:200]
