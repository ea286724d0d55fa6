"""Queries to measure and to torment the search with; the same ones for the same seed."""

import random
from collections.abc import Callable, Iterator

from analysis.models import Entity
from analysis.query import CHOICES, FIELDS, quoted

COMMON = "said people government year new state time world police report".split()
MIDDLE = "malware sanctions election bank missile ransomware minister border vaccine budget".split()
RARE = "cartel tariff exploit embargo extradition subsidy flotilla ombudsman plutonium phishing".split()
PHRASES = ("white house", "last week", "prime minister", "remote code execution", "according to")
NOISE = "aé中\x00\"“”()*:-<>=.,;'\\%_|&!~ \t\nORor0129\U0001f600\u202e\ue000"


def mixed(count: int) -> list[str]:
    """`count` queries as analysts type them: a third plain words, the rest with entities, dates and negations."""
    draw = random.Random(7)  # noqa: S311  (repeatable)
    names = {
        kind: list(
            Entity.objects.filter(kind=kind, article_count__gt=0)
            .order_by("-article_count", "pk")
            .values_list("name", flat=True)[:400]
        )
        or ["Nobody"]
        for kind in ("country", "company", "person", "researcher")
    }
    return [_mixed(draw, names) for _ in range(count)]


def _mixed(draw: random.Random, names: dict[str, list[str]]) -> str:
    def entity(field: str) -> str:
        place = min(int(draw.paretovariate(0.6)) - 1, len(names[field]) - 1)
        return f"{field}:{quoted(names[field][place])}"

    def word() -> str:
        return draw.choice(draw.choices([COMMON, MIDDLE, RARE], weights=[2, 5, 3])[0])

    shapes = [
        word,
        lambda: f"{word()} {word()}",
        lambda: f'"{draw.choice(PHRASES)}" {word()}',
        lambda: f"{word()} OR {word()}",
        lambda: f"{word()} -{word()}",
        lambda: f"{word()[:5]}*",
        lambda: entity("country"),
        lambda: f"{entity('country')} {word()}",
        lambda: f"{entity('company')} {entity('country')}",
        lambda: entity("person"),
        lambda: f"{entity('researcher')} -{entity('country')}",
        lambda: f"about:{quoted(draw.choice(names['country'][:60]))}",
        lambda: f"{word()} published:-{draw.choice((7, 30, 90))}d",
        lambda: f"{entity('company')} published:-1y",
        lambda: f"({word()} OR {word()}) {entity('country')}",
        lambda: f"{entity('company')} score>0.8",
        lambda: f"{word()} lang:de",
        lambda: f"title:{word()}",
        lambda: f"state:important {word()}",
        lambda: f"{entity('country')} is:duplicate",
        lambda: f"source:source-0{draw.randint(10, 99)}.corpus.invalid {word()}",
        lambda: f"cve:CVE-2025-{1000 + draw.randrange(50)}",
    ]
    shape: Callable[[], str] = draw.choice(shapes)
    return shape()


def fuzzed(count: int) -> Iterator[str]:
    """`count` queries: well formed ones, ones of the grammar's own pieces, and noise; broken in some place or not."""
    draw = random.Random(11)  # noqa: S311  (repeatable)
    for _ in range(count):
        text = _grown(draw, 0) if draw.random() < 0.8 else _noise(draw, draw.randint(0, 80))
        yield _broken(draw, text) if draw.random() < 0.5 else text


def _grown(draw: random.Random, depth: int) -> str:
    parts = [_part(draw, depth) for _ in range(draw.randint(1, 4))]
    return draw.choice((" ", " OR ", "  ")).join(parts)


def _part(draw: random.Random, depth: int) -> str:
    word = draw.choice((*COMMON, *MIDDLE, *RARE, "OR", "a", "KP", "café", "平壤", "Россия", "the"))
    dates = (
        "2026",
        "2026-02..",
        "..2025-13",
        "-7d",
        "2026-01..2026-03",
        "soon",
        "-9999y",
        "0001",
        "9998-12-31",
    )
    shapes = [
        lambda: word,
        lambda: f'"{word} {draw.choice(RARE)}"',
        lambda: f"{word}*",
        lambda: f"-{_part(draw, depth + 1)}" if depth < 5 else word,
        lambda: f"({_grown(draw, depth + 1)})" if depth < 4 else word,
        lambda: f"{draw.choice(FIELDS)}:{quoted(word)}",
        lambda: f"{draw.choice(FIELDS)}:{_noise(draw, draw.randint(0, 9))}",
        lambda: f"{(field := draw.choice(list(CHOICES)))}:{draw.choice(CHOICES[field])}",
        lambda: f"published:{draw.choice(dates)}",
        lambda: f"score{draw.choice(('>', '<=', '=', '>>'))}{draw.choice(('0.8', '80%', '7', '1e9', ''))}",
        lambda: f"exposure:{quoted(word)}>{draw.choice(('CN', '', word))}",
        lambda: f"story:{draw.choice(('1', 'none', '999999999999999', '-1'))}",
    ]
    shape: Callable[[], str] = draw.choice(shapes)
    return shape()


def _noise(draw: random.Random, length: int) -> str:
    return "".join(
        draw.choice(NOISE) if draw.random() < 0.8 else chr(draw.randrange(0xD800)) for _ in range(length)
    )


def _broken(draw: random.Random, text: str) -> str:
    place = draw.randint(0, len(text))
    return text[:place] + _noise(draw, draw.randint(0, 3)) + text[place + draw.randint(0, 3) :]
