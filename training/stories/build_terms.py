"""Count in how many texts each word and word pair occurs: `python training/stories/build_terms.py OUT FILE…`.

Each FILE holds one article a line, {"title", "text"} (JSON, or JSON in gzip). Terms of fewer than FEWEST texts are
left out, and only hashes and counts are written: no text and no wording can be read back. A title named by --without
(JSON Lines of events as in the story sets) is passed over, so that events which are measured do not count.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from analysis.pipeline.profiles import hash_term, list_terms

FEWEST = 5


def main() -> None:
    """Read, count, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--without", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    measured = {title for path in given.without for title in titles(path)}
    texts, counts = 0, Counter[int]()
    for row in rows(given.files):
        title = row.get("title") or ""
        if title in measured:
            continue
        texts += 1
        counts.update({hash_term(term) for term in list_terms(f"{title}\n{row['text']}")})
    kept = sorted((term, count) for term, count in counts.items() if count >= FEWEST)
    np.savez_compressed(
        given.out,
        texts=np.int32(texts),
        terms=np.asarray([term for term, _ in kept], np.int32),
        counts=np.asarray([count for _, count in kept], np.int32),
    )


def rows(paths: list[Path]) -> Iterator[dict[str, Any]]:
    """The lines of all files."""
    for path in paths:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if path.suffix == ".gz" else raw
        for line in text.decode("utf-8").split("\n"):
            if line:
                yield json.loads(line)


def titles(path: Path) -> Iterator[str]:
    """Titles of measured articles: one a line, or several to an event."""
    for row in rows([path]):
        for article in row.get("articles", [row]):
            yield article["title"]


if __name__ == "__main__":
    main()
