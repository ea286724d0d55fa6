"""Names in a text: a small transformer of our own, run by onnxruntime on one core.

Source of the method, the data and all figures: docs/decisions (recognizer) and MODEL_CARD.md beside the weights.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from analysis.pipeline.decoding import (
    Calibration,
    Found,
    Scores,
    Stretch,
    Voice,
    agree,
    best_tags,
    read_stretches,
    to_found,
    to_probabilities,
    unify_people,
)
from analysis.pipeline.hints import COLUMNS, Hints
from analysis.pipeline.wordpieces import (
    SHAPES,
    Features,
    Pieces,
    Window,
    Word,
    cut_pieces,
    cut_windows,
    describe_shapes,
    sign_number,
    split_words,
)

__all__ = ["Found", "Recognizer"]

DEFAULT_FOLDER = Path(__file__).parent / "data" / "recognizer"
BORDERS = ("[CLS]", "[SEP]")


class Recognizer:
    """Finds names of fourteen kinds. Deterministic: an article's answer depends on its text alone."""

    def __init__(self, session: Any, tokenizer: Tokenizer, hints: Hints, config: dict[str, Any]) -> None:
        """`config` is the parsed config.json: labels, columns, window sizes, calibration."""
        if config["columns"] != [*SHAPES, *COLUMNS]:
            raise ValueError("the recognizer was trained on other features than this version computes")
        self._session = session
        self._tokenizer = tokenizer
        self._hints = hints
        self.labels: tuple[str, ...] = tuple(config["labels"])
        self._limit = int(config["window"])
        self._overlap = int(config["overlap"])
        self._borders = [sign_number(tokenizer, sign) for sign in BORDERS]
        self._calibration = Calibration(config["slope"], tuple(config["offsets"]))
        self._voice = Voice(**config["voice"])
        self._people = (self.labels.index("PERSON"), self.labels.index("RESEARCHER"))

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER) -> Self:
        """Read the four files of `folder`; raises OSError or ValueError when one is missing or does not fit."""
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        weights = (folder / "model.onnx").read_bytes()
        session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        return cls(session, tokenizer, Hints.load(folder / "names.txt"), config)

    def recognize(self, text: str) -> list[Found]:
        """The names in `text`, ordered and without overlap; offsets are code points of `text`."""
        words = split_words(text)
        if not words:
            return []
        chances = to_probabilities(self.score_words(words))
        stretches = self.decode(words, chances, self._voice)
        return [to_found(stretch, words, self.labels, self._calibration) for stretch in stretches]

    def decode(self, words: list[Word], chances: Scores, voice: Voice) -> list[Stretch]:
        """Spans from the tags' probabilities [words, tags], with one voice for equal names."""
        stretches = agree(read_stretches(chances, best_tags(chances)), words, chances, voice)
        return unify_people(stretches, words, self._people, voice.role)

    def recognize_many(self, texts: Iterable[str]) -> list[list[Found]]:
        """`recognize` for each text. Texts share no batch: the 8-bit scales of one would change another's answer."""
        return [self.recognize(text) for text in texts]

    def score_words(self, words: list[Word]) -> Scores:
        """The network's scores [words, tags]; long texts pass through in overlapping windows."""
        pieces = cut_pieces(self._tokenizer, words)
        features = np.concatenate([describe_shapes(words), self._hints.mark(words)], axis=1)
        rows = [
            self._run(window, pieces, features)[
                window.keep_start - window.start : window.keep_end - window.start
            ]
            for window in cut_windows(words, pieces, self._limit, self._overlap)
        ]
        return np.concatenate(rows)

    def _run(self, window: Window, pieces: Pieces, features: Features) -> Scores:
        bounds = np.asarray(pieces.first[window.start : window.end + 1], dtype=np.int64)
        own = pieces.ids[bounds[0] : bounds[-1]]
        table = np.zeros((1, len(own) + 2, features.shape[1]), dtype=np.float32)
        table[0, 1:-1] = np.repeat(features[window.start : window.end], np.diff(bounds), axis=0)
        inputs = {
            "ids": np.asarray([[self._borders[0], *own, self._borders[1]]], dtype=np.int64),
            "features": table,
            "first": bounds[:-1] - bounds[0] + 1,
        }
        scores: Scores = self._session.run(None, inputs)[0]
        return scores
