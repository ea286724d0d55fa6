"""Labelled articles as the network's input: words, pieces, features, tags, windows and batches."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from analysis.pipeline.decoding import Scores
from analysis.pipeline.hints import Hints
from analysis.pipeline.wordpieces import (
    Features,
    Pieces,
    Window,
    Word,
    cut_pieces,
    cut_windows,
    describe_shapes,
    split_words,
)

LABELS = (
    "COUNTRY",
    "NATIONALITY",
    "PLACE",
    "COMPANY",
    "MEDIA",
    "GOV",
    "IGO",
    "ORG",
    "RESEARCHER",
    "PERSON",
    "THREAT",
    "MALWARE",
    "PRODUCT",
    "OTHER",
)
TAGS = ("O", *(f"B-{label}" for label in LABELS), *(f"I-{label}" for label in LABELS))
LIMIT = 254  # pieces of a window, besides the two border signs
OVERLAP = 40
CLS, SEP = 101, 102

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled article; `tags` holds one number of TAGS a word."""

    key: str
    words: list[Word]
    pieces: Pieces
    features: Features
    tags: list[int]
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded windows; `first` names the piece that answers for each word of a window."""

    ids: Tensor
    mask: Tensor
    features: Tensor
    tags: Tensor
    first: list[list[int]]
    windows: list[tuple[int, Window]]


def open_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without the padding and cutting its file asks for."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@dataclass(frozen=True, slots=True)
class Tools:
    """What turns a text into input."""

    tokenizer: Tokenizer
    hints: Hints

    @classmethod
    def load(cls, folder: Path) -> "Tools":
        """tokenizer.json and names.txt of the recognizer's folder."""
        return cls(open_tokenizer(folder / "tokenizer.json"), Hints.load(folder / "names.txt"))


def make_example(key: str, text: str, spans: list[Span], tools: Tools) -> Example:
    """Raises KeyError when a span does not begin and end at word borders."""
    words = split_words(text)
    starts = {word.start: i for i, word in enumerate(words)}
    ends = {word.end: i for i, word in enumerate(words)}
    tags = [0] * len(words)
    for start, end, label in spans:
        first, last = starts[start], ends[end]
        number = 1 + LABELS.index(label)
        tags[first : last + 1] = [number] + [number + len(LABELS)] * (last - first)
    features = np.concatenate([describe_shapes(words), tools.hints.mark(words)], axis=1)
    return Example(key, words, cut_pieces(tools.tokenizer, words), features, tags, spans)


def read_rows(path: Path) -> list[tuple[str, str, list[tuple[int, int, str, str]]]]:
    """(id, text, spans with their canonical names) of each line of a spans file."""
    with path.open(encoding="utf-8") as lines:
        return [(row["id"], row["text"], [tuple(s) for s in row["spans"]]) for row in map(json.loads, lines)]


def batches(examples: list[Example], dice: np.random.Generator | None, size: int) -> Iterator[Batch]:
    """Windows of similar length together, at most `size` pieces with padding; random cuts with `dice`."""
    cut: list[tuple[int, Window]] = []
    for number, example in enumerate(examples):
        limit = int(dice.choice((96, 160, LIMIT, LIMIT))) if dice else LIMIT
        overlap = 0 if dice else OVERLAP
        cut += [(number, window) for window in cut_windows(example.words, example.pieces, limit, overlap)]

    def length(item: tuple[int, Window]) -> int:
        first = examples[item[0]].pieces.first
        return first[item[1].end] - first[item[1].start] + 2

    if dice:
        dice.shuffle(cut)
    cut.sort(key=length)
    groups: list[list[tuple[int, Window]]] = [[]]
    for item in cut:
        if groups[-1] and (len(groups[-1]) + 1) * length(item) > size:
            groups.append([])
        groups[-1].append(item)
    if dice:
        dice.shuffle(groups)
    for group in groups:
        yield _pad(examples, group, max(map(length, group)))


def _pad(examples: list[Example], group: list[tuple[int, Window]], longest: int) -> Batch:
    columns = examples[0].features.shape[1]
    ids = np.zeros((len(group), longest), dtype=np.int64)
    mask = np.zeros((len(group), longest), dtype=np.float32)
    features = np.zeros((len(group), longest, columns), dtype=np.float32)
    tags = np.full((len(group), longest), -100, dtype=np.int64)
    firsts = []
    for row, (number, window) in enumerate(group):
        example = examples[number]
        bounds = np.asarray(example.pieces.first[window.start : window.end + 1])
        own = example.pieces.ids[bounds[0] : bounds[-1]]
        ids[row, : len(own) + 2] = [CLS, *own, SEP]
        mask[row, : len(own) + 2] = 1
        rows = np.repeat(np.arange(window.start, window.end), np.diff(bounds))
        features[row, 1 : len(own) + 1] = example.features[rows]
        first = (bounds[:-1] - bounds[0] + 1).tolist()
        tags[row, first] = example.tags[window.start : window.end]
        firsts.append(first)
    return Batch(*map(torch.from_numpy, (ids, mask, features, tags)), firsts, group)


def decode(example: Example, scores: Scores) -> list[Span]:
    """The best tag of each word, an inside tag without its beginning taken as a beginning."""
    found: list[list[int]] = []
    previous = 0
    for i, tag in enumerate(scores.argmax(-1).tolist()):
        label = (tag - 1) % len(LABELS)
        if tag == 0:
            previous = 0
            continue
        if tag > len(LABELS) and previous and (previous - 1) % len(LABELS) == label:
            found[-1][1] = i
        else:
            found.append([i, i, label])
        previous = tag
    return [(example.words[a].start, example.words[b].end, LABELS[k]) for a, b, k in found]
