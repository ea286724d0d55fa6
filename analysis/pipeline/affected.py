"""A cue in the grammar → the words it touches: whom "fined" or "attack on" stands for, by its place in the tree."""

from analysis.pipeline.grammar import (
    Tree,
    agent_of,
    children,
    first_child,
    is_passive,
    joined,
    objects_of,
    phrase_start,
    subject_of,
    subtree,
    word_at,
)

_PREPOSITIONS = ("on", "against", "of", "at", "in", "into", "for", "to", "by", "with", "from")
_NOUN_PLACES = ("dobj", "pobj", "attr", "oprd", "nsubj", "nsubjpass", "conj", "appos", "compound")


def touched(tree: Tree, start: int, end: int, side: str) -> list[tuple[int, int, int]] | None:
    """Phrases the cue at start–end touches on its side: (start, end, end of the head noun); None when it has no word.

    Sides are those of the cue table: "before" is the subject, "after" the object, "from" what stands after "from"
    (else the subject), "inside" either.
    """
    head = word_at(tree, start, end)
    if head is None:
        return None
    words = _words(tree, head, side)
    return [
        (phrase_start(tree, at), _phrase_end(tree, at), tree[at].end)
        for first in words
        for at in joined(tree, first)
    ]


def _words(tree: Tree, head: int, side: str) -> list[int]:
    if tree[head].dep == "amod" and side in ("after", "inside"):
        return [tree[head].head]  # "the hacked company", "furloughed workers"
    if side == "after":
        return _objects(tree, head)
    if side == "before":
        return _subjects(tree, head)
    if side == "from":
        return objects_of_from(tree, head) or (_subjects(tree, head) if is_passive(tree, head) else [])
    return _subjects(tree, head) or _objects(tree, head)


def _objects(tree: Tree, head: int) -> list[int]:
    """What a verb does something to, also when it is passive, and what a noun's preposition points at."""
    if is_passive(tree, head) or (tree[head].dep == "acl" and agent_of(tree, head) is not None):
        return _subjects(tree, head)
    direct = list(children(tree, head, "dobj"))
    if direct and tree[head].dep not in _NOUN_PLACES:
        named = [one for noun in direct for one in objects_of(tree, noun, "on", "against")]
        return named or direct + objects_of(tree, head, "on", "against", "into")
    return objects_of(tree, head, *_PREPOSITIONS)


def _subjects(tree: Tree, head: int) -> list[int]:
    """The subject of a verb, or of the verb whose object or complement the noun is."""
    for _ in range(3):
        found = subject_of(tree, head)
        if found is not None:
            return [found]
        if (
            tree[head].dep not in (*_NOUN_PLACES, "prep", "agent", "acomp", "advmod", "ccomp")
            or tree[head].head == head
        ):
            return []
        head = tree[head].head
    return []


def objects_of_from(tree: Tree, head: int) -> list[int]:
    """ "stole two million from Acme", also where the parser hangs "from" on the loot."""
    found = [one for prep in children(tree, head, "prep") if tree[prep].text.lower() == "from"
             for one in children(tree, prep, "pobj")]  # fmt: skip
    for noun in children(tree, head, "dobj", "nsubjpass"):
        found += [one for one in objects_of(tree, noun, "from") if tree[one].dep == "pobj"]
    return found


def _phrase_end(tree: Tree, at: int) -> int:
    """The end of the noun, with "of X" and the like that belongs to it."""
    prep = first_child(tree, at, "prep")
    close = (
        prep is not None
        and tree[prep].text.lower() in ("of", "at", "in")
        and tree[prep].start - tree[at].end < 3
    )
    return subtree(tree, prep)[1] if close and prep is not None else tree[at].end
