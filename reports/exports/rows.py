"""Plain rows as CSV: one line each, no cell of which a spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from reports.exports.cells import guard


def write(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Encoded chunks, the column names first; UTF-8 with a byte-order mark because spreadsheet programs ask for one."""
    yield "\ufeff".encode() + _line(names)
    for row in rows:
        yield _line([guard(cell) for cell in row])


def _line(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
