"""The cover: the same for the same entities, safe whatever they are called, right for whatever is tagged."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.pipeline.atlas import load_atlas
from analysis.pipeline.cover import PALETTES, Named, draw_cover
from analysis.pipeline.knowledge import read_table

SVG = "{http://www.w3.org/2000/svg}"
KOREA, AMAZON = Named("North Korea", "Country", "KP"), Named("Amazon", "Company")


def drawn(*named: Named, theme: str = "light") -> ET.Element:
    return ET.fromstring(draw_cover(named, theme=theme))


def texts(picture: ET.Element) -> list[str]:
    return ["".join(one.itertext()) for one in picture.iter(f"{SVG}text")]


def test_same_entities_give_the_same_bytes_and_others_do_not() -> None:
    assert draw_cover([AMAZON, KOREA]) == draw_cover([AMAZON, KOREA])
    assert draw_cover([AMAZON, KOREA]) != draw_cover([AMAZON])


def test_it_says_what_it_is_and_names_whom_it_shows() -> None:
    picture = drawn(AMAZON, KOREA)
    assert picture.findtext(f"{SVG}title") == "Computer-generated cover: Amazon, North Korea"
    assert "not a photograph" in str(picture.findtext(f"{SVG}desc"))
    assert {"Amazon", "Company", "North Korea", "Computer-generated cover"} <= set(texts(picture))


def test_tagged_countries_are_marked_and_no_other() -> None:
    marked = {palette[4] for palette in PALETTES["light"]}
    paths = [one for one in drawn(AMAZON, KOREA).iter(f"{SVG}path") if one.get("fill") in marked]
    assert [one.get("d") for one in paths] == [load_atlas().places["KP"].path]


def test_a_country_too_small_to_be_drawn_gets_a_point() -> None:
    assert len(list(drawn(Named("Malta", "Country", "MT")).iter(f"{SVG}circle"))) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "named",
    [
        (),
        (KOREA,),
        (AMAZON,),
        (Named("Antarctica", "Country", "AQ"), Named("Nowhere", "Country", "QQ")),
        tuple(Named(row["name"], "Country", row["code"]) for row in read_table("countries")),
        (Named('</text><script>alert(1)</script>"&\x00\x08', "<b>", ""), KOREA),
        (Named("ש" * 300, "Person"), Named("", "Other")),
    ],
)
def test_whatever_is_tagged_is_well_formed_and_inert(named: tuple[Named, ...], theme: str) -> None:
    picture = drawn(*named, theme=theme)
    allowed = {f"{SVG}{name}" for name in "svg title desc rect text path g circle".split()}
    assert {one.tag for one in picture.iter()} <= allowed
    assert not [
        name for one in picture.iter() for name in one.attrib if name.startswith("on") or "href" in name
    ]


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_name_gives_well_formed_xml(names: list[str]) -> None:
    drawn(*(Named(name, "Person") for name in names), KOREA)


def test_every_country_of_the_tables_has_a_place() -> None:
    places = load_atlas().places
    codes = {row["code"] for row in read_table("countries")}
    assert codes == set(places)
    assert [code for code, place in places.items() if place.at is None] == ["AQ"]
    assert all(place.region for place in places.values())
    north, south = places["NO"].at, places["ZA"].at
    west, east = places["US"].at, places["JP"].at
    assert north and south and west and east
    assert north[1] < south[1]
    assert west[0] < east[0]
