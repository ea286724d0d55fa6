"""The knowledge tables: what they must know, what they must doubt, and that the checks see faults."""

import pytest

from analysis.pipeline.knowledge import (
    Ownership,
    data_version,
    fold,
    load_lexicon,
    load_ownerships,
    read_table,
)
from analysis.pipeline.knowledge_check import (
    ERROR,
    check_lexicon,
    check_tables,
    find_cycles,
    find_dangerous,
    find_dead_codes,
    find_dead_references,
    find_double_keys,
    find_nameless,
    find_namesakes,
)
from analysis.pipeline.types import Alias, Kind, KnownEntity, Lexicon, Relation


def aliases_of(surface: str) -> dict[str, Alias]:
    return {alias.entity: alias for alias in load_lexicon().aliases[fold(surface)]}


def test_countries_are_all_of_iso_3166_and_kosovo() -> None:
    rows = read_table("countries")
    assert len(rows) == 250
    assert {"US", "KP", "XK", "PS", "TW", "SS", "CW"} <= {row["code"] for row in rows}
    assert all(row["wikidata"].startswith("Q") for row in rows)


@pytest.mark.parametrize(
    ("surface", "code"),
    [
        ("US", "US"), ("U.S.", "US"), ("United States", "US"), ("America", "US"), ("UK", "GB"), ("Britain", "GB"),
        ("Scotland", "GB"), ("DPRK", "KP"), ("N. Korea", "KP"), ("South Korea", "KR"), ("UAE", "AE"), ("PRC", "CN"),
        ("Hong Kong", "HK"), ("Taiwan", "TW"), ("West Bank", "PS"), ("Gaza", "PS"), ("Kosovo", "XK"), ("Burma", "MM"),
        ("Czechia", "CZ"), ("Ivory Coast", "CI"), ("Türkiye", "TR"), ("Eswatini", "SZ"), ("DRC", "CD"), ("USSR", "RU"),
        ("North Koreans", "KP"), ("Briton", "GB"), ("Dutch", "NL"), ("Filipinos", "PH"), ("Emirati", "AE"),
        ("Kremlin", "RU"), ("Downing Street", "GB"), ("White House", "US"), ("Swaziland", "SZ"), ("Cabo Verde", "CV"),
    ],
)  # fmt: skip
def test_country_is_known_by_its_name(surface: str, code: str) -> None:
    assert f"country:{code}" in aliases_of(surface)


@pytest.mark.parametrize(
    "surface",
    ["Georgia", "Jordan", "Chad", "Turkey", "Mali", "Congo", "Guinea", "Korea", "Niger", "Jersey", "Samoa"],
)
def test_namesake_of_a_country_needs_context_and_its_capital_letter(surface: str) -> None:
    named = [alias for alias in aliases_of(surface).values() if alias.relation is Relation.NAME]
    assert named
    assert all(alias.needs_context and alias.is_case_sensitive for alias in named)


def test_us_and_polish_are_case_sensitive() -> None:
    assert aliases_of("US")["country:US"].is_case_sensitive
    assert aliases_of("Polish")["country:PL"].is_case_sensitive


def test_congo_and_dominican_keep_both_countries() -> None:
    assert {"country:CD", "country:CG"} <= set(aliases_of("Congo"))
    assert {"country:DM", "country:DO"} <= set(aliases_of("Dominican"))


def test_capital_implies_and_may_stand_for_its_government() -> None:
    relations = {alias.relation for alias in load_lexicon().aliases["beijing"]}
    assert relations == {Relation.IMPLIED, Relation.METONYM}


@pytest.mark.parametrize(
    "surface",
    [
        "Apple",
        "Orange",
        "Visa",
        "Target",
        "Gap",
        "Shell",
        "Meta",
        "Block",
        "Square",
        "Zoom",
        "Oracle",
        "Signal",
        "Telegram",
        "Sky",
        "Amazon",
    ],
)
def test_company_named_like_a_word_needs_context(surface: str) -> None:
    companies = [alias for alias in aliases_of(surface).values() if alias.entity.startswith("company:")]
    assert companies
    assert all(alias.needs_context and alias.is_case_sensitive for alias in companies)


@pytest.mark.parametrize(
    ("brand", "owner"),
    [
        ("HBO Max", "Warner Bros. Discovery"), ("Amazon Prime Video", "Amazon"), ("YouTube", "Google"),
        ("Google", "Alphabet"), ("Instagram", "Meta"), ("LinkedIn", "Microsoft"), ("Talos", "Cisco"),
        ("Unit 42", "Palo Alto Networks"), ("Mandiant", "Google"), ("Recorded Future", "Mastercard"),
    ],
)  # fmt: skip
def test_brand_leads_to_its_owner(brand: str, owner: str) -> None:
    entities = load_lexicon().entities
    parents = {entities[entities[key].parent].name for key in aliases_of(brand) if entities[key].parent}
    assert owner in parents


def test_owners_carry_their_years() -> None:
    owned = {(one.parent, one.since, one.until) for one in load_ownerships() if one.key == "company:mandiant"}
    assert owned == {("company:google", "2022", ""), ("company:fireeye", "2013", "2021")}


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Kind.COMPANY, 5000),
        (Kind.MEDIA, 800),
        (Kind.ORGANIZATION, 1200),
        (Kind.GOVERNMENT, 1000),
        (Kind.IGO, 100),
        (Kind.THREAT, 800),
        (Kind.MALWARE, 2000),
        (Kind.PRODUCT, 300),
    ],
)
def test_tables_are_large_enough(kind: Kind, least: int) -> None:
    assert sum(entity.kind is kind for entity in load_lexicon().entities.values()) >= least


def test_role_words_come_by_category() -> None:
    words = load_lexicon().words
    assert "professor" in words["roles:academic"]
    assert "reverse engineer" in words["roles:security researcher"]
    assert words["roles:economist"] < words["roles"]
    assert not words["roles"] & words["nonresearch_roles"]
    assert {"GmbH", "Ltd"} <= words["legal_suffixes"]
    assert "Bank" not in words["legal_suffixes"]
    assert "Ngozi" in words["first_names"]


def test_lexicon_is_loaded_once_and_kept() -> None:
    assert load_lexicon() is load_lexicon()
    assert load_lexicon().version == data_version()


def test_tables_have_no_errors() -> None:
    findings = check_tables() + check_lexicon(load_lexicon(), load_ownerships())
    assert [finding for finding in findings if finding.severity == ERROR] == []


def test_every_key_of_the_lexicon_is_folded() -> None:
    assert all(key == fold(key) for key in load_lexicon().aliases)
    assert fold("  Côte\u00a0d’Ivoire ") == "côte d'ivoire"


def entity(key: str, parent: str = "", country: str = "") -> KnownEntity:
    return KnownEntity(key, Kind.COMPANY, key, country, parent)


def test_check_sees_a_double_key() -> None:
    assert [f.subject for f in find_double_keys("companies", ["a", "b", "a"])] == ["a"]


def test_check_sees_a_cycle_once() -> None:
    entities = {"a": entity("a", "b"), "b": entity("b", "c"), "c": entity("c", "b"), "d": entity("d", "a")}
    assert [f.subject for f in find_cycles(entities)] == ["a"]
    assert list(find_cycles({"a": entity("a", "b"), "b": entity("b")})) == []


def test_check_sees_dead_codes_and_references() -> None:
    entities = {"a": entity("a", "nobody", "ZZ")}
    assert [f.subject for f in find_dead_codes(entities)] == ["a"]
    found = find_dead_references(entities, [Alias("Ghost", "ghost")], [Ownership("a", "gone")])
    assert [f.subject for f in found] == ["Ghost", "a", "a"]


def test_check_sees_dangerous_names() -> None:
    risky = [
        Alias("Apple", "a"),
        Alias("QZ", "b"),
        Alias("Gap", "c", is_case_sensitive=True),
        Alias("Visa", "d", needs_context=True),
    ]
    found = find_dangerous(risky, frozenset({"apple", "gap", "visa"}))
    assert [(f.check, f.subject) for f in found] == [
        ("common word", "Apple"),
        ("two letters", "QZ"),
        ("word with a capital", "Gap"),
    ]


def test_check_sees_namesakes_and_the_nameless() -> None:
    entities = {"a": entity("a"), "b": entity("b"), "c": entity("c")}
    lexicon = Lexicon("1", entities, {"acme": (Alias("Acme", "a"), Alias("Acme", "b"))})
    assert [f.subject for f in find_namesakes(lexicon)] == ["acme"]
    assert [f.subject for f in find_nameless(entities, lexicon.aliases["acme"])] == ["c"]
