"""Which entities, source, date and copies each made-up article has: pure draws, the same for the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

YEARS = 2
DAYS = 365 * YEARS
SOURCES = 200
SOURCE_KINDS = ("news", "news", "news", "agency", "vendor", "government", "research", "blog", "other")
# Made up: the shares a desk of mostly English sources may have. The texts are English whatever is said here.
LANGUAGES = ("en",) * 88 + ("de",) * 4 + ("fr",) * 3 + ("es",) * 2 + ("ru", "zh", "ar")
STATES = ("new",) * 86 + ("in_review",) * 5 + ("done",) * 6 + ("important",) * 3
# kind: fewest and most of one article; 12 in the mean
PER_ARTICLE = {
    "country": (1, 4),
    "company": (0, 5),
    "person": (0, 5),
    "organization": (0, 3),
    "researcher": (0, 2),
    "government": (0, 2),
    "media": (0, 1),
    "igo": (0, 1),
    "threat": (0, 1),
    "malware": (0, 1),
    "product": (0, 2),
}
SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Drawn:
    """One article: entity ids with the salient ones first, the implied last; seconds before now."""

    entities: tuple[int, ...]
    implied: tuple[int, ...]
    source: int  # 0..SOURCES-1
    seconds_ago: int
    language: str
    state: str
    observable: tuple[str, str]  # kind and value, "" when it names none


class Pool:
    """The entities of one kind; the n-th is drawn with a weight of 1/n (Zipf)."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids
        self.weights = list(accumulate(1 / (place + 1) for place in range(len(ids))))

    def draw(self, draw: random.Random, count: int) -> list[int]:
        """Up to `count` different ids."""
        return list(dict.fromkeys(draw.choices(self.ids, cum_weights=self.weights, k=count))) if count else []


def draw_articles(pools: dict[str, Pool], count: int, draw: random.Random) -> Iterator[Drawn]:
    """`count` articles, the newest weekdays fuller than weekends."""
    sources = list(accumulate(1 / (place + 3) for place in range(SOURCES)))
    for _ in range(count):
        named = [
            entity
            for kind, (fewest, most) in PER_ARTICLE.items()
            if kind in pools
            for entity in pools[kind].draw(draw, draw.randint(fewest, most))
        ]
        draw.shuffle(named)
        implied = pools["country"].draw(draw, 1) if draw.random() < 0.2 else []
        yield Drawn(
            entities=tuple(named),
            implied=tuple(entity for entity in implied if entity not in named),
            source=draw.choices(range(SOURCES), cum_weights=sources)[0],
            seconds_ago=seconds_ago(draw),
            language=draw.choice(LANGUAGES),
            state=draw.choice(STATES),
            observable=observable(draw),
        )


def seconds_ago(draw: random.Random) -> int:
    """A moment of the last two years; of seven days two have a third of the others' articles."""
    day = draw.randrange(DAYS)
    if day % 7 > 4 and draw.random() < 2 / 3:
        day -= draw.randint(2, 4)
    return max(day, 0) * SECONDS + draw.randrange(SECONDS)


def observable(draw: random.Random) -> tuple[str, str]:
    """One article in ten names a vulnerability or a domain; both are made up."""
    dice = draw.random()
    if dice < 0.06:
        return "cve", f"CVE-{draw.randint(2024, 2026)}-{1000 + int(draw.paretovariate(0.8)) % 9000}"
    if dice < 0.1:
        return "domain", f"host{int(draw.paretovariate(0.7)) % 3000}.example"
    return "", ""
