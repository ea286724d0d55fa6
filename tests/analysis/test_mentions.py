"""Known names and recognized names become spans: longest first, attentive to case, without overlap."""

import itertools

import pytest

from analysis.pipeline.mentions import find_mentions
from analysis.pipeline.tables import find_known, look_up
from analysis.pipeline.types import Alias, Kind, Relation
from tests.analysis.samples import LEXICON, known, make_lexicon, read


def found(text: str, *names: tuple, title: str = "") -> list[tuple[str, str]]:
    parsed = read(text, *names, title=title)
    return [
        (parsed.surface(span.start, span.end), span.kind.value) for span in find_mentions(parsed, LEXICON)
    ]


def test_the_longest_name_wins() -> None:
    assert found("Bank of America said so.") == [("Bank of America", "company")]
    assert found("He watched Amazon Prime Video.") == [("Amazon Prime Video", "company")]


def test_us_is_not_us() -> None:
    assert found("The US told us to wait.") == [("US", "country")]


def test_small_letters_are_words_not_names() -> None:
    assert found("He bought china and a spanish guitar in amazon green.") == []


def test_hyphens_and_possessives_stay_outside() -> None:
    assert found("The US-China talks and China’s answer.") == [
        ("US", "country"),
        ("China", "country"),
        ("China", "country"),
    ]


def test_money_in_dollars_names_no_country() -> None:
    assert found("It cost US$300 million.") == []


def test_a_country_inside_an_organization_is_part_of_it() -> None:
    name = ("Industrial Bank of China", Kind.COMPANY)
    assert found("The Industrial Bank of China lent more.", name) == [("Industrial Bank of China", "company")]


def test_a_common_word_needs_more_than_the_table() -> None:
    assert found("The Target was missed.") == []
    assert found("Retailer Target reported a breach.") == [("Target", "company")]
    assert found("He shops there, at Target, often.", ("Target", Kind.COMPANY)) == [("Target", "company")]


def test_a_dictionary_word_in_a_table_is_no_name_by_itself() -> None:
    lexicon = make_lexicon(known("malware:trojan", "Trojan"), words={"common_words": frozenset({"trojan"})})
    assert find_mentions(read("A Trojan was found."), lexicon) == []


def test_a_person_keeps_a_name_that_is_also_a_company() -> None:
    assert found("Sarah Target spoke.", ("Sarah Target", Kind.PERSON)) == [("Sarah Target", "person")]


def test_a_surname_is_the_person_whatever_it_reads_like() -> None:
    names = (("Ann Gates", Kind.PERSON), ("Gates", Kind.COMPANY))
    assert found("Ann Gates left. Then Gates came.", *names) == [("Ann Gates", "person"), ("Gates", "person")]


def test_an_acronym_in_brackets_is_found_wherever_it_stands() -> None:
    text = "Acme Rocket Corporation (ARC) grew. Later ARC shrank."
    assert found(text, ("Acme Rocket Corporation", Kind.COMPANY)) == [
        ("Acme Rocket Corporation", "company"),
        ("ARC", "company"),
        ("ARC", "company"),
    ]


def test_brackets_that_abbreviate_nothing_introduce_nothing() -> None:
    assert found("Acme Rockets (NYSE) grew. NYSE rose.", ("Acme Rockets", Kind.COMPANY)) == [
        ("Acme Rockets", "company")
    ]


def test_a_company_named_like_a_domain_is_the_company() -> None:
    assert found("Shop at Trips.com today.", ("Trips.com", Kind.COMPANY)) == [("Trips.com", "company")]
    assert found("It calls trips[.]com today.", ("trips", Kind.COMPANY))[-1] == ("trips[.]com", "domain")


def test_markup_left_in_the_text_hides_no_name() -> None:
    assert found("<b>China</b>&nbsp;and Bank&nbsp;of America") == [
        ("China", "country"),
        ("Bank&nbsp;of America", "company"),
    ]


def test_a_title_in_capitals_is_read() -> None:
    assert ("CHINA", "country") in found("He left.", title="BANK FRAUD IN CHINA WORRIES REGULATORS")


def test_surfaces_are_cut_from_the_raw_text() -> None:
    text = "“China’s plan”, said the Kremlin in Beijing."
    parsed = read(text)
    for span in find_mentions(parsed, LEXICON):
        _, start, end = parsed.place(span.start, span.end)
        assert text[start:end] == parsed.surface(span.start, span.end)


def test_spans_never_overlap() -> None:
    names = (("Bank of", Kind.ORGANIZATION), ("America said", Kind.PERSON), ("Bank", Kind.PLACE))
    spans = find_mentions(read("The Bank of America said China.", *names), LEXICON)
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))


@pytest.mark.parametrize(("written", "fits"), [("eBay", True), ("EBAY", False), ("ebay", False)])
def test_a_case_sensitive_alias_fits_only_itself(written: str, fits: bool) -> None:
    lexicon = make_lexicon(
        known("company:ebay", "eBay Inc", Alias("eBay", "company:ebay", is_case_sensitive=True))
    )
    assert bool(look_up(written, lexicon)) is fits


def test_every_meaning_of_a_name_is_kept() -> None:
    (hit,) = find_known("Korea grew.", LEXICON)
    assert {alias.entity for alias in hit.aliases} == {"country:KR", "country:KP"}
    assert {alias.relation for alias in hit.aliases} == {Relation.NAME}
