"""What the recognizer sees of a text: words, their word pieces, their shapes, and windows that fit the network."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

# Letters and digits run together (APT28, G20), each mark stands alone: "US-China", "Korea's" and "U.S."
# fall apart at every place where a name can end. Combining accents stay with their letter.
WORD = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_]*)*|[^\w\s]|_")
SENTENCE_END = frozenset(".!?…。")
CLOSING = frozenset("\"'”’)]»")
MAX_WORD = 100  # characters; a longer run is no name, and the tokenizer would call it unknown anyway
MAX_PIECES_OF_WORD = 16  # a hash or an encoded blob: its first pieces tell enough

SHAPES = (
    "lower",
    "title",
    "upper",
    "single",
    "mixed",
    "number",
    "mark",
    "glued",
    "line-start",
    "sentence-start",
    "headline",
    "accent",
)
HEADLINE_SHARE = 0.75  # share of capitalized words from which a line says nothing by its capitals
HEADLINE_WORDS = 4

Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: code point offsets, and whether a line or a sentence begins with it."""

    start: int
    end: int
    text: str
    is_line_start: bool
    is_sentence_start: bool
    is_glued: bool  # no white space before it


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's word pieces: `ids` of all words in a row; word i owns ids[first[i]:first[i + 1]]."""

    ids: tuple[int, ...]
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Words start..end are shown to the network; the answers for keep_start..keep_end count."""

    start: int
    end: int
    keep_start: int
    keep_end: int


def split_words(text: str) -> list[Word]:
    """All words of `text` in order; offsets are code points, text[start:end] == word.text."""
    found: list[Word] = []
    position, ended = 0, True
    for match in WORD.finditer(text):
        start, end = match.span()
        gap = text[position:start]
        line = not found or "\n" in gap
        opens = line or (ended and start > position)
        found.append(Word(start, end, match.group(), line, opens, bool(found) and start == position))
        last = match.group()
        ended = last in SENTENCE_END or (ended and last in CLOSING)
        position = end
    return found


def sign_number(tokenizer: Tokenizer, sign: str) -> int:
    """The number of a special piece; raises ValueError when the vocabulary has none."""
    number = tokenizer.token_to_id(sign)
    if number is None:
        raise ValueError(f"the tokenizer knows no {sign}")
    return int(number)


def cut_pieces(tokenizer: Tokenizer, words: list[Word]) -> Pieces:
    """The word pieces of `words`; a word the tokenizer drops (control signs) gets the unknown piece."""
    texts = [word.text[:MAX_WORD] for word in words]
    encoding = tokenizer.encode(texts, is_pretokenized=True, add_special_tokens=False)
    unknown = sign_number(tokenizer, "[UNK]")
    ids: list[int] = []
    first: list[int] = []
    for piece, owner in zip(encoding.ids, encoding.word_ids, strict=True):
        while len(first) < (owner or 0):  # words without any piece
            first.append(len(ids))
            ids.append(unknown)
        if len(first) == owner:
            first.append(len(ids))
        if len(ids) - first[-1] < MAX_PIECES_OF_WORD:
            ids.append(piece)
    while len(first) < len(words):
        first.append(len(ids))
        ids.append(unknown)
    return Pieces(tuple(ids), (*first, len(ids)))


@lru_cache(maxsize=1 << 15)
def _shape(text: str) -> int:
    if not text[0].isalnum():
        return SHAPES.index("mark")
    if text[0].isdigit() and not any(sign.isalpha() for sign in text):
        return SHAPES.index("number")
    if text.islower() or not any(sign.isupper() for sign in text):
        return SHAPES.index("lower")
    if len(text) == 1:
        return SHAPES.index("single")
    if text.isupper():
        return SHAPES.index("upper")
    return SHAPES.index("title" if text.istitle() else "mixed")


def _headlines(words: list[Word], shapes: list[int]) -> list[bool]:
    """Per word: does it stand in a line whose words nearly all begin with a capital?"""
    marks = [False] * len(words)
    starts = [i for i, word in enumerate(words) if word.is_line_start]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        long = [
            shapes[i]
            for i in range(start, end)
            if shapes[i] < SHAPES.index("number") and len(words[i].text) > 3
        ]
        if len(long) >= HEADLINE_WORDS and sum(s > 0 for s in long) >= HEADLINE_SHARE * len(long):
            marks[start:end] = [True] * (end - start)
    return marks


def describe_shapes(words: list[Word]) -> Features:
    """One row of 0/1 a word, columns as in SHAPES: what the uncased word pieces do not tell."""
    shapes = [_shape(word.text) for word in words]
    table = np.zeros((len(words), len(SHAPES)), dtype=np.float32)
    table[np.arange(len(words)), shapes] = 1
    table[:, SHAPES.index("glued")] = [word.is_glued for word in words]
    table[:, SHAPES.index("line-start")] = [word.is_line_start for word in words]
    table[:, SHAPES.index("sentence-start")] = [word.is_sentence_start for word in words]
    table[:, SHAPES.index("headline")] = _headlines(words, shapes)
    table[:, SHAPES.index("accent")] = [not word.text.isascii() and word.text[0].isalpha() for word in words]
    return table


def _cut(words: list[Word], pieces: Pieces, start: int, limit: int) -> int:
    """The word before which a window that begins at `start` should end."""
    end = start + 1
    while end < len(words) and pieces.first[end + 1] - pieces.first[start] <= limit:
        end += 1
    if end == len(words):
        return end
    for near, wanted in ((0.6, "is_line_start"), (0.4, "is_sentence_start")):
        for at in range(end, start, -1):
            if pieces.first[at] - pieces.first[start] < near * limit:
                break
            if getattr(words[at], wanted):
                return at
    return end


def cut_windows(words: list[Word], pieces: Pieces, limit: int, overlap: int) -> list[Window]:
    """Windows of at most `limit` pieces, cut at line or sentence ends where possible.

    Neighbors share up to `overlap` pieces (whole sentences only where one fits); each word is kept once,
    from the window in which it stands farther from the border.
    """
    windows: list[Window] = []
    start = kept = 0
    while kept < len(words):
        end = _cut(words, pieces, start, limit)
        if end <= kept:  # the shared words leave no room for a new one
            start = kept
            continue
        if end == len(words):
            windows.append(Window(start, end, kept, end))
            break
        begin = end
        while begin > kept + 1 and pieces.first[end] - pieces.first[begin - 1] <= overlap:
            begin -= 1
        openings = [i for i in range(begin, end) if words[i].is_sentence_start]
        begin = openings[0] if openings else begin
        keep = (begin + end + 1) // 2
        windows.append(Window(start, end, kept, keep))
        start, kept = begin, keep
    return windows
