"""The tagged report as PDF by typst; the data travels as JSON, so no text of it is ever read as markup."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from reports.exports.markdown import described, ordered
from reports.exports.types import Bundle, Item

FOLDER = Path(__file__).parent


def write(bundle: Bundle) -> bytes:
    """The whole document; the same bundle gives the same bytes (the time in it is the bundle's)."""
    pdf = typst.compile(
        str(FOLDER / "layouts" / "report.typ"),
        root=str(FOLDER),
        font_paths=[str(FOLDER / "fonts")],
        format="pdf",
        sys_inputs={"data": json.dumps(_values(bundle))},
        timestamp=_seconds(bundle.made_at),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no document")
    return pdf


def _seconds(made_at: str) -> int:
    return int(datetime.fromisoformat(made_at).timestamp())


def _values(bundle: Bundle) -> dict[str, Any]:
    return {**asdict(bundle), "items": [_item(item) for item in bundle.items]}


def _item(item: Item) -> dict[str, Any]:
    values = asdict(item)
    values["url"] = item.url if item.url.lower().startswith(("http://", "https://")) else ""
    values["tags"] = [
        {
            "kind": tag.kind_name,
            "name": described(tag),
            "count": len(tag.mentions),
            "score": f"{tag.score:.2f}",
            "evidence": tag.evidence,
            "about": tag.is_about,
        }
        for tag in ordered(item.tags)
    ]
    return values
