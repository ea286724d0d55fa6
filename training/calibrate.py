"""Choose the recognizer's thresholds and make its scores probabilities: python -m training.calibrate --help.

Uses the exported 8-bit model, so that what it measures is what runs.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.pipeline.decoding import (
    Scores,
    Stretch,
    Voice,
    to_probabilities,
)
from analysis.pipeline.recognizer import Recognizer
from analysis.pipeline.wordpieces import Word, split_words
from evaluation.spans import ALL, Span, score_spans
from training.examples import LABELS, read_rows

FOLDS = 8
BINS = 10
PENALTY = 3.0  # on the offsets of the labels, so that rare labels stay near the common curve
STEPS = 20
RELABEL = (0.5, 0.65, 0.8, 1.01)
ADOPT = (0.3, 0.5, 0.7, 1.01)
ROLE = (0.3, 0.4, 0.5, 0.6, 0.8)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Article:
    """A development article with the network's answer."""

    words: list[Word]
    chances: Scores
    wanted: list[Span]
    recognizer: Recognizer

    def stretches(self, voice: Voice) -> list[Stretch]:
        """What the recognizer makes of it."""
        return self.recognizer.decode(self.words, self.chances, voice)


def spans_of(article: Article, stretches: list[Stretch]) -> list[Span]:
    """Stretches as (start, end, label)."""
    words = article.words
    return [(words[s.first].start, words[s.last].end, LABELS[s.label]) for s in stretches]


def read_articles(recognizer: Recognizer, path: Path) -> list[Article]:
    """Run the network once over every article."""
    articles = []
    for _, text, spans in read_rows(path):
        words = split_words(text)
        chances = to_probabilities(recognizer.score_words(words))
        wanted = [(start, end, label) for start, end, label, _ in spans]
        articles.append(Article(words, chances, wanted, recognizer))
    return articles


def choose_voice(articles: list[Article]) -> Voice:
    """The thresholds with the best micro F1."""

    def value(voice: Voice) -> float:
        found = [spans_of(a, a.stretches(voice)) for a in articles]
        return score_spans([a.wanted for a in articles], found)[ALL].f1

    return max((Voice(*three) for three in product(RELABEL, ADOPT, ROLE)), key=value)


def fit(raw: Floats, labels: npt.NDArray[np.int64], right: Floats) -> tuple[float, Floats]:
    """Slope and one offset a label of a logistic curve in the log-odds of `raw`, by Newton's method."""
    clipped = np.clip(raw, 1e-4, 1 - 1e-4)
    inputs = np.zeros((len(raw), 2 + len(LABELS)))
    inputs[:, 0] = np.log(clipped / (1 - clipped))
    inputs[:, 1] = 1
    inputs[np.arange(len(raw)), 2 + labels] = 1
    penalty = np.diag([0.01, 0.01, *[PENALTY] * len(LABELS)])
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (chance - right) + penalty @ weights
        bend = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + penalty
        weights = weights - np.linalg.solve(bend, slope)
    return float(weights[0]), weights[1] + weights[2:]


def apply(raw: Floats, labels: npt.NDArray[np.int64], curve: tuple[float, Floats]) -> Floats:
    """Calibrated probabilities."""
    clipped = np.clip(raw, 1e-4, 1 - 1e-4)
    odds = curve[0] * np.log(clipped / (1 - clipped)) + curve[1][labels]
    return np.asarray(1 / (1 + np.exp(-odds)))


def calibration_error(chance: Floats, right: Floats) -> float:
    """Expected calibration error over BINS bins of equal width."""
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    gaps = [
        abs(chance[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)
    ]
    return float(sum(gaps))


def calibrate(articles: list[Article], voice: Voice) -> tuple[tuple[float, Floats], float]:
    """The curve over all articles, and the error of curves fitted without the articles they are judged on."""
    rows = [
        (number, stretch.raw, stretch.label, float(span in set(article.wanted)))
        for number, article in enumerate(articles)
        for stretches in [article.stretches(voice)]
        for stretch, span in zip(stretches, spans_of(article, stretches), strict=True)
    ]
    number, raw, label, right = (np.asarray(column) for column in zip(*rows, strict=True))
    judged = np.zeros(len(rows))
    for fold in range(FOLDS):
        out = number % FOLDS == fold
        judged[out] = apply(raw[out], label[out], fit(raw[~out], label[~out], right[~out]))
    return fit(raw, label, right), calibration_error(judged, right)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the recognizer's folder; its config.json is rewritten")
    parser.add_argument("dev", type=Path, help="spans-dev.jsonl")
    args = parser.parse_args()
    articles = read_articles(Recognizer.load(args.folder), args.dev)
    voice = choose_voice(articles)
    (slope, offsets), error = calibrate(articles, voice)
    path = args.folder / "config.json"
    config = json.loads(path.read_text()) | {
        "slope": round(slope, 4),
        "offsets": [round(value, 3) for value in offsets.tolist()],
        "voice": {"relabel": voice.relabel, "adopt": voice.adopt, "role": voice.role},
    }
    path.write_text(json.dumps(config, indent=1) + "\n")
    wanted = [article.wanted for article in articles]
    for title, chosen in (("each occurrence alone", Voice(1.01, 1.01, 0.5)), (f"{voice}", voice)):
        found = [spans_of(article, article.stretches(chosen)) for article in articles]
        sys.stdout.write(f"{title}\n")
        for name, score in score_spans(wanted, found).items():
            line = f"{name:20s} P {score.precision:.3f} R {score.recall:.3f} F1 {score.f1:.3f}"
            sys.stdout.write(f"{line} ({score.right + score.missed} wanted)\n")
    sys.stdout.write(f"expected calibration error, {FOLDS}-fold: {error:.3f}\n")


if __name__ == "__main__":
    main()
