"""The lexicon of a run: the knowledge tables, what analysts changed in them, and their standing judgments."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from django.db.models import Count, Max

from analysis.models import Alias as AliasRow
from analysis.models import Entity, Judgment, Origin
from analysis.pipeline import analyze, load_language
from analysis.pipeline.knowledge import fold, load_lexicon
from analysis.pipeline.types import Alias, Kind, KnownEntity, Lexicon, Relation, Verdict
from analysis.services.derive import in_order
from analysis.services.entities import known_surfaces
from analysis.services.settling import judgments_for
from articles.isolation import prepare_isolation
from articles.models import Article

WARM_UP = (
    "Ann Roe, a security researcher at Example Corp. in France, said on Monday that CVE-2026-0001 affects Germany. "
    "“Customers of the bank were hit,” Roe told reporters at https://example.org, according to the ministry."
)
_built: dict[str, Lexicon] = {}  # one entry: the lexicon of the newest version key this process has seen


def warm_up() -> None:
    """Load the language model, the knowledge tables and the reader of pages, so that forked workers share them."""
    prepare_isolation("articles.extraction")
    load_language()
    found = analyze("Warm-up", WARM_UP, load_lexicon())  # what is built on first use is built here, once
    if not found.mentions:
        raise RuntimeError("The pipeline finds nothing in a text that names a country.")
    known_surfaces()


def build_lexicon(article: Article | None) -> Lexicon:
    """Everything a run may know; with an article also the verdicts that are in scope for it."""
    version = version_key()
    if version not in _built:
        fresh = _build(version)
        _built.clear()
        _built[version] = fresh
    lexicon = _built[version]
    if article is None:
        return lexicon
    return replace(lexicon, verdicts=tuple(_verdicts(judgments_for(article))))


def version_key() -> str:
    """The tables' digest, and after it what changes with every alias by an analyst."""
    own = AliasRow.objects.filter(origin=Origin.ANALYST).aggregate(last=Max("id"), number=Count("id"))
    return f"{load_lexicon().version}+{own['last'] or 0}.{own['number']}"


def _build(version: str) -> Lexicon:
    """The tables and the analysts' own names. Merges are not in it: settling follows them, so they can be undone."""
    base = load_lexicon()
    own = list(AliasRow.objects.filter(origin=Origin.ANALYST).select_related("entity"))
    if not own:
        return replace(base, version=version)
    entities = dict(base.entities)
    for row in {alias.entity for alias in own}:
        entities.setdefault(row.key, _known(row))
    # An analyst's word settles what a name means.
    return replace(
        base, version=version, entities=entities, aliases=dict(base.aliases) | _analysts_aliases(own)
    )


def _known(row: Entity) -> KnownEntity:
    return KnownEntity(
        key=row.key,
        kind=Kind(row.kind),
        name=row.name,
        country=row.country,
        wikidata=row.wikidata,
        ticker=row.ticker,
        description=row.description,
    )


def _analysts_aliases(rows: list[AliasRow]) -> dict[str, tuple[Alias, ...]]:
    aliases: dict[str, list[Alias]] = defaultdict(list)
    for row in rows:
        relation = Relation(row.relation) if row.relation in set(Relation) else Relation.NAME
        aliases[fold(row.surface)].append(Alias(row.surface, row.entity.key, relation, row.is_case_sensitive))
    return {key: tuple(found) for key, found in aliases.items()}


def _verdicts(judgments: list[Judgment]) -> Iterator[Verdict]:
    """Judgments as the pipeline's values, the strongest last, because the last one applied wins."""
    for judgment in reversed(in_order(judgments)):
        is_reject = judgment.decision == Judgment.Decision.REJECT
        entity = judgment.entity if is_reject else judgment.new_entity or judgment.entity
        yield Verdict(
            surface=judgment.surface,
            decision="reject" if is_reject else "accept",
            kind=judgment.kind,
            entity=entity.key if entity else "",
            new_kind=judgment.new_kind,
            judgment=judgment.pk,
        )
