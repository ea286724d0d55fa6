"""The two rivals of the decision record, trained and scored alike: python -m training.compare --help.

tok2vec: a spaCy named-entity model over static vectors, trained on our labels.
rules:   the stock md model, its labels mapped to ours by tables, and a classifier for what it calls ORG.
"""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import spacy
from spacy.language import Language
from spacy.tokens import Span
from spacy.training import Example
from spacy.util import minibatch

from analysis.pipeline.hints import Hints
from analysis.pipeline.wordpieces import split_words
from evaluation.spans import Span as Found
from evaluation.spans import score_spans
from training.augment import Row
from training.examples import LABELS, read_rows

Floats = npt.NDArray[np.float32]

TABLES = Path(__file__).parent.parent / "analysis" / "pipeline" / "data"
EPOCHS = 12
SEED = 1
BUCKETS = 1 << 15  # hashed features of the classifier
PASSES = 12
RATE = 0.3
NEAR = 80  # characters between a person's name and a role noun
DIRECT = {
    "FAC": "PLACE",
    "LOC": "PLACE",
    "PRODUCT": "PRODUCT",
    "EVENT": "OTHER",
    "LAW": "OTHER",
    "LANGUAGE": "OTHER",
    "WORK_OF_ART": "OTHER",
}
WIDTH = 96
MODEL = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
    "tok2vec": {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": WIDTH,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": [5000, 1000, 2500, 2500],
            "include_static_vectors": True,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": WIDTH,
            "depth": 4,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    },
}


def _examples(nlp: Language, rows: Sequence[Row]) -> list[Example]:
    examples = []
    for _, text, spans in rows:
        doc = nlp.make_doc(text)
        found = [doc.char_span(s, e, label=k, alignment_mode="expand") for s, e, k, _ in spans]
        kept = spacy.util.filter_spans([span for span in found if span is not None])
        reference = doc.copy()
        reference.set_ents([Span(reference, span.start, span.end, span.label_) for span in kept])
        examples.append(Example(doc, reference))
    return examples


def train_tok2vec(vectors: Language, rows: Sequence[Row], report: Callable[[Language], None]) -> None:
    """Train from nothing but the vectors; `report` is called after every third epoch."""
    spacy.util.fix_random_seed(SEED)
    nlp = spacy.blank("en")
    nlp.vocab.vectors = vectors.vocab.vectors
    nlp.add_pipe("ner", config={"model": MODEL})
    examples = _examples(nlp, rows)
    optimizer = nlp.initialize(lambda: examples)
    dice = np.random.default_rng(SEED)
    for epoch in range(EPOCHS):
        order = [examples[i] for i in dice.permutation(len(examples))]
        for batch in minibatch(order, 4):
            nlp.update(batch, sgd=optimizer, drop=0.25)
        if epoch % 3 == 2:
            report(nlp)


class Classifier:
    """Softmax regression over hashed words in and around a span."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._weights = np.zeros(
            (BUCKETS, len(LABELS) + 1), dtype=np.float32
        )  # the last answer: no name at all

    def _features(self, text: str, start: int, end: int) -> list[int]:
        inner = split_words(text[start:end])
        before, after = (
            split_words(text[max(0, start - 40) : start])[-3:],
            split_words(text[end : end + 40])[:3],
        )
        marks = np.flatnonzero(self._hints.mark(inner).max(axis=0)).tolist() if inner else []
        names = [
            *(f"in {word.text.lower()}" for word in inner),
            *(f"end {word.text.lower()[-4:]}" for word in inner),
            *(f"before {word.text.lower()}" for word in before),
            *(f"after {word.text.lower()}" for word in after),
            *(f"mark {mark}" for mark in marks),
            f"last {inner[-1].text.lower() if inner else ''}",
            f"first {inner[0].text.lower() if inner else ''}",
            f"size {len(inner)} {text[start:end].isupper()}",
        ]
        return [_hash(name) for name in names]

    def _chances(self, features: list[int]) -> Floats:
        scores = self._weights[features].sum(axis=0)
        powers = np.exp(scores - scores.max())
        return np.asarray(powers / powers.sum())

    def train(self, items: Sequence[tuple[str, int, int, int]]) -> None:
        """`items`: text, start, end, number of the label."""
        ready = [(self._features(text, start, end), label) for text, start, end, label in items]
        dice = np.random.default_rng(SEED)
        for turn in range(PASSES):
            for i in dice.permutation(len(ready)):
                features, label = ready[i]
                slope = self._chances(features)
                slope[label] -= 1
                np.subtract.at(self._weights, features, RATE / (1 + turn) * slope)

    def answer(self, text: str, start: int, end: int) -> str:
        """A label, or "" for no name."""
        best = int(self._chances(self._features(text, start, end)).argmax())
        return LABELS[best] if best < len(LABELS) else ""


def _hash(name: str) -> int:
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value % BUCKETS


class Rules:
    """Stock entities in, our labels out."""

    def __init__(self, nlp: Language, hints: Hints) -> None:
        self._nlp = nlp
        self._classifier = Classifier(hints)
        with (TABLES / "country_aliases.csv").open(encoding="utf-8", newline="") as lines:
            self._countries = {
                r["surface"].casefold() for r in csv.DictReader(lines) if r["relation"] != "metonym"
            }
        with (TABLES / "roles.csv").open(encoding="utf-8", newline="") as lines:
            self._roles = {row["word"].casefold() for row in csv.DictReader(lines)}

    def _entities(self, texts: Sequence[str]) -> Iterator[list[tuple[int, int, str]]]:
        for doc in self._nlp.pipe(texts, batch_size=8):
            yield [(*_trim(doc.text, e.start_char, e.end_char), e.label_) for e in doc.ents]

    def train(self, rows: Sequence[Row]) -> None:
        """Teach the classifier on what the stock model finds in the labelled articles."""
        items = []
        for (_, text, spans), found in zip(rows, self._entities([row[1] for row in rows]), strict=True):
            gold = {(start, end): LABELS.index(label) for start, end, label, _ in spans}
            items += [(text, s, e, gold.get((s, e), len(LABELS))) for s, e, kind in found if kind == "ORG"]
        self._classifier.train(items)

    def _label(self, text: str, start: int, end: int, kind: str) -> str:
        surface = text[start:end].casefold()
        if kind == "PERSON":
            around = text[max(0, start - NEAR) : end + NEAR].casefold()
            return "RESEARCHER" if any(f" {role}" in around for role in self._roles) else "PERSON"
        if kind == "GPE":
            return "COUNTRY" if surface in self._countries else "PLACE"
        if kind == "NORP":
            return "NATIONALITY" if surface in self._countries else "OTHER"
        return self._classifier.answer(text, start, end) if kind == "ORG" else DIRECT.get(kind, "")

    def find(self, texts: Sequence[str]) -> list[list[Found]]:
        """Spans with our labels."""
        return [
            [(s, e, label) for s, e, kind in found if (label := self._label(text, s, e, kind))]
            for text, found in zip(texts, self._entities(texts), strict=True)
        ]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Without a leading article and a trailing possessive, as in our guide."""
    if text[start:end].casefold().startswith("the "):
        start += 4
    return start, end - 2 if text[start:end].endswith(("'s", "’s")) else end


def _print(title: str, wanted: list[list[Found]], found: list[list[Found]]) -> None:
    sys.stdout.write(f"{title}\n")
    for name, score in score_spans(wanted, found).items():
        sys.stdout.write(f"  {name:20s} P {score.precision:.3f} R {score.recall:.3f} F1 {score.f1:.3f}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rival", choices=("tok2vec", "rules"))
    parser.add_argument("--train", type=Path, required=True, help="spans-train.jsonl")
    parser.add_argument("--dev", type=Path, required=True, help="spans-dev.jsonl")
    parser.add_argument("--md", type=Path, required=True, help="folder of the md model")
    parser.add_argument("--names", type=Path, required=True, help="the recognizer's names.txt")
    args = parser.parse_args()
    rows, dev = read_rows(args.train), read_rows(args.dev)
    texts = [text for _, text, _ in dev]
    wanted = [[(start, end, label) for start, end, label, _ in spans] for _, _, spans in dev]
    md = spacy.load(args.md, exclude=["tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer"])

    def report(nlp: Language) -> None:
        started = time.process_time()
        found = [[(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in nlp.pipe(texts)]
        _print(
            f"tok2vec, {len(texts) / (time.process_time() - started):.1f} articles a second", wanted, found
        )

    if args.rival == "tok2vec":
        train_tok2vec(md, rows, report)
        return
    rules = Rules(md, Hints.load(args.names))
    rules.train(rows)
    started = time.process_time()
    found = rules.find(texts)
    _print(f"rules, {len(texts) / (time.process_time() - started):.1f} articles a second", wanted, found)


if __name__ == "__main__":
    main()
