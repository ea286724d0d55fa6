"""The tokens keep their promise: text on its own ground has a contrast of at least 4.5, in light and in dark."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOKENS = (ROOT / "static" / "css" / "variables.css").read_text(encoding="utf-8")
LEAST = 4.5  # WCAG 2.2, 1.4.3: text
LEAST_OF_PARTS = 3.0  # WCAG 2.2, 1.4.11: borders of fields, focus marks
GROUNDS = ("ground", "surface", "raised", "sunken", "hover")
KINDS = (
    "country",
    "company",
    "researcher",
    "person",
    "organization",
    "place",
    "threat",
    "product",
    "observable",
)
STATES = ("good", "warn", "bad", "busy")

# (color of the text, ground)
PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS],
    *[(state, ground) for state in STATES for ground in ("surface", "raised", "ground", f"{state}-wash")],
    *[(kind, ground) for kind in KINDS for ground in ("surface", "raised", f"{kind}-wash")],
    *[("ink", f"{name}-wash") for name in (*STATES, *KINDS, "accent")],
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    ("accent", "accent-wash"),
    ("ink-2", "observable-wash"),
    ("ink", "marked"),
    ("ink-3", "accent-wash"),
]
PARTS = [("line-strong", ground) for ground in ("surface", "raised", "ground")] + [
    ("focus", ground) for ground in GROUNDS
]


def colors(theme: int) -> dict[str, str]:
    """Every color token of a theme: 0 is light, 1 is dark."""
    pairs = re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", TOKENS)
    return {name: both[theme] for name, *both in pairs}


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, 0 black to 1 white."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_can_be_read(theme: int) -> None:
    known = colors(theme)
    found = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in PAIRS}
    assert {pair: number for pair, number in found.items() if number < LEAST} == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_parts_can_be_seen(theme: int) -> None:
    known = colors(theme)
    found = {pair: round(contrast(known[pair[0]], known[pair[1]]), 2) for pair in PARTS}
    assert {pair: number for pair, number in found.items() if number < LEAST_OF_PARTS} == {}


def test_every_color_has_a_light_and_a_dark_value() -> None:
    assert len(colors(0)) == len(re.findall(r"--[\w-]+:\s*light-dark\(#", TOKENS)) > 40


def test_pages_name_only_icons_and_tokens_that_exist() -> None:
    icons = set(re.findall(r'id="([\w-]+)"', (ROOT / "static/vendor/lucide/icons.svg").read_text()))
    used = {
        name
        for page in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', page.read_text(encoding="utf-8"))
    }
    assert used - icons == set()
    sheets = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "static" / "css").glob("*.css"))
    tokens = set(re.findall(r"(--[\w-]+):", sheets))
    assert set(re.findall(r"var\((--[\w-]+)", sheets)) - tokens == set()
