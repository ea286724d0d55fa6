"""Summaries against neutral round-ups written by people: ours beside the first sentences, same number of words."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.pipeline.summary import SUMMARY_WORDS, summarize
from analysis.pipeline.types import Field, Parsed
from evaluation.rouge import rouge_l, rouge_n

METHODS = ("lead", "terms", "terms and vectors")


@dataclass(frozen=True, slots=True)
class Rouge:
    """Mean ROUGE-1, ROUGE-2 and ROUGE-L (F1) of one method."""

    method: str
    one: float
    two: float
    longest: float


def read_events(path: Path) -> Iterator[tuple[str, str, str]]:
    """(title, leads of the articles joined, round-up) of each event of NeuS."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            articles = event["articles"]
            yield articles[0]["title"], "\n\n".join(one["text"] for one in articles), event["roundup"]["text"]


def score_summaries(events: list[tuple[str, str, str]], parse: Callable[[str, str], Parsed]) -> list[Rouge]:
    """Mean scores of each method over the events."""
    rows: dict[str, list[tuple[float, float, float]]] = {method: [] for method in METHODS}
    for title, text, wanted in events:
        for method, made in summaries_of(parse(title, text)).items():
            rows[method].append((rouge_n(made, wanted, 1), rouge_n(made, wanted, 2), rouge_l(made, wanted)))
    return [
        Rouge(method, *(sum(values) / max(1, len(values)) for values in zip(*found, strict=True)))
        for method, found in rows.items()
    ]


def summaries_of(parsed: Parsed) -> dict[str, str]:
    """The summary by each method."""
    ours = {
        "terms": summarize(parsed, (), (), has_vectors=False),
        "terms and vectors": summarize(parsed, (), ()),
    }
    return {"lead": lead_of(parsed)} | {
        method: " ".join(point.text for point in made.lead) for method, made in ours.items()
    }


def lead_of(parsed: Parsed, words: int = SUMMARY_WORDS) -> str:
    """The first sentences of the text up to a number of words."""
    taken: list[str] = []
    for sentence in parsed.sentences:
        if sentence.field is Field.BODY:
            own = parsed.text[sentence.start : sentence.end].split()
            if taken and len(taken) + len(own) > words:
                break
            taken += own
    return " ".join(taken)
