"""Train the vote of `articles/extraction/vote.py` on labeled pages.

    python -m training.extraction.train_vote --data ../shared/data/extraction --out vote.json

Needs scikit-learn (requirements.txt beside this file). Every block of a page is one row: what the readers say about
it and how it looks (`articles.extraction.features`). Truth is the human body (AEB) or the strings that must and must
not occur (TRAF). Each page is read a second time with every class name and id replaced, so that a page of a publisher
never seen, whose names mean nothing, is judged alike. About 40 minutes on one core, nearly all of it reading pages.
"""

import argparse
import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from articles.extraction.blocks import PageBlock, read_blocks
from articles.extraction.encoding import decode
from articles.extraction.features import NAMES, describe
from articles.extraction.head import read_head
from articles.extraction.main_text import Readers, Witness, gather
from articles.extraction.structured import body_paragraphs, read_structured
from articles.extraction.tree import parse
from articles.extraction.witnesses import ask_readability, ask_trafilatura

# Chosen on parts of the hosts held out: small trees, few of them, so that a page costs little.
TREES = {
    "max_iter": 100,
    "max_leaf_nodes": 8,
    "learning_rate": 0.09,
    "min_samples_leaf": 20,
    "l2_regularization": 2.0,
}
AEB_WEIGHT = 1.5  # a human body says more than a few strings
RENAMED_WEIGHT = {"aeb": 0.6, "trafilatura": 0.8}  # of the second reading, beside 1 of the first
SUPPORT = 0.2  # blocks no reader takes are easy and many: a sample of them is enough
EASY_SHARE = 0.15
ATTRIBUTE = re.compile(r'\b(class|id)="([^"<>]*)"')


@dataclass(frozen=True)
class Rows:
    """Features, labels and weights of one page's blocks."""

    features: np.ndarray
    labels: np.ndarray
    weights: np.ndarray


def read_pages(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """(row, decoded html) of every page of a set."""
    for path in sorted(folder.glob("pages-*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                body = base64.b64decode(row["html"]) if row["encoding"] == "base64" else row["html"].encode()
                yield row, decode(body, "")[0]


def renamed(html: str) -> str:
    """The page with every class name and id replaced by one that means nothing."""

    def replace(found: re.Match[str]) -> str:
        names = ("k" + hashlib.sha256(name.encode()).hexdigest()[:6] for name in found[2].split())
        return f'{found[1]}="{" ".join(names)}"'

    return ATTRIBUTE.sub(replace, html)


def page_rows(row: dict[str, Any], html: str, weight: float) -> Rows:
    """One labeled page as rows."""
    tree = parse(html)
    blocks = read_blocks(tree)
    stated = body_paragraphs(read_structured(tree))
    head = read_head(html, row["url"])
    opinions = gather(blocks, Readers(ask_trafilatura(tree), ask_readability(tree), stated))
    title, description = head.get("og:title") or head.title, head.get("og:description", "description")
    features = np.array(
        describe(blocks, opinions, title, description, list(range(len(blocks)))), dtype=np.float32
    )
    labels, weights = (
        body_labels(row, blocks) if "articleBody" in row["truth"] else string_labels(row, blocks)
    )
    return Rows(features.reshape(-1, len(NAMES)), labels, weights * weight)


def body_labels(row: dict[str, Any], blocks: list[PageBlock]) -> tuple[np.ndarray, np.ndarray]:
    """Blocks half covered by the human body belong to it; long ones weigh more, as they do in the score."""
    body = Witness(row["truth"]["articleBody"].split("\n"))
    labels = np.array([body.covers(block.tokens) >= 0.5 for block in blocks], dtype=bool)
    sizes = np.array([len(block.tokens) for block in blocks], dtype=float)
    total = max(1.0, float(sizes[labels].sum()) if len(sizes) else 1.0)
    return labels, (np.minimum(2.0, 20 * sizes / total) + 0.02) * AEB_WEIGHT


def string_labels(row: dict[str, Any], blocks: list[PageBlock]) -> tuple[np.ndarray, np.ndarray]:
    """Blocks with a string that must occur belong, with one that must not do not; the others say nothing."""
    truth = row["truth"]
    wanted = np.array([_holds(block.text, truth.get("with", [])) for block in blocks], dtype=bool)
    unwanted = np.array([_holds(block.text, truth.get("without", [])) for block in blocks], dtype=bool)
    return wanted, (wanted != unwanted).astype(float)


def _holds(text: str, strings: list[str]) -> bool:
    return any(string in text or (len(text) > 20 and text in string) for string in strings)


def collect(data: Path, every: int) -> Rows:
    """Rows of all pages, each read twice."""
    parts: list[Rows] = []
    for name, second in RENAMED_WEIGHT.items():
        for number, (row, html) in enumerate(read_pages(data / name)):
            if number % every == 0:
                parts += [page_rows(row, html, 1.0), page_rows(row, renamed(html), second)]
    rows = Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in Rows.__annotations__))
    easy = rows.features[:, :4].max(axis=1) < SUPPORT
    kept = (rows.weights > 0) & (~easy | (np.random.default_rng(0).random(len(easy)) < EASY_SHARE))
    return Rows(rows.features[kept], rows.labels[kept], rows.weights[kept])


def export(model: HistGradientBoostingClassifier) -> dict[str, Any]:
    """The trees as lists the product walks without scikit-learn."""
    trees = []
    for (predictor,) in model._predictors:
        trees.append(
            [
                [-1, round(float(node["value"]), 5), 0, 0]
                if node["is_leaf"]
                else [
                    int(node["feature_idx"]),
                    float(f"{node['num_threshold']:.6g}"),
                    int(node["left"]),
                    int(node["right"]),
                ]
                for node in predictor.nodes
            ]
        )
    return {"names": list(NAMES), "base": float(model._baseline_prediction.ravel()[0]), "trees": trees}


def main() -> None:
    """Read, train, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/extraction"))
    parser.add_argument("--out", type=Path, default=Path("articles/extraction/vote.json"))
    parser.add_argument("--every", type=int, default=1, help="take every Nth page, to try the script")
    options = parser.parse_args()
    rows = collect(options.data, options.every)
    model = HistGradientBoostingClassifier(**TREES, random_state=0, early_stopping=False)
    model.fit(rows.features, rows.labels, sample_weight=rows.weights)
    options.out.write_text(json.dumps(export(model), separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
