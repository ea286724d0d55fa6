"""Which sentences are worth the parser's time, and their grammar: those that attribute, affect or join names."""

from collections.abc import Sequence

from analysis.pipeline.claims import has_frame, masked
from analysis.pipeline.grammar import Grammar
from analysis.pipeline.impacts import AFFECTED, GROUPS, has_cue
from analysis.pipeline.language import read_trees
from analysis.pipeline.quotations import find_quotations
from analysis.pipeline.relations import has_relation_verb
from analysis.pipeline.types import Field, Parsed, Resolved

# Limits of one article: a long one has said its news by then, and a list without full stops is no sentence.
MOST_SENTENCES = 60
LONGEST = 700  # code points
_READABLE = ("en", "und")


def read_grammar(parsed: Parsed, mentions: Sequence[Resolved]) -> Grammar:
    """Trees of the telling sentences of an English article, by number; quoted words are masked."""
    if parsed.language not in _READABLE:
        return {}
    quotations = find_quotations(parsed.text)
    named = {one.sentence for one in mentions if one.field is Field.BODY and one.entity}
    hit = {one.sentence for one in mentions if one.field is Field.BODY and one.kind in AFFECTED}
    pieces: dict[int, tuple[int, str]] = {}
    for sentence in parsed.sentences:
        if sentence.field is not Field.BODY or sentence.end - sentence.start > LONGEST:
            continue
        if len(pieces) == MOST_SENTENCES:
            break
        string = masked(parsed, sentence, quotations)
        text = parsed.text[sentence.start : sentence.end]
        is_about_somebody = sentence.number in hit or GROUPS.search(text) is not None
        if _is_telling(string, is_named=sentence.number in named, can_be_hit=is_about_somebody):
            pieces[sentence.number] = (sentence.start, string)
    return dict(zip(pieces, read_trees(list(pieces.values())), strict=True))


def _is_telling(string: str, *, is_named: bool, can_be_hit: bool) -> bool:
    return has_frame(string) or (can_be_hit and has_cue(string)) or (is_named and has_relation_verb(string))
