"""What people do with several articles at once, each act in a constant number of statements and with a way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import Now
from django.utils import timezone

from articles.models import Action, Article, user_label
from articles.services.audit import record_audits

LIMIT = 5000  # articles in one act: below a second on 2 cores, and a mistake stays small
MAX_LABEL = 60
Verb = Action.Verb


class NothingToUndo(Exception):
    """The act is somebody else's, was undone already, or never was."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: which articles have their old value again, and how many were changed by others since."""

    action: Action
    restored: tuple[int, ...]
    kept: int


# --- doing ------------------------------------------------------------------------------------------


@transaction.atomic
def set_states(ids: Iterable[int], state: str, *, by: User) -> Action | None:
    """Set new, in review, done or important; None when nothing changes. Raises ValueError for another word."""
    wanted = Article.WorkState(state)
    rows = _locked(ids, by).exclude(work_state=wanted).values_list("pk", "title", "work_state")
    before = {pk: (title, old) for pk, title, old in rows}
    _write(before, work_state=wanted)
    return _remember(Verb.STATE, wanted.value, before, f"Set to “{wanted.label}”", by=by, column="work_state")


@transaction.atomic
def assign_many(ids: Iterable[int], to: User | None, *, by: User) -> Action | None:
    """Give the articles to somebody, or to nobody; None when nothing changes."""
    wanted = to.pk if to else None
    rows = _locked(ids, by).values_list("pk", "title", "assignee_id")
    before = {pk: (title, old) for pk, title, old in rows if old != wanted}
    _write(before, assignee=to)
    text = f"Assigned to {user_label(to)}" if to else "Assigned to nobody"
    return _remember(Verb.ASSIGN, str(wanted or ""), before, text, by=by, column="assignee")


@transaction.atomic
def add_label(ids: Iterable[int], label: str, *, by: User) -> Action | None:
    """Put a free word on the articles that lack it. Raises ValueError for an empty or too long one."""
    word = clean_label(label)
    rows = _locked(ids, by).exclude(labels__contains=[word]).values_list("pk", "title", "labels")
    before = {pk: (title, old) for pk, title, old in rows}
    _write(before, labels=Func(F("labels"), Value(word), function="array_append"))
    return _remember(Verb.LABEL, word, before, f"Labeled “{word}”", by=by, column="labels")


@transaction.atomic
def remove_label(ids: Iterable[int], label: str, *, by: User) -> Action | None:
    """Take a word off the articles that have it."""
    word = clean_label(label)
    rows = _locked(ids, by).filter(labels__contains=[word]).values_list("pk", "title", "labels")
    before = {pk: (title, old) for pk, title, old in rows}
    _write(before, labels=Func(F("labels"), Value(word), function="array_remove"))
    return _remember(Verb.UNLABEL, word, before, f"Label “{word}” removed", by=by, column="labels")


@transaction.atomic
def withdraw_many(ids: Iterable[int], *, by: User) -> Action | None:
    """Take the articles out of lists, search and work; their rows and evidence stay."""
    moment = timezone.now()
    rows = _locked(ids, by).filter(withdrawn_at=None).values_list("pk", "title")
    before = {pk: (title, None) for pk, title in rows}
    _write(before, withdrawn_at=moment, withdrawn_by=by, lease_token=None, lease_until=None)
    return _remember(Verb.WITHDRAW, moment.isoformat(), before, "Withdrawn", by=by, column="withdrawn_at")


def clean_label(label: str) -> str:
    """One line without double spaces; raises ValueError when it is empty, too long or holds control characters."""
    word = " ".join(label.split())
    if not 0 < len(word) <= MAX_LABEL or not word.isprintable():
        raise ValueError(f"A label has 1 to {MAX_LABEL} characters.")
    return word


def _locked(ids: Iterable[int], by: User) -> QuerySet[Article]:
    """The articles among `ids` that the person may see, in one order so that two acts never wait for each other."""
    wanted = list(dict.fromkeys(ids))[:LIMIT]
    return Article.objects.visible_to(by).filter(pk__in=wanted).select_for_update(of=("self",)).order_by("pk")


def _write(before: dict[int, Any], **columns: Any) -> None:
    if before:
        Article.objects.filter(pk__in=list(before)).update(**columns)


def _remember(
    verb: Action.Verb, value: str, before: dict[int, tuple[str, Any]], text: str, *, by: User, column: str
) -> Action | None:
    """The row that undoing needs, and an audit row for every article."""
    if not before:
        return None
    after = (
        value if verb not in {Verb.LABEL, Verb.UNLABEL} else f"{'+' if verb == Verb.LABEL else '-'}{value}"
    )
    record_audits(
        f"{verb.label.lower()} (several)",
        [(pk, title, {column: [old, after]}) for pk, (title, old) in before.items()],
        by=by,
    )
    olds = {str(pk): old for pk, (_, old) in before.items()}
    return note_action(verb, value=value, before=olds, text=f"{text}: {counted(len(olds))}.", by=by)


def note_action(verb: Action.Verb, *, value: str, before: dict[str, Any], text: str, by: User) -> Action:
    """Remember an act and what it replaced, in the transaction of the act."""
    return Action.objects.create(verb=verb, value=value, before=before, text=text[:300], by=by)


def counted(number: int) -> str:
    """ "1 article", "12 articles"."""
    return f"{number:,} article{'' if number == 1 else 's'}"


# --- undoing ----------------------------------------------------------------------------------------


def claim_action(pk: int, *, by: User, verbs: Sequence[str]) -> Action:
    """The person's own act, locked and marked as undone; call it in a transaction. Raises NothingToUndo."""
    row = Action.objects.select_for_update().filter(pk=pk, by=by, undone_at=None, verb__in=verbs).first()
    if row is None:
        raise NothingToUndo("There is nothing to undo any more.")
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    return row


@transaction.atomic
def undo_action(pk: int, *, by: User) -> Undone:
    """Give every article its old value back where it still has the one that was set. Raises NothingToUndo."""
    row = claim_action(pk, by=by, verbs=list(UNDO))
    restored = UNDO[Verb(row.verb)](row)
    titles = Article.objects.filter(pk__in=restored).values_list("pk", "title")
    record_audits(f"undo {row.get_verb_display().lower()}", [(pk, title, {}) for pk, title in titles], by=by)
    return Undone(row, tuple(restored), len(row.before) - len(restored))


def _undo_state(row: Action) -> list[int]:
    return _restore(
        "UPDATE articles_article AS a SET work_state = old.value FROM jsonb_each_text(%s::jsonb) AS old "
        "WHERE a.id = old.key::bigint AND a.work_state = %s RETURNING a.id",
        row,
    )


def _undo_assign(row: Action) -> list[int]:
    return _restore(
        "UPDATE articles_article AS a SET assignee_id = (SELECT id FROM auth_user WHERE id = old.value::bigint) "
        "FROM jsonb_each_text(%s::jsonb) AS old "
        "WHERE a.id = old.key::bigint AND a.assignee_id IS NOT DISTINCT FROM nullif(%s, '')::bigint RETURNING a.id",
        row,
    )


def _undo_label(row: Action) -> list[int]:
    return _restore(
        "UPDATE articles_article AS a SET labels = array_remove(a.labels, %s::varchar) "
        "FROM jsonb_each(%s::jsonb) AS old "
        "WHERE a.id = old.key::bigint AND a.labels @> ARRAY[%s::varchar] RETURNING a.id",
        row,
        repeat=True,
    )


def _undo_unlabel(row: Action) -> list[int]:
    return _restore(
        "UPDATE articles_article AS a SET labels = array_append(a.labels, %s::varchar) "
        "FROM jsonb_each(%s::jsonb) AS old "
        "WHERE a.id = old.key::bigint AND NOT a.labels @> ARRAY[%s::varchar] RETURNING a.id",
        row,
        repeat=True,
    )


def _undo_withdraw(row: Action) -> list[int]:
    rows = Article.objects.filter(
        pk__in=[int(pk) for pk in row.before], withdrawn_at=datetime.fromisoformat(row.value)
    )
    restored = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    _write(dict.fromkeys(restored), withdrawn_at=None, withdrawn_by=None, stage_at=Now())
    return restored


def _restore(statement: str, row: Action, *, repeat: bool = False) -> list[int]:
    """Run an UPDATE over the remembered rows; `repeat` names the value before and after them."""
    before = connection.ops.adapt_json_value(row.before, None)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*([row.value] if repeat else []), before, row.value])
        return sorted(pk for (pk,) in cursor.fetchall())


UNDO = {
    Verb.STATE: _undo_state,
    Verb.ASSIGN: _undo_assign,
    Verb.LABEL: _undo_label,
    Verb.UNLABEL: _undo_unlabel,
    Verb.WITHDRAW: _undo_withdraw,
}

__all__ = [
    "LIMIT",
    "NothingToUndo",
    "Undone",
    "add_label",
    "assign_many",
    "claim_action",
    "clean_label",
    "counted",
    "note_action",
    "remove_label",
    "set_states",
    "undo_action",
    "withdraw_many",
]
