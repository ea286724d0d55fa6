"""Merging two entities and splitting an alias off, both with a journal and an exact way back."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from analysis.models import Alias, Entity, EntityChange, Judgment
from analysis.services.entities import entity_key
from analysis.services.judgments import JudgmentRefused
from analysis.services.reach import lock_articles, reach, rerun_the_rest, settle_all, tagged_with
from analysis.services.settling import Ledger
from articles.services import record_audit


class ChangeRefused(JudgmentRefused):
    """The merge, split or undo makes no sense; `reason` is a sentence for the analyst."""


def merge_entities(entity: Entity, *, into: Entity, by: User) -> EntityChange:
    """Let `into` stand for `entity` from now on: aliases, brands and all mentions follow. Raises ChangeRefused."""
    with transaction.atomic():
        ids = list(tagged_with(entity.pk).values_list("pk", flat=True))
        articles = lock_articles(ids)
        rows = {row.pk: row for row in _locked(entity.pk, into.pk)}
        gives, gets = rows[entity.pk], rows[into.pk]
        _check_merge(gives, gets)
        change = EntityChange.objects.create(
            kind=EntityChange.ChangeKind.MERGE, entity=gives, into=gets, moved=_move(gives, gets), by=by
        )
        Entity.objects.filter(pk=gives.pk).update(merged_into=gets)
        _settle(articles, ids, reason=f"Merged: {gives} into {gets}", by=by)
        record_audit("merge", gives, by=by, detail={"into": [gets.pk, gets.name], "change": change.pk})
    return change


def split_alias(alias: Alias, *, by: User) -> EntityChange:
    """Make a thing of its own of a name: its mentions move to a new entity. Raises ChangeRefused for the main name."""
    with transaction.atomic():
        old = alias.entity
        if alias.surface == old.name:
            raise ChangeRefused("This is the entity's own name; split off the other names instead.")
        judgment = Judgment(
            decision=Judgment.Decision.RELINK,
            scope=Judgment.Scope.EVERYWHERE,
            surface=alias.surface,
            start=0,
            end=len(alias.surface),
            kind=old.kind,
            new_kind=old.kind,
            entity=old,
            by=by,
        )
        ids = reach(judgment)
        articles = lock_articles(ids)
        new = _new_entity(alias, old, by=by)
        judgment.new_entity = new
        judgment.save()
        Alias.objects.filter(pk=alias.pk).update(entity=new)
        change = EntityChange.objects.create(
            kind=EntityChange.ChangeKind.SPLIT,
            entity=old,
            into=new,
            moved={"aliases": [alias.pk], "judgment": judgment.pk},
            by=by,
        )
        _settle(articles, ids, reason=f"Split off: {alias.surface} from {old}", by=by)
        record_audit("split", old, by=by, detail={"alias": alias.surface, "new": new.pk, "change": change.pk})
    return change


def undo_change(change: EntityChange, *, by: User) -> EntityChange:
    """Take a merge or split back; raises ChangeRefused when a later change stands on it. Twice is harmless."""
    with transaction.atomic():
        row = EntityChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        if row.undone_at is not None:
            return row
        ids = _reach_of(row)
        articles = lock_articles(ids)
        if row.kind == EntityChange.ChangeKind.MERGE:
            _unmerge(row)
        else:
            _unsplit(row, by=by)
        EntityChange.objects.filter(pk=row.pk).update(undone_at=Now(), undone_by=by)
        _settle(articles, ids, reason=f"Undone: {row}", by=by)
        record_audit(f"undo {row.kind}", row.entity, by=by, detail={"change": row.pk, "into": row.into_id})
        row.refresh_from_db()
    return row


def _locked(*ids: int) -> list[Entity]:
    return list(Entity.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))


def _check_merge(gives: Entity, gets: Entity) -> None:
    if gives.pk == gets.pk:
        raise ChangeRefused("An entity cannot be merged into itself.")
    for row in (gives, gets):
        if row.merged_into_id is not None:
            raise ChangeRefused(f"{row.name} has been merged already; undo that first.")


def _move(gives: Entity, gets: Entity) -> dict[str, Any]:
    """Move what hangs on the entity; the ids of everything moved, for the way back."""
    taken = set(Alias.objects.filter(entity=gets).values_list("surface", flat=True))
    aliases = [
        row.pk for row in Alias.objects.filter(entity=gives).order_by("pk") if row.surface not in taken
    ]
    brands = list(
        Entity.objects.filter(parent=gives).exclude(pk=gets.pk).order_by("pk").values_list("pk", flat=True)
    )
    merged = list(Entity.objects.filter(merged_into=gives).order_by("pk").values_list("pk", flat=True))
    Alias.objects.filter(pk__in=aliases).update(entity=gets)
    Entity.objects.filter(pk__in=brands).update(parent=gets)
    Entity.objects.filter(pk__in=merged).update(merged_into=gets)
    return {"aliases": aliases, "brands": brands, "merged": merged}


def _unmerge(row: EntityChange) -> None:
    gives = _locked(row.entity_id, row.into_id)
    if any(one.pk == row.entity_id and one.merged_into_id != row.into_id for one in gives):
        raise ChangeRefused("A later merge stands on this one; undo that first.")
    Alias.objects.filter(pk__in=row.moved["aliases"], entity=row.into).update(entity=row.entity)
    Entity.objects.filter(pk__in=row.moved["brands"], parent=row.into).update(parent=row.entity)
    Entity.objects.filter(pk__in=row.moved["merged"], merged_into=row.into).update(merged_into=row.entity)
    Entity.objects.filter(pk=row.entity_id).update(merged_into=None)


def _unsplit(row: EntityChange, *, by: User) -> None:
    if row.into.merged_into_id is not None:
        raise ChangeRefused(f"{row.into.name} has been merged; undo that first.")
    Judgment.objects.filter(pk=row.moved["judgment"], undone_at=None).update(undone_at=Now(), undone_by=by)
    Alias.objects.filter(pk__in=row.moved["aliases"], entity=row.into).update(entity=row.entity)
    standing = row.entity.merged_into or row.entity
    Entity.objects.filter(pk=row.into_id).update(merged_into=standing)


def _reach_of(row: EntityChange) -> list[int]:
    """Articles that mention either side of the change."""
    ids = set(tagged_with(row.entity_id).values_list("pk", flat=True))
    if row.kind == EntityChange.ChangeKind.SPLIT:
        ids |= set(tagged_with(row.into_id).values_list("pk", flat=True))
    return sorted(ids)


def _new_entity(alias: Alias, old: Entity, *, by: User) -> Entity:
    """An entity named like the alias, with a key of its own."""
    key = f"{entity_key(alias.surface, old.kind)[:180]}-split-{alias.pk}"
    new, _ = Entity.objects.get_or_create(
        key=key, defaults={"name": alias.surface, "kind": old.kind, "country": "", "created_by": by}
    )
    if new.merged_into_id is not None:  # split off before, and taken back
        Entity.objects.filter(pk=new.pk).update(merged_into=None)
        new.merged_into = None
    return new


def _settle(articles: list[Any], ids: list[int], *, reason: str, by: User) -> None:
    ledger = Ledger()
    settle_all(articles, ledger)
    ledger.close()
    rerun_the_rest(ids, reason=reason, by=by)
