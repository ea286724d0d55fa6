"""Fine-tune MiniLM on the span labels: python -m training.train --help."""

import argparse
import json
import logging
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from analysis.pipeline.decoding import Scores
from analysis.pipeline.hints import COLUMNS
from analysis.pipeline.wordpieces import SHAPES
from evaluation.spans import score_spans
from training.augment import Replacer, Row
from training.examples import (
    LABELS,
    TAGS,
    Batch,
    Example,
    Tools,
    batches,
    decode,
    make_example,
    read_rows,
)
from training.network import MASK, Network, load_pretrained, save

log = logging.getLogger("training")

LEARNING_RATE = 1.2e-4
FRESH = ("answer", "features")  # parts without pretraining learn five times as fast
WARMUP = 100  # steps
MASKED = 0.06  # share of pieces hidden in training, so that context must help
UNHINTED = 0.15  # share of pieces whose hints are hidden, so that no list is trusted blindly
BATCH_PIECES = 1024
EVERY = 50  # steps between two lines of the log; the weights are saved each time
LAYERS = {6: (0, 1, 2, 3, 4, 5), 5: (0, 1, 2, 3, 4), 4: (0, 1, 2, 3)}


def prepare(rows: list[Row], tools: Tools) -> list[Example]:
    """The rows as input."""
    return [
        make_example(key, text, [(s, e, label) for s, e, label, _ in spans], tools)
        for key, text, spans in rows
    ]


def predict(network: Network, examples: list[Example]) -> list[Scores]:
    """Label scores [words, labels] of each example, windows joined."""
    network.eval()
    out = [np.zeros((len(e.words), len(TAGS)), dtype=np.float32) for e in examples]
    with torch.no_grad():
        for batch in batches(examples, None, 4 * BATCH_PIECES):
            logits = network(batch.ids, batch.mask, batch.features)
            for row, (number, window) in enumerate(batch.windows):
                rows = logits[row, batch.first[row]].numpy()
                keep = slice(window.keep_start - window.start, window.keep_end - window.start)
                out[number][window.keep_start : window.keep_end] = rows[keep]
    return out


def evaluate(network: Network, examples: list[Example]) -> dict[str, float]:
    """Strict F1 per label and group, each word on its own."""
    scores = predict(network, examples)
    found = [decode(e, s) for e, s in zip(examples, scores, strict=True)]
    return {name: round(s.f1, 3) for name, s in score_spans([e.spans for e in examples], found).items()}


def loss_of(network: Network, batch: Batch) -> torch.Tensor:
    """Cross entropy over the words' first pieces, some pieces and hints hidden."""
    hidden = (torch.rand(batch.ids.shape) < MASKED) & (batch.ids > MASK)
    features = batch.features.clone()
    features[..., len(SHAPES) :] *= (torch.rand(batch.ids.shape) > UNHINTED).unsqueeze(-1)
    logits = network(batch.ids.masked_fill(hidden, MASK), batch.mask, features)
    return functional.cross_entropy(logits.flatten(0, 1), batch.tags.flatten(), ignore_index=-100)


def make_optimizer(
    network: Network, total: int, decay: float
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Adam; the rate rises for WARMUP steps, stays, and falls to 0 over the last share `decay` of `total` steps."""
    slow = [p for n, p in network.named_parameters() if p.requires_grad and not n.startswith(FRESH)]
    fast = [p for n, p in network.named_parameters() if n.startswith(FRESH)]
    groups = [{"params": slow, "lr": LEARNING_RATE}, {"params": fast, "lr": LEARNING_RATE * 5}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: max(
            0.0, min(1.0, (step + 1) / WARMUP, (total - step) / (decay * total) if decay else 1.0)
        ),
    )
    return optimizer, schedule


def train(network: Network, rows: list[Row], tools: Tools, args: argparse.Namespace) -> None:
    """All epochs; each renames the entities of another share of the articles."""
    dice = np.random.default_rng(args.seed)
    replacer = Replacer(rows, args.folder / "names.txt", dice)
    examples = prepare(rows, tools)
    dev = prepare(read_rows(args.dev), tools) if args.dev else []
    total = args.epochs * len(list(batches(examples, np.random.default_rng(0), BATCH_PIECES)))
    optimizer, schedule = make_optimizer(network, total, args.decay)
    step = 0
    for epoch in range(args.epochs):
        network.train()
        renamed = [bool(dice.random() < args.augment) for _ in rows]
        fresh = prepare([replacer.replace(row) for row, new in zip(rows, renamed, strict=True) if new], tools)
        kept = [example for example, new in zip(examples, renamed, strict=True) if not new]
        losses = []
        for batch in batches(kept + fresh, dice, BATCH_PIECES):
            loss = loss_of(network, batch)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            step += 1
            if step % EVERY == 0:
                save(network, args.out, about(args))
                log.info("step %d of %d, loss %.4f", step, total, np.mean(losses[-EVERY:]))
        save(network, args.out, about(args))
        log.info(
            "epoch %d, loss %.4f %s",
            epoch + 1,
            np.mean(losses),
            json.dumps(evaluate(network, dev)) if dev else "",
        )


def about(args: argparse.Namespace) -> dict[str, object]:
    """What is needed to build the network again and to feed it."""
    return {"layers": args.layers, "columns": [*SHAPES, *COLUMNS], "labels": list(LABELS)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="spans-train.jsonl")
    parser.add_argument("--dev", type=Path, help="spans-dev.jsonl, for reporting only")
    parser.add_argument("--pretrained", type=Path, help="model.safetensors of MiniLM-L6-H384")
    parser.add_argument(
        "--start", type=Path, help="weights of an earlier run to go on from, instead of --pretrained"
    )
    parser.add_argument("--folder", type=Path, required=True, help="where tokenizer.json and names.txt lie")
    parser.add_argument("--out", type=Path, required=True, help="weights to write (.pt)")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument(
        "--decay", type=float, default=0.0, help="last share of all steps in which the rate falls"
    )
    parser.add_argument(
        "--augment", type=float, default=0.0, help="share of articles whose entities are renamed"
    )
    parser.add_argument("--layers", type=int, default=5, choices=sorted(LAYERS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    network = Network(len(SHAPES) + len(COLUMNS), len(TAGS), args.layers)
    if args.start:
        network.load_state_dict(torch.load(args.start, weights_only=True))
    else:
        load_pretrained(network, args.pretrained, LAYERS[args.layers])
    network.words.weight.requires_grad_(False)  # rare names keep the vectors of their relatives
    train(network, read_rows(args.data), Tools.load(args.folder), args)


if __name__ == "__main__":
    main()
