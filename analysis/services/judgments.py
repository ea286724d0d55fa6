"""Judgments: an analyst's decision is written to the ledger and settled at once wherever it reaches."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from analysis.models import PEOPLE, Entity, Judgment, Kind, Mention, Origin, Tag
from analysis.services.derive import kind_after_link, needs_entity
from analysis.services.entities import make_entity
from analysis.services.reach import lock_articles, reach, rerun_the_rest, settle_all
from analysis.services.settling import Ledger
from articles.models import Article, Version
from articles.services import record_audit

Decision, Scope = Judgment.Decision, Judgment.Scope


class JudgmentRefused(Exception):
    """The decision makes no sense for this mention; `reason` is a sentence for the analyst."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def judge_mention(
    mention: Mention,
    *,
    decision: str,
    scope: str,
    by: User,
    new_kind: str = "",
    new_entity: Entity | None = None,
) -> Judgment:
    """Accept, reject, give another kind or link to another entity; raises JudgmentRefused.

    It concerns every mention of the same words within the scope, today's and those of later runs. The articles
    it reaches are settled before this returns; beyond 50 of them a background job does.
    """
    article = mention.version.article
    judgment = Judgment(
        decision=decision,
        field=mention.field,
        start=mention.start,
        end=mention.end,
        surface=mention.surface,
        new_kind=new_kind,
        new_entity=new_entity,
        **_judged(mention),
    )
    if mention.origin == Origin.ANALYST and decision in (Decision.REKIND, Decision.RELINK):
        judgment.decision = Decision.ADD  # a newer word on what an analyst added
        judgment.new_kind = new_kind or mention.kind
        judgment.new_entity = new_entity or mention.entity
    return _enter(judgment, article, mention.version, scope=scope, by=by)


def judge_tag(
    tag: Tag,
    *,
    decision: str,
    scope: str,
    by: User,
    new_kind: str = "",
    new_entity: Entity | None = None,
) -> Judgment:
    """Judge an entity's tag as a whole: all its mentions in the scope, whatever their words."""
    version = tag.article.version
    if version is None:
        raise JudgmentRefused("This article has no text.")
    judgment = Judgment(
        decision=decision,
        surface=tag.entity.name[:500],
        kind=tag.kind,
        entity=tag.entity,
        score=tag.score,
        new_kind=new_kind,
        new_entity=new_entity,
    )
    return _enter(judgment, tag.article, version, scope=scope, by=by)


def add_mention(  # noqa: PLR0913  (the fields of one form)
    version: Version,
    *,
    field: str,
    start: int,
    end: int,
    kind: str,
    entity: Entity | None = None,
    name: str = "",
    scope: str,
    by: User,
) -> Judgment:
    """Add a tag that was missed: the selected words, here and wherever else they stand in the scope.

    Links to `entity`, or to the entity of this `name` (the words themselves when empty), made when it is new.
    """
    string = version.title if field == "title" else version.text
    surface = string[start:end]
    if not 0 <= start < end <= len(string) or not surface.strip() or len(surface) > 500:
        raise JudgmentRefused("Select at least one word of the text, and at most 500 characters.")
    shift = len(surface) - len(surface.lstrip())
    surface = surface.strip()
    start += shift
    judgment = Judgment(
        decision=Decision.ADD,
        field=field,
        start=start,
        end=start + len(surface),
        surface=surface,
        kind=kind,
        new_kind=kind,
        new_entity=entity,
    )
    return _enter(judgment, version.article, version, scope=scope, by=by, name=name)


def undo_judgment(judgment: Judgment, *, by: User) -> Judgment:
    """Take a decision back; what the machine found stands again. Twice is harmless."""
    with transaction.atomic():
        row = Judgment.objects.select_for_update(of=("self",)).get(pk=judgment.pk)
        if row.undone_at is not None:
            return row
        ids = reach(row)
        articles = lock_articles(ids)
        Judgment.objects.filter(pk=row.pk).update(undone_at=Now(), undone_by=by)
        _settle(articles, ids, reason=f"Undone: {row}", by=by)
        record_audit("undo judgment", row, by=by, detail=_detail(row))
        row.refresh_from_db()
        return row


def _judged(mention: Mention) -> dict[str, object]:
    """What the machine had said about the mention, for the ledger."""
    found = mention.found or {}
    analysis = getattr(mention.version, "analysis", None)
    return {
        "kind": found.get("kind", mention.kind),
        "entity_id": found.get("entity", mention.entity_id),
        "score": found.get("score", mention.score),
        "method": found.get("method", mention.method),
        "pipeline_version": analysis.pipeline_version if analysis else "",
    }


def _enter(
    judgment: Judgment, article: Article, version: Version, *, scope: str, by: User, name: str = ""
) -> Judgment:
    """Check, write and settle a judgment."""
    judgment.scope, judgment.by = scope, by
    judgment.article, judgment.version, judgment.source = article, version, article.source
    _check(judgment)
    with transaction.atomic():
        ids = reach(judgment)
        articles = lock_articles(ids)
        _complete(judgment, name=name)
        judgment.save()
        _settle(articles, ids, reason=f"Judged: {judgment}", by=by)
        record_audit("judge", judgment, by=by, detail=_detail(judgment))
        judgment.refresh_from_db()
    return judgment


def _check(judgment: Judgment) -> None:
    if judgment.decision not in Decision.values or judgment.scope not in Scope.values:
        raise JudgmentRefused("This decision or scope does not exist.")
    if judgment.scope == Scope.SOURCE and judgment.source_id is None:
        raise JudgmentRefused("This article names no source; choose another scope.")
    if judgment.new_kind and judgment.new_kind not in Kind.values:
        raise JudgmentRefused("This kind does not exist.")
    if judgment.decision in (Decision.REKIND, Decision.ADD) and not judgment.new_kind:
        raise JudgmentRefused("Say which kind it is.")
    if judgment.decision == Decision.RELINK and judgment.new_entity is None:
        raise JudgmentRefused("Say which entity is meant.")


def _complete(judgment: Judgment, *, name: str) -> None:
    """Fill in what follows: the kind of the entity linked to, or the entity of the kind given."""
    if judgment.decision == Decision.RELINK and judgment.new_entity is not None:
        judgment.new_kind = judgment.new_kind or kind_after_link(judgment.kind, judgment.new_entity.kind)
    if judgment.decision not in (Decision.REKIND, Decision.ADD) or judgment.new_entity is not None:
        return
    old = judgment.entity
    if old is not None and (old.kind == judgment.new_kind or {old.kind, judgment.new_kind} <= set(PEOPLE)):
        judgment.new_entity = old
    elif needs_entity(judgment.new_kind):
        judgment.new_entity = _named(name.strip() or judgment.surface, judgment.new_kind, by=judgment.by)


def _named(name: str, kind: str, *, by: User | None) -> Entity:
    """The entity of this name and kind, made when there is none; a nationality's is the country."""
    kinds = [Kind.COUNTRY] if kind == Kind.NATIONALITY else list(PEOPLE) if kind in PEOPLE else [kind]
    same = Entity.objects.filter(kind__in=kinds)
    known = (
        same.filter(name__iexact=name).order_by("-article_count", "pk").first()
        or same.filter(aliases__surface__iexact=name).order_by("-article_count", "pk").first()
    )
    if known is not None:
        return known
    if Kind.COUNTRY in kinds:
        raise JudgmentRefused("No country has this name; choose one from the list.")
    return make_entity(name, kind, by=by)


def _settle(articles: list[Article], ids: list[int], *, reason: str, by: User) -> None:
    ledger = Ledger()
    settle_all(articles, ledger)
    ledger.close()
    rerun_the_rest(ids, reason=reason, by=by)


def _detail(judgment: Judgment) -> dict[str, object]:
    return {
        "decision": judgment.decision,
        "scope": judgment.scope,
        "surface": judgment.surface,
        "kind": [judgment.kind, judgment.new_kind or judgment.kind],
        "entity": [judgment.entity_id, judgment.new_entity_id or judgment.entity_id],
        "article": judgment.article_id,
    }
