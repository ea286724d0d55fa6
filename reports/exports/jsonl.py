"""JSON Lines: one article a line, tags and mentions nested, keys as in `types.py`."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from reports.exports.types import Item


def write(items: Iterable[Item]) -> Iterator[bytes]:
    """Encoded lines; text is kept readable (no \\u escapes) and keys keep their order."""
    for item in items:
        yield (json.dumps(asdict(item), ensure_ascii=False) + "\n").encode()
