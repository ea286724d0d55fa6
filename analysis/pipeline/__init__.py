"""Text + Lexicon → Result: how the product thinks, one named value per stage."""

from dataclasses import replace

from analysis.pipeline.adjectives import add_adjectives
from analysis.pipeline.claims import find_claims
from analysis.pipeline.impacts import find_impacts
from analysis.pipeline.judgments import apply_verdicts
from analysis.pipeline.language import load_language, parse
from analysis.pipeline.linking import link_mentions
from analysis.pipeline.mentions import find_mentions
from analysis.pipeline.owners import add_owners
from analysis.pipeline.relations import find_relations
from analysis.pipeline.researchers import find_research, mark_researchers
from analysis.pipeline.salience import make_tags
from analysis.pipeline.summary import summarize
from analysis.pipeline.telling import read_grammar
from analysis.pipeline.types import Lexicon, Parsed, Result

__all__ = ["PIPELINE_VERSION", "add_brief", "analyze", "find_tags", "load_language"]

PIPELINE_VERSION = "5"


def analyze(
    title: str, text: str, lexicon: Lexicon, *, published_on: str = "", source_host: str = ""
) -> Result:
    """Everything one run finds in one article; same input, same output. `published_on` is an ISO date or ""."""
    return add_brief(*find_tags(title, text, lexicon, published_on=published_on))


def find_tags(title: str, text: str, lexicon: Lexicon, *, published_on: str = "") -> tuple[Parsed, Result]:
    """Who and what the article names; the result has no brief yet."""
    parsed = parse(title, text)
    spans = find_mentions(parsed, lexicon)
    linked = link_mentions(parsed, spans, lexicon)
    research = find_research(parsed, linked, spans)
    judged = apply_verdicts(parsed, mark_researchers(linked, research), lexicon)
    named = make_tags(parsed, judged, research)
    owned, entities = add_owners(named, judged.entities, lexicon, published_on)
    tags, entities = add_adjectives(owned, judged.mentions, entities, lexicon)
    return parsed, Result(
        language=parsed.language,
        pipeline_version=PIPELINE_VERSION,
        lexicon_version=lexicon.version,
        sentences=parsed.sentences,
        mentions=judged.mentions,
        tags=tags,
        entities=tuple(entities.values()),
    )


def add_brief(parsed: Parsed, tagged: Result) -> Result:
    """What the article says of them: summary, takeaways, claims, findings, relations."""
    entities = {entity.key: entity for entity in tagged.entities}
    summary = summarize(parsed, tagged.mentions, tagged.tags)
    grammar = read_grammar(parsed, tagged.mentions)
    claims = find_claims(parsed, tagged.mentions, grammar)
    return replace(
        tagged,
        summary=summary.lead,
        takeaways=summary.takeaways,
        claims=claims,
        impacts=find_impacts(parsed, tagged.mentions, claims, grammar),
        relationships=find_relations(parsed, tagged.mentions, tagged.tags, entities, grammar),
    )
