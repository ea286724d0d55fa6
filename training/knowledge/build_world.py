"""Builds world.json: the outline of every country on one small grid, where it lies, and its middle.

Outlines are Natural Earth's (public domain) as packed by npm world-atlas 2.0.2 (ISC), 1:110 million; what is too small
for that scale gets a middle from 1:50 million or from POINTS. The projection is Equal Earth (Šavrič, Patterson and
Jenny 2018, doi:10.1080/13658816.2018.1504949). `python build_world.py NPM_FOLDER` (world-atlas unpacked as `wa/`).
"""

import csv
import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "analysis" / "pipeline" / "data"
WIDTH = 1000  # grid units from 180° west to 180° east
SMALLEST = 2.0  # square units: smaller islands are left out when the country has a larger part
# Names that the packed atlas shortens, or that mean somebody else in the tables.
SHORT = {
    "Antigua and Barb.": "AG", "Bosnia and Herz.": "BA", "Br. Indian Ocean Ter.": "IO", "British Virgin Is.": "VG",
    "Cayman Is.": "KY", "Congo": "CG", "Cook Is.": "CK", "Dem. Rep. Congo": "CD", "Dominican Rep.": "DO",
    "Eq. Guinea": "GQ", "Faeroe Is.": "FO", "Falkland Is.": "FK", "Fr. Polynesia": "PF",
    "Fr. S. Antarctic Lands": "TF", "Heard I. and McDonald Is.": "HM", "Marshall Is.": "MH", "N. Mariana Is.": "MP",
    "N. Cyprus": "CY", "Nauru": "NR", "Pitcairn Is.": "PN", "S. Geo. and the Is.": "GS", "S. Sudan": "SS",
    "Solomon Is.": "SB", "Somaliland": "SO", "St-Barthélemy": "BL", "St-Martin": "MF",
    "St. Pierre and Miquelon": "PM", "St. Vin. and Gren.": "VC", "São Tomé and Principe": "ST",
    "Turks and Caicos Is.": "TC", "U.S. Virgin Is.": "VI", "W. Sahara": "EH", "Wallis and Futuna Is.": "WF",
}  # fmt: skip
# Longitude and latitude of what neither scale draws on its own.
POINTS = {
    "BQ": (-68.3, 12.2), "BV": (3.4, -54.4), "CC": (96.8, -12.2), "CX": (105.6, -10.5), "GF": (-53.1, 4.0),
    "GI": (-5.35, 36.14), "GP": (-61.6, 16.2), "MQ": (-61.0, 14.6), "RE": (55.5, -21.1), "SJ": (16.0, 78.5),
    "TK": (-171.8, -9.2), "TV": (179.2, -8.5), "UM": (-176.5, 0.8), "YT": (45.2, -12.8),
}  # fmt: skip

Ring = list[tuple[float, float]]


def project(longitude: float, latitude: float) -> tuple[float, float]:
    """Equal Earth, in units of the grid, the origin at the top left."""
    a1, a2, a3, a4, root = 1.340264, -0.081106, 0.000893, 0.003796, math.sqrt(3) / 2
    t = math.asin(root * math.sin(math.radians(latitude)))
    slope = 9 * a4 * t**8 + 7 * a3 * t**6 + 3 * a2 * t**2 + a1
    x = math.radians(longitude) * math.cos(t) / (root * slope)
    y = a4 * t**9 + a3 * t**7 + a2 * t**3 + a1 * t
    scale = WIDTH / (2 * math.pi / (root * a1))
    return WIDTH / 2 + x * scale, 243.5 - y * scale


def decode(topology: dict[str, Any]) -> list[Ring]:
    """The arcs of a topology as longitudes and latitudes."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * kx + dx, y * ky + dy))
        arcs.append(points)
    return arcs


def rings_of(geometry: dict[str, Any], arcs: list[Ring]) -> Iterator[Ring]:
    """The outer rings of a country's parts, projected."""
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for part in parts:
        ring: Ring = []
        for number in part[0]:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            ring += arc[1:] if ring else arc
        yield [project(*point) for point in unwrapped(ring)]


def unwrapped(ring: Ring) -> Ring:
    """A ring that crosses the date line goes on beyond it instead of jumping to the other edge."""
    turns, last, points = 0.0, ring[0][0], []
    for longitude, latitude in ring:
        turns += -360 if longitude - last > 180 else 360 if longitude - last < -180 else 0
        last = longitude
        points.append((longitude + turns, latitude))
    return points


def area(ring: Ring) -> float:
    """Square units."""
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))) / 2


def middle(ring: Ring) -> list[int]:
    """The center of a ring's area."""
    sides = list(pairwise(ring))
    crosses = [x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in sides]
    whole = sum(crosses) * 3 or 1e-9
    x = sum((p[0] + q[0]) * cross for (p, q), cross in zip(sides, crosses, strict=True)) / whole
    y = sum((p[1] + q[1]) * cross for (p, q), cross in zip(sides, crosses, strict=True)) / whole
    return [round(x), round(y)]


def path(rings: list[Ring]) -> str:
    """Rings as relative whole steps: m x y, then steps; points that fall together are joined."""
    words = []
    for ring in rings:
        points: list[tuple[int, int]] = []
        for x, y in ring:
            point = (round(x), round(y))
            if not points or point != points[-1]:
                points.append(point)
        if len(points) < 4:
            continue
        steps = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in pairwise(points[:-1])]
        words.append(
            f"M{points[0][0]} {points[0][1]}l"
            + "".join(f"{x} {y} " for x, y in straight(steps)).strip()
            + "z"
        )
    return "".join(words).replace(" -", "-")


def straight(steps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Steps in one direction joined to one."""
    joined: list[tuple[int, int]] = []
    for step in steps:
        if (
            joined
            and joined[-1][0] * step[1] == joined[-1][1] * step[0]
            and joined[-1][0] * step[0] + joined[-1][1] * step[1] > 0
        ):
            joined[-1] = (joined[-1][0] + step[0], joined[-1][1] + step[1])
        else:
            joined.append(step)
    return joined


def codes() -> dict[str, str]:
    """Names of countries, case folded, and their codes."""
    with (DATA / "country_aliases.csv").open(encoding="utf-8", newline="") as rows:
        found = {
            row["surface"].casefold(): row["code"]
            for row in csv.DictReader(rows)
            if row["relation"] in {"name", "acronym", "former"}
        }
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as rows:
        found.update({row["name"].casefold(): row["code"] for row in csv.DictReader(rows)})
    return found


def parts_of(folder: Path, scale: str) -> dict[str, list[Ring]]:
    """The rings of every country at one scale, the largest first."""
    topology = json.loads((folder / "wa" / f"countries-{scale}.json").read_text())
    arcs, names = decode(topology), codes()
    found: dict[str, list[Ring]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = SHORT.get(name) or names.get(name.casefold(), "")
        if code and code != "AQ":
            found.setdefault(code, []).extend(rings_of(geometry, arcs))
    return {code: sorted(rings, key=area, reverse=True) for code, rings in found.items()}


def place(
    large: list[Ring], small: list[Ring], point: tuple[float, float] | None, region: str
) -> dict[str, Any]:
    """One country: region, middle, and where it is drawn its box and outline."""
    if point is not None:
        return {"region": region, "at": [round(value) for value in project(*point)]}
    if not large:
        return {"region": region, "at": middle(small[0])}
    kept = [ring for number, ring in enumerate(large) if number == 0 or area(ring) >= SMALLEST]
    xs, ys = [x for x, _ in large[0]], [y for _, y in large[0]]
    box = [math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys))]
    return {"region": region, "at": middle(large[0]), "box": box, "path": path(kept)}


def main(folder: Path) -> None:
    """Write the table."""
    large, small = parts_of(folder, "110m"), parts_of(folder, "50m")
    lines = (HERE / "hand" / "continents.txt").read_text(encoding="utf-8").splitlines()
    regions = {
        code: region
        for line in lines
        if line[:1] != "#"
        for region, listed in [line.split("|")]
        for code in listed.split()
    }
    places = {}
    for code in sorted(regions):
        if code in large or code in small or code in POINTS:
            drawn = large.get(code, [])
            places[code] = place(
                drawn, small.get(code, []), None if drawn else POINTS.get(code), regions[code]
            )
        else:
            places[code] = {"region": regions[code]}
    rows = ",\n".join(
        f'"{code}":{json.dumps(values, separators=(",", ":"))}' for code, values in places.items()
    )
    (DATA / "world.json").write_text(
        f'{{"width":{WIDTH},"height":487,"places":{{\n{rows}\n}}}}\n', encoding="utf-8"
    )
    sys.stdout.write(f"{len(places)} places, {sum('path' in one for one in places.values())} drawn\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
