"""Which sentences are worth the parser's time, and their grammar: those that attribute, affect or join names."""

from collections.abc import Sequence

from analysis.pipeline.claims import has_frame, masked
from analysis.pipeline.grammar import Grammar
from analysis.pipeline.impacts import has_cue
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
    pieces: dict[int, tuple[int, str]] = {}
    for sentence in parsed.sentences:
        if sentence.field is not Field.BODY or sentence.end - sentence.start > LONGEST:
            continue
        string = masked(parsed, sentence, quotations)
        if len(pieces) < MOST_SENTENCES and _is_telling(string, is_named=sentence.number in named):
            pieces[sentence.number] = (sentence.start, string)
    return dict(zip(pieces, read_trees(list(pieces.values())), strict=True))


def _is_telling(string: str, *, is_named: bool) -> bool:
    return has_frame(string) or has_cue(string) or (is_named and has_relation_verb(string))
