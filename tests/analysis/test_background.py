"""Did you know: chosen by the stated rule, worded from what is there, silent about what is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analysis.pipeline.background import SHOWN, Archive, Country, Fact, Known, Other, Role, choose_facts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
AMAZON = Known(1, "Amazon", "company", ticker="AMZN")
KOREA = Known(2, "North Korea", "country", country="KP")
ROY = Known(3, "Nick Roy", "researcher", affiliation="38 North")
COUNTRIES = {
    "KP": Country("North Korea", "Democratic People's Republic of Korea", "Pyongyang", "East Asia"),
    "SG": Country("Singapore", "Singapore", "", "Southeast Asia"),
}


def other(number: int, *entities: int, days: int = 400, title: str = "A title") -> Other:
    return Other(number, NOW - timedelta(days=days), frozenset(entities), title)


def archive(*others: Other, roles: tuple[Role, ...] = (), is_whole: bool = True) -> Archive:
    return Archive(others, roles, COUNTRIES, NOW, is_whole)


def words(fact: Fact) -> str:
    return "".join(part.text for part in fact.parts)


def told(entities: list[Known], held: Archive) -> dict[str, str]:
    return {fact.rule: words(fact) for fact in choose_facts(entities, held)}


def test_who_is_in_no_other_article_is_new() -> None:
    (fact,) = choose_facts([ROY], archive())
    assert words(fact) == "Nick Roy is a new name: no other article here names this person."
    assert (fact.parts[0].entity, fact.source) == (3, "archive")


def test_two_that_never_met_are_said_to_meet_and_two_that_met_are_not() -> None:
    facts = told([AMAZON, KOREA], archive(other(7, 1), other(8, 2)))
    assert facts["together"] == "Amazon and North Korea are tagged together for the first time here."
    assert "together" not in told([AMAZON, KOREA], archive(other(7, 1), other(8, 2), other(9, 1, 2)))


def test_a_reader_of_a_part_is_not_told_about_the_whole() -> None:
    held = archive(other(7, 1), other(8, 2), is_whole=False)
    assert told([AMAZON, KOREA], held)["together"].endswith("among the articles you can see.")


def test_more_often_than_usual_is_counted() -> None:
    busy = [other(number, 1, days=number) for number in range(1, 5)]
    usual = [other(20, 1, days=100)]
    assert told([AMAZON], archive(*busy, *usual))["unusual"] == (
        "Amazon is in 4 other articles of the last 30 days; usual in 30 days: 0.1."
    )
    steady = [other(number, 1, days=number * 9) for number in range(1, 40)]
    assert "unusual" not in told([AMAZON], archive(*steady))


def test_the_last_article_is_named_dated_and_linked() -> None:
    held = archive(other(7, 1, days=10, title="Old"), other(8, 1, days=2, title="New"))
    (fact,) = choose_facts([replace(AMAZON, ticker="")], held)
    assert words(fact) == "Amazon is also in “New” of 2026-05-30, one of 2 articles since 2026-05-22."
    assert [part.article for part in fact.parts if part.article] == [8]


def test_another_affiliation_is_told_with_its_article() -> None:
    role = Role(3, "Stimson Center", 9, NOW - timedelta(days=30))
    same = replace(role, affiliation="38 NORTH")
    held = archive(other(9, 3, days=30), roles=(role, same))
    assert told([ROY], held) == {
        "role": "Nick Roy is printed with Stimson Center in an article of 2026-05-02."
    }
    assert "role" not in told([ROY], archive(other(9, 3), roles=(same,)))


def test_owners_tickers_and_countries_come_from_the_tables() -> None:
    hbo = Known(
        4, "HBO Max", "company", parent=5, parent_name="Warner Bros. Discovery", parent_since="2022-04-08"
    )
    common = [replace(one, is_common=True) for one in (hbo, AMAZON, KOREA)]
    facts = choose_facts(common, archive())
    assert [words(fact) for fact in facts] == [
        "HBO Max belongs to Warner Bros. Discovery (since 2022).",
        "Amazon is listed on a stock exchange as AMZN.",
        "North Korea (KP), officially Democratic People's Republic of Korea, lies in East Asia; "
        "its capital is Pyongyang.",
    ]
    assert {fact.source for fact in facts} == {"knowledge tables"}


def test_a_country_without_a_capital_in_the_tables_names_none() -> None:
    singapore = Known(6, "Singapore", "country", country="SG", is_common=True)
    assert told([singapore], archive()) == {"country": "Singapore (SG) lies in Southeast Asia."}
    assert choose_facts([replace(singapore, country="XX")], archive()) == ()


def test_never_more_than_five_and_nobody_twice() -> None:
    many = [Known(number, f"Firm {number}", "company", ticker="T") for number in range(1, 30)]
    held = archive(*(other(100 + number, number) for number in range(3, 30)))
    facts = choose_facts(many, held)
    assert len(facts) == SHOWN
    subjects = [subject for fact in facts for subject in fact.subjects]
    assert len(subjects) == len(set(subjects))
    assert max(sum(fact.rule == one.rule for fact in facts) for one in facts) <= 2


def test_nothing_known_is_nothing_said() -> None:
    assert choose_facts([], archive()) == ()
    assert choose_facts([Known(1, "X", "other")], archive()) == ()
