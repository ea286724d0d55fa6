"""Names that begin with a nationality → the country they name: "Egyptian Constitution", "Taiwanese Naval Academy".

Such an adjective describes a body or a law and is part of its name only by a capital, so its country counts as named;
a country's noun inside a name ("Bank of China", "India Today") does not. Companies and media keep theirs too.
"""

from dataclasses import replace

from analysis.pipeline.tables import find_known
from analysis.pipeline.types import Alias, Kind, KnownEntity, Lexicon, Relation, Resolved, Tag

_DESCRIBED = (Kind.GOVERNMENT, Kind.ORGANIZATION, Kind.OTHER)


def add_adjectives(
    tags: tuple[Tag, ...], mentions: tuple[Resolved, ...], entities: dict[str, KnownEntity], lexicon: Lexicon
) -> tuple[tuple[Tag, ...], dict[str, KnownEntity]]:
    """A tag for each country that only such names name; one that was only implied becomes named."""
    named = {tag.entity: tag for tag in tags}
    added: dict[str, Tag] = {}
    for number, mention in enumerate(mentions):
        alias = _leading_adjective(mention, lexicon)
        present = named.get(alias.entity) if alias is not None else None
        if alias is None or (present is not None and not present.is_implied):
            continue
        reason = f"“{mention.surface}” begins with a nationality"
        base = added.get(alias.entity) or present or _new_tag(alias.entity, mention)
        numbers = tuple(sorted({*base.mentions, number}))
        added[alias.entity] = replace(
            base, is_implied=False, mentions=numbers, reasons=(reason, *base.reasons)
        )
    kept = tuple(tag for tag in tags if tag.entity not in added)
    return (*kept, *added.values()), {**entities, **{key: lexicon.entities[key] for key in added}}


def _leading_adjective(mention: Resolved, lexicon: Lexicon) -> Alias | None:
    if mention.kind not in _DESCRIBED:
        return None
    first = next(find_known(mention.surface, lexicon), None)
    if first is None or first.start > 0 or first.end == len(mention.surface):
        return None
    countries = [alias for alias in first.aliases if lexicon.entities[alias.entity].kind is Kind.COUNTRY]
    is_clear = len({alias.entity for alias in countries}) == 1 and not countries[0].needs_context
    return countries[0] if is_clear and countries[0].relation is Relation.DEMONYM else None


def _new_tag(country: str, mention: Resolved) -> Tag:
    return Tag(
        entity=country,
        kind=Kind.COUNTRY,
        score=mention.score,
        salience=0.1,  # below anything the article names on its own
        is_about=False,
        is_implied=False,
        mentions=(),
        evidence=mention.sentence,
    )
