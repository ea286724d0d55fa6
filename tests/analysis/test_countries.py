"""Countries are decided by case and context, with the real tables and the real recognizer."""

import pytest

from analysis.pipeline import analyze
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.records import to_record

pytestmark = pytest.mark.model


def countries(text: str, title: str = "") -> list[str]:
    return to_record(1, analyze(title, text, load_lexicon()))["countries"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Officials told us that the US would join the talks.", ["US"]),
        ("They asked us to wait, and let us in.", []),
        ("Tbilisi is the capital of Georgia, which borders Russia.", ["GE", "RU"]),
        ("Voters in Atlanta, Georgia, and in Alabama went to the polls on Tuesday.", []),
        ("Jordan hosted the talks with Syria in Amman.", ["JO", "SY"]),
        ("Michael Jordan scored 40 points, and Jordan was the best player.", []),
        ("The army of Chad crossed the border into Sudan.", ["SD", "TD"]),
        ("Chad Smith, the drummer, was late. Chad said sorry.", []),
        ("Turkey and Greece signed the deal in Ankara.", ["GR", "TR"]),
        ("We ate turkey with gravy at Thanksgiving.", []),
        ("French troops left Mali after nine years.", ["FR", "ML"]),
        ("Rebels in the Democratic Republic of the Congo shelled Goma.", ["CD"]),
        ("Brazzaville is the capital of the Republic of the Congo.", ["CG"]),
        ("Soldiers seized power in Guinea, in Conakry.", ["GN"]),
        ("Guinea-Bissau and Equatorial Guinea sent ministers.", ["GQ", "GW"]),
        ("Papua New Guinea voted on Saturday.", ["PG"]),
        ("North Korea fired a missile over Japan.", ["JP", "KP"]),
        ("South Koreans voted for a new president.", ["KR"]),
        ("The junta in Niger expelled the French ambassador.", ["FR", "NE"]),
        ("The US-China trade war hurt farmers.", ["CN", "US"]),
        ("The U.S. and the U.K. agreed; the UAE did not.", ["AE", "GB", "US"]),
        ("Britain’s prime minister met India's.", ["GB", "IN"]),
        ("“Iran” was the only word on the page.", ["IR"]),
    ],
)
def test_a_name_with_two_meanings_is_decided_by_context(text: str, expected: list[str]) -> None:
    assert countries(text) == expected


def test_a_title_in_capitals_names_countries() -> None:
    assert countries("The deal was signed on Monday.", "RUSSIA AND IRAN SIGN GAS DEAL") == ["IR", "RU"]


def test_a_capital_city_only_implies_its_country() -> None:
    record = to_record(1, analyze("", "The ministers met in Paris on Monday.", load_lexicon()))
    assert (record["countries"], record["implied_countries"]) == ([], ["FR"])


def test_a_seat_of_power_is_a_government() -> None:
    result = analyze("", "The Kremlin denied the report on Tuesday.", load_lexicon())
    assert [(m.surface, m.kind.value, m.entity) for m in result.mentions] == [
        ("Kremlin", "government", "country:RU")
    ]
    assert to_record(1, result)["countries"] == []


def test_other_languages_give_countries_and_observables_but_no_english_names() -> None:
    text = "Правительство сообщило об атаке на сервер 203.0.113.7, указанный в отчёте о взломе. Подробности позже."
    record = to_record(1, analyze("", text, load_lexicon()))
    assert record["language"] == "ru"
    assert [item["value"] for item in record["observables"]] == ["203.0.113.7"]
    assert record["people"] == record["companies"] == []
