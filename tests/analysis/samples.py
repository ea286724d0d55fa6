"""Small hand-made knowledge and hand-read texts for the tests of the pipeline."""

import re

from analysis.pipeline.readable import recase_capitals, smooth
from analysis.pipeline.types import (
    Alias,
    Field,
    Kind,
    KnownEntity,
    Lexicon,
    Parsed,
    Relation,
    Sentence,
    Span,
    Verdict,
)


def known(key: str, name: str, *aliases: Alias, parent: str = "", needs_context: bool = False) -> tuple:
    """One entry: entity and aliases; kind and country follow from the key."""
    kind, _, code = key.partition(":")
    country = code if kind == "country" else ""
    entity = KnownEntity(key, Kind(kind), name, country=country, parent=parent)
    return entity, (Alias(name, key, needs_context=needs_context), *aliases)


def make_lexicon(*entries: tuple, words: dict | None = None, verdicts: tuple[Verdict, ...] = ()) -> Lexicon:
    """A lexicon of `known(...)` entries."""
    aliases: dict[str, list[Alias]] = {}
    for _, group in entries:
        for alias in group:
            aliases.setdefault(alias.surface.casefold(), []).append(alias)
    return Lexicon(
        version="test",
        entities={entity.key: entity for entity, _ in entries},
        aliases={key: tuple(group) for key, group in aliases.items()},
        words=words or {},
        verdicts=verdicts,
    )


LEXICON = make_lexicon(
    known("country:US", "United States", Alias("US", "country:US", Relation.ACRONYM, is_case_sensitive=True)),
    known(
        "country:CN",
        "China",
        Alias("Chinese", "country:CN", Relation.DEMONYM),
        Alias("Beijing", "country:CN", Relation.IMPLIED),
    ),
    known(
        "country:RU",
        "Russia",
        Alias("Kremlin", "country:RU", Relation.METONYM),
        Alias("Soviet Union", "country:RU", Relation.FORMER),
    ),
    known("country:KR", "South Korea", Alias("Korea", "country:KR", needs_context=True)),
    known("country:KP", "North Korea", Alias("Korea", "country:KP", needs_context=True)),
    known("country:ES", "Spain", Alias("Spanish", "country:ES", Relation.DEMONYM)),
    known("company:amazon", "Amazon", Alias("Amazon Prime Video", "company:amazon", Relation.BRAND)),
    known("company:wbd", "Warner Bros. Discovery", Alias("HBO Max", "company:wbd", Relation.BRAND)),
    known("company:target", "Target", needs_context=True),
    known("company:bank-of-america", "Bank of America"),
    known("company:huawei", "Huawei"),
    words={"common_words": frozenset({"signal", "trojan"})},
)


def read(text: str, *found: tuple[str, Kind] | tuple[str, Kind, float], title: str = "") -> Parsed:
    """A text read by hand: every occurrence of each found name is a span of the recognizer."""
    string = recase_capitals(smooth(f"{title}\n\n{text}" if title else text))
    body = len(title) + 2 if title else 0
    sentences = []
    for match in re.finditer(r"[^\n]+?(?:[.!?][\"”]?(?=\s+[A-Z“\"])|(?=\n)|$)\s*", string):
        where = Field.TITLE if match.start() < body else Field.BODY
        shift = 0 if where is Field.TITLE else body
        sentences.append(
            Sentence(
                len(sentences),
                where,
                match.start() - shift,
                len(match.group().rstrip()) + match.start() - shift,
            )
        )
    spans = [
        Span(match.start(), match.end(), kind, *(score or [0.9]), "recognizer")
        for name, kind, *score in found
        for match in re.finditer(rf"(?<!\w){re.escape(smooth(name))}(?!\w)", string)
    ]
    spans.sort(key=lambda span: (span.start, -span.end))
    return Parsed(title, text, string, body, "en", (), tuple(sentences), tuple(spans))
