"""Small charts drawn on the server as SVG; the numbers stand beside them as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

register = template.Library()

WIDTH, HEIGHT, FLOOR = 720, 150, 126  # of the volume chart, in its own units


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: what it stands for, how many, and where to read them."""

    label: str
    number: int
    href: str = ""
    short: str = ""  # written below the axis, "" for none


@register.inclusion_tag("analysis/_volume_chart.html")
def volume_chart(bars: Sequence[Bar], title: str, width: int = WIDTH) -> dict[str, Any]:
    """Columns over time with the highest value as the scale; `width` in units of about a pixel at full size."""
    top = max((bar.number for bar in bars), default=0) or 1
    step = width / max(len(bars), 1)
    wide = min(step * 0.72, 28)  # few columns stay columns
    columns = [
        {
            "bar": bar,
            "x": round((place + 0.5) * step - wide / 2, 2),
            "hit_x": round(place * step, 2),
            "step": round(step, 2),
            "width": round(wide, 2),
            "y": round(FLOOR - (FLOOR - 18) * bar.number / top, 2),
            "height": round((FLOOR - 18) * bar.number / top, 2),
            "middle": round((place + 0.5) * step, 2),
        }
        for place, bar in enumerate(bars)
    ]
    return {
        "columns": columns,
        "bars": bars,
        "title": title,
        "top": top,
        "width": width,
        "height": HEIGHT,
        "floor": FLOOR,
    }


@register.inclusion_tag("analysis/_typed_chart.html")
def typed_chart(bars: Sequence[Bar], months: Sequence[Any], title: str) -> dict[str, Any]:
    """The volume chart over months, with a table of all that was counted in each; `months` belong to the bars."""
    return {**volume_chart(bars, title), "rows": list(zip(months, bars, strict=True))}


@register.filter
def share(number: float, whole: float) -> float:
    """`number` of `whole` on a scale of 100, for the width of a bar."""
    return round(100 * number / whole, 1) if whole else 0.0
