"""Words with their place in the sentence's tree, and the few questions the finders ask about it.

Relations are those of the stock English parser (ClearNLP labels: nsubj, dobj, pobj, ccomp, relcl …). A tree is a tuple
of `Word`; a word is addressed by its index in it. Nothing here knows the parser.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SUBJECTS = ("nsubj", "csubj")
PASSIVE_SUBJECTS = ("nsubjpass", "csubjpass")
_BEFORE_NOUN = ("det", "compound", "amod", "poss", "nummod", "nmod", "advmod", "quantmod", "case", "predet")
_CHAIN = ("conj", "xcomp", "advcl", "prep", "pcomp")  # a verb in one of these may borrow its head's subject
_DEEPEST = 6  # steps up a tree before a search gives up


@dataclass(frozen=True, slots=True)
class Word:
    """One token; offsets count in the version's text."""

    start: int
    end: int
    text: str
    dep: str
    head: int  # index of the word it depends on; its own index at the root


Tree = tuple[Word, ...]
Grammar = Mapping[int, Tree]  # by number of the sentence


def children(tree: Tree, at: int, *deps: str) -> Iterator[int]:
    """Indices of the words that depend on this one, in order; of these relations when any are given."""
    for index, word in enumerate(tree):
        if word.head == at and index != at and (not deps or word.dep in deps):
            yield index


def first_child(tree: Tree, at: int, *deps: str) -> int | None:
    """The first word that stands in one of these relations to this one."""
    return next(children(tree, at, *deps), None)


def is_passive(tree: Tree, verb: int) -> bool:
    """ "was fined", "be sued"."""
    return first_child(tree, verb, "auxpass", *PASSIVE_SUBJECTS) is not None


def subject_of(tree: Tree, verb: int) -> int | None:
    """Who does it: the verb's own subject, the noun before "who", or the subject of the verb it is joined to."""
    for _ in range(_DEEPEST):
        own = first_child(tree, verb, *SUBJECTS, *PASSIVE_SUBJECTS)
        word = tree[verb]
        if own is not None:
            is_relative = word.dep == "relcl" and tree[own].text.lower() in ("who", "which", "that")
            return word.head if is_relative else own
        if word.dep in ("relcl", "acl"):
            return word.head
        if word.dep not in _CHAIN or word.head == verb:
            return None
        verb = word.head
    return None


def agent_of(tree: Tree, verb: int) -> int | None:
    """ "by X" of a passive verb."""
    by = first_child(tree, verb, "agent")
    return first_child(tree, by, "pobj") if by is not None else None


def objects_of(tree: Tree, verb: int, *prepositions: str) -> list[int]:
    """Direct objects, and those of the named prepositions, each with what is joined to it by "and"."""
    found = list(children(tree, verb, "dobj", "dative"))
    for prep in children(tree, verb, "prep", "prt", "dative"):
        if tree[prep].text.lower() in prepositions:
            found += children(tree, prep, "pobj")
    return [one for first in found for one in joined(tree, first)]


def joined(tree: Tree, at: int) -> list[int]:
    """A word and what is listed with it: "A, B and C" gives all three."""
    found = [at]
    for one in children(tree, at, "conj"):
        found += joined(tree, one)
    return found


def phrase_start(tree: Tree, at: int) -> int:
    """Where the noun phrase of this noun begins: articles, adjectives and names before it belong to it."""
    start = tree[at].start
    for one in children(tree, at, *_BEFORE_NOUN):
        if one < at:
            start = min(start, phrase_start(tree, one))
    return start


def subtree(tree: Tree, at: int) -> tuple[int, int]:
    """First and last offset of everything that hangs from this word."""
    start, end = tree[at].start, tree[at].end
    for one in children(tree, at):
        first, last = subtree(tree, one)
        start, end = min(start, first), max(end, last)
    return start, end


def word_at(tree: Tree, start: int, end: int) -> int | None:
    """The word that heads a stretch of text: the one inside it whose own head lies outside."""
    inside = [
        index for index, word in enumerate(tree) if start <= word.start < end and not word.text.isspace()
    ]
    for index in inside:
        if tree[index].head not in inside or tree[index].head == index:
            return index
    return inside[-1] if inside else None
