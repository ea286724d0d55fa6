"""A cover drawn from an article's entities: a map without flags, names in type. Same input, same bytes.

Nothing is a photograph and nothing is copied from a page; the picture says that it is computer-generated.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from analysis.pipeline.atlas import Place, load_atlas

WIDTH, HEIGHT = 1200, 400
MAP_LEFT = 420  # the names stand left of it
NAMES, LABELS = 3, 4
LABEL = 17  # pixels of the cover
LONGEST = 30  # code points of a name; longer ones are cut
CLOSEST = 130  # grid units: the map shows at least so much height around what is marked
FONT = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
# Ground, sea grid, land, border, marked land, ink, second ink; one of three hues by a hash of the names.
PALETTES = {
    "light": (
        ("#e9f0ef", "#dbe6e5", "#c9d8d6", "#e9f0ef", "#0b6170", "#17191c", "#4c5057"),
        ("#eceef5", "#dfe3ee", "#cdd3e4", "#eceef5", "#34539c", "#17191c", "#4c5057"),
        ("#f3eeea", "#e9e1da", "#dacfc5", "#f3eeea", "#8f4516", "#17191c", "#4c5057"),
    ),
    "dark": (
        ("#10211f", "#172b29", "#223b38", "#10211f", "#4fb9c6", "#e9ebee", "#b0b6bf"),
        ("#131a2b", "#1a2338", "#27324c", "#131a2b", "#86a8f0", "#e9ebee", "#b0b6bf"),
        ("#211914", "#2b211b", "#3d3027", "#211914", "#e39a68", "#e9ebee", "#b0b6bf"),
    ),
}


@dataclass(frozen=True, slots=True)
class Named:
    """An entity as the cover shows it."""

    name: str
    kind: str  # in words: "Company"
    country: str = ""  # ISO code; given for countries only, which are drawn on the map


def draw_cover(named: Sequence[Named], *, theme: str = "light") -> str:
    """The cover of an article as SVG text, from its entities by salience; `theme` is "light" or "dark"."""
    countries = [one for one in named if one.country]
    others = [one for one in named if not one.country]
    ground, grid, land, border, marked, ink, soft = _palette(named, theme)
    shown = [*others, *countries][:NAMES] if others else countries[:NAMES]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
            f'height="{HEIGHT}" role="img" aria-labelledby="cover-title cover-desc">',
            f'<title id="cover-title">{_text(_title(named))}</title>',
            '<desc id="cover-desc">Computer-generated from the entities tagged in the article; not a photograph.'
            " Map: Natural Earth.</desc>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{ground}"/>',
            _map(countries, (grid, land, border, marked, ink)),
            f'<rect width="{MAP_LEFT}" height="{HEIGHT}" fill="{ground}"/>',
            f'<rect x="48" y="56" width="36" height="5" fill="{marked}"/>',
            *_names(shown, ink, soft),
            f'<text x="48" y="{HEIGHT - 32}" font-family={quoteattr(FONT)} font-size="15" fill="{soft}">'
            "Computer-generated cover</text>",
            "</svg>\n",
        ]
    )


def _palette(named: Sequence[Named], theme: str) -> tuple[str, ...]:
    digest = hashlib.sha256("\n".join(one.name for one in named).encode()).digest()
    palettes = PALETTES.get(theme, PALETTES["light"])
    return palettes[digest[0] % len(palettes)]


def _title(named: Sequence[Named]) -> str:
    names = ", ".join(one.name for one in named[: NAMES + LABELS])
    return f"Computer-generated cover: {names}" if names else "Computer-generated cover"


def _names(shown: Sequence[Named], ink: str, soft: str) -> list[str]:
    """Up to three names under each other, the first the largest."""
    lines, y = [], 56
    for place, one in enumerate(shown):
        name = _cut(one.name)
        size = min((44, 32, 26)[place], round(620 / max(len(name), 1)))
        y += size + 40
        lines.append(
            f'<text x="48" y="{y}" font-family={quoteattr(FONT)} font-size="{size}" font-weight="650" '
            f'letter-spacing="-0.02em" fill="{ink}">{_text(name)}</text>'
            f'<text x="48" y="{y + 24}" font-family={quoteattr(FONT)} font-size="15" fill="{soft}">'
            f"{_text(one.kind)}</text>"
        )
    return lines


def _map(countries: Sequence[Named], colors: tuple[str, ...]) -> str:
    """The part of the world that holds the marked countries, as a nested picture right of the names."""
    grid, land, border, marked, ink = colors
    atlas = load_atlas()
    places = {one.country: atlas.places[one.country] for one in countries if one.country in atlas.places}
    left, top, width, height = _frame([place for place in places.values() if place.at])
    unit = height / HEIGHT  # grid units per pixel of the cover
    outlines = [
        f'<path d="{place.path}" fill="{marked if code in places else land}"/>'
        for code, place in atlas.places.items()
        if place.path
    ]
    lines = "".join(f"M{-200} {y}H{atlas.width + 200}" for y in range(0, atlas.height, 40))
    return "\n".join(
        [
            f'<svg x="{MAP_LEFT - 60}" y="0" width="{WIDTH - MAP_LEFT + 60}" height="{HEIGHT}" '
            f'viewBox="{left:.1f} {top:.1f} {width:.1f} {height:.1f}" preserveAspectRatio="xMidYMid slice">',
            f'<path d="{lines}" stroke="{grid}" stroke-width="{unit:.2f}" fill="none"/>',
            f'<g stroke="{border}" stroke-width="{0.9 * unit:.2f}" stroke-linejoin="round">',
            *outlines,
            "</g>",
            *_labels(countries, places, unit, (marked, ink, border)),
            "</svg>",
        ]
    )


def _frame(places: Sequence[Place]) -> tuple[float, float, float, float]:
    """Left, top, width and height in grid units: all marked places with room around, or the whole world."""
    atlas = load_atlas()
    aspect = (WIDTH - MAP_LEFT + 60) / HEIGHT
    if not places:
        return -60.0, 0.0, atlas.height * aspect, float(atlas.height)
    boxes = [place.box or (*(place.at or (0, 0)), *(place.at or (0, 0))) for place in places]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    height = min(float(atlas.height), max(CLOSEST, (bottom - top) * 1.5, (right - left) * 1.35 / aspect))
    width = height * aspect
    y = min(max((top + bottom - height) / 2, 0), atlas.height - height)
    return (left + right - width) / 2 - width * 0.03, y, width, height


def _labels(
    countries: Sequence[Named], places: dict[str, Place], unit: float, colors: tuple[str, str, str]
) -> list[str]:
    """The names of the first marked countries; those that would overlap an earlier one are left out."""
    marked, ink, halo = colors
    taken: list[tuple[float, float]] = []
    parts = []
    for one in countries:
        place = places.get(one.country)
        if place is None or place.at is None or len(taken) == LABELS:
            continue
        if not place.path:
            dot_x, dot_y = place.at
            parts.append(f'<circle cx="{dot_x}" cy="{dot_y}" r="{5 * unit:.2f}" fill="{marked}"/>')
        x, y, anchor = _label_place(place, place.at, _cut(one.name), unit)
        if any(abs(x - other_x) < 150 * unit and abs(y - other_y) < 24 * unit for other_x, other_y in taken):
            continue
        taken.append((x, y))
        parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family={quoteattr(FONT)} '
            f'font-size="{LABEL * unit:.2f}" font-weight="600" fill="{ink}" stroke="{halo}" '
            f'stroke-width="{4 * unit:.2f}" stroke-linejoin="round" paint-order="stroke">{_text(_cut(one.name))}</text>'
        )
    return parts


def _label_place(
    place: Place, at: tuple[int, int], name: str, unit: float
) -> tuple[float, float, Literal["start", "middle"]]:
    """On a country that has room for its name, right of a smaller one, below a point."""
    left, _, right, _ = place.box or (*at, *at)
    drop = LABEL * unit * 0.35  # from the middle of the letters to their base line
    if not place.path:
        return at[0], at[1] + drop + 16 * unit, "middle"
    if right - left < len(name) * 0.6 * LABEL * unit:
        return right + 5 * unit, at[1] + drop, "start"
    return at[0], at[1] + drop, "middle"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


def _text(words: str) -> str:
    """Escaped, and without the control characters that XML forbids."""
    return escape("".join(one for one in words if one.isprintable() or one == " "))
