"""Grouping without a database: profiles, similarity, linkage, rules, order of arrival, and what each article adds."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.pipeline.profiles import Profile, describe, hash_term, list_terms, shared_terms
from analysis.pipeline.stories import Rules, Ruling, compare_all, compare_one, find_neighbors, group, resolve
from analysis.pipeline.tellings import Telling, find_additions, find_contradictions, read_figures
from evaluation.stories import agree, group_online, shuffled

FIRE = [
    (
        "Fire destroys paper mill near Lahti",
        "A fire destroyed the main warehouse of the Lahti paper mill on Monday.",
    ),
    (
        "Blaze guts Lahti paper mill",
        "Flames gutted the warehouse of a paper mill near Lahti on Monday, police said.",
    ),
    ("Lahti mill burns down", "The paper mill in Lahti, one of the oldest, burned down on Monday night."),
]
BANK = [
    (
        "Chile keeps interest rate",
        "The central bank of Chile left its key interest rate unchanged at five percent.",
    ),
    (
        "Chile's central bank holds rates",
        "Chile's central bank held its interest rate at five percent on Tuesday.",
    ),
]


def profiles(days: list[float | None] | None = None) -> list[Profile]:
    texts = [*FIRE, *BANK]
    days = days or [10.0] * len(texts)
    return [
        describe(number, title, text, day=day, language="en")
        for number, ((title, text), day) in enumerate(zip(texts, days, strict=True))
    ]


def ids(profiles: list[Profile], rules: Rules | None = None) -> list[tuple[int, ...]]:
    return [one.ids for one in group(profiles, rules)]


def test_terms_are_words_and_pairs() -> None:
    assert list_terms("The U.S. mill") == ["the", "mill", "the u", "u s", "s mill"]
    assert list_terms("東京都") == ["東京", "京都"]
    assert -(1 << 31) <= hash_term("mill") < 1 << 31


def test_events_become_groups() -> None:
    assert ids(profiles()) == [(0, 1, 2), (3, 4)]


def test_the_order_given_changes_nothing() -> None:
    found = profiles()
    for seed in range(5):
        assert ids(random.Random(seed).sample(found, len(found))) == ids(found)


def test_the_window_parts_what_lies_days_apart() -> None:
    assert ids(profiles([10.0, 10.5, 40.0, 10.0, 10.0])) == [(0, 1), (2,), (3, 4)]


def test_an_undated_article_may_join() -> None:
    assert ids(profiles([10.0, None, 10.0, 10.0, 10.0])) == [(0, 1, 2), (3, 4)]


def test_other_languages_are_kept_apart_and_have_no_vector() -> None:
    one = describe(1, *FIRE[0], day=1.0, language="en")
    other = describe(2, *FIRE[0], day=1.0, language="de")
    assert not other.vector.any()
    assert ids([one, other]) == [(1,), (2,)]


def test_one_against_all_is_a_row_of_the_table() -> None:
    found = profiles([10.0, 11.0, 12.2, None, 10.0])
    assert np.allclose(compare_one(found[0], found), compare_all(found)[0] * [1, 1, 1, 1, 1], atol=2e-3)
    assert find_neighbors(found[0], found[1:]) == [1, 2] or find_neighbors(found[0], found[1:]) == [2, 1]


def test_places_say_who_is_nearest() -> None:
    fire = group(profiles())[0]
    assert {place.nearest for place in fire.places.values()} <= set(fire.ids)
    assert all(0 < place.score <= place.similarity <= 1 for place in fire.places.values())


def test_shared_terms_are_in_the_words_of_the_text() -> None:
    one, other = profiles()[:2]
    words = {hash_term(term): term for term in list_terms(" ".join(FIRE[0]))}
    found = shared_terms(one, other, words)
    assert "paper mill" in found
    assert "mill" not in found


def test_no_articles_and_empty_texts() -> None:
    assert group([]) == []
    empty = describe(7, "", "", day=None, language="")
    assert ids([empty, profiles()[0]]) == [(0,), (7,)]


# Decisions


def test_decisions_outrank_likeness() -> None:
    apart = Rules(apart=frozenset({frozenset({0, 1}), frozenset({0, 2})}))
    assert ids(profiles(), apart) == [(0,), (1, 2), (3, 4)]
    together = Rules(together=(frozenset({2, 3}),))
    assert any({2, 3} <= set(one) for one in ids(profiles(), together))


def test_together_outranks_the_window() -> None:
    assert (0, 1, 2) in ids(profiles([10.0, 10.0, 90.0, 10.0, 10.0]), Rules(together=(frozenset({0, 2}),)))


def test_the_newer_decision_holds() -> None:
    merge = Ruling(together=(1, 2, 3, 4))
    split = Ruling(together=(1,), chosen=(1,), apart=(2, 3, 4))
    assert resolve([merge, split]).together == (frozenset({2, 3, 4}),) or resolve([merge, split]).apart
    rules = resolve([merge, split])
    assert not any(1 in part for part in rules.together)
    again = resolve([merge, split, merge])
    assert again.together == (frozenset({1, 2, 3, 4}),)
    assert not again.apart


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 6), max_size=4),
            st.lists(st.integers(0, 6), max_size=2),
            st.lists(st.integers(0, 6), max_size=4),
        ),
        max_size=5,
    )
)
def test_rules_never_contradict_themselves(
    given_rulings: list[tuple[list[int], list[int], list[int]]],
) -> None:
    rules = resolve([Ruling(tuple(a), tuple(b), tuple(c)) for a, b, c in given_rulings])
    for part in rules.together:
        assert not any(pair <= part for pair in rules.apart)
    assert all(len(pair) == 2 for pair in rules.apart)


# Order of arrival, and the measure


@pytest.mark.parametrize("seed", range(4))
def test_online_grouping_ends_like_all_at_once(seed: int) -> None:
    found = shuffled(profiles(), seed)
    story = group_online(found, find_neighbors)
    parts = {tuple(sorted(one for one in story if story[one] == name)) for name in story.values()}
    assert parts == {(0, 1, 2), (3, 4)}


def test_the_measure_by_hand() -> None:
    events = {1: "a", 2: "a", 3: "b", 4: "b"}
    perfect = agree({1: 1, 2: 1, 3: 2, 4: 2}, events)
    assert (perfect.precision, perfect.recall, perfect.f1, perfect.pair_f1) == (1, 1, 1, 1)
    one = agree({1: 1, 2: 1, 3: 1, 4: 1}, events)
    assert (one.precision, one.recall) == (0.5, 1)
    alone = agree({1: 1, 2: 2, 3: 3, 4: 4}, events)
    assert (alone.precision, alone.recall, alone.pair_f1) == (1, 0.5, 0)
    with_stranger = agree({1: 1, 2: 1, 3: 2, 4: 2, 9: 1}, events)
    assert with_stranger.precision == pytest.approx((2 / 3 * 2 + 2) / 4)


# What each article adds and contradicts


def telling(article: int, *sentences: str) -> Telling:
    return Telling(article, tuple(enumerate(sentences)))


SHARED = "The ferry Aurora ran aground off the island of Hailuoto on Sunday evening in heavy fog."


def test_an_addition_is_what_nobody_else_says() -> None:
    more = "The captain had complained about a broken radar to the harbor authority twice in October."
    found = find_additions([telling(1, SHARED), telling(2, SHARED, more)])
    assert [(one.article, one.sentence) for one in found] == [(2, 1)]
    assert found[0].text == more


def test_one_article_alone_adds_nothing_against_nobody() -> None:
    assert find_contradictions([telling(1, "At least 12 passengers were injured on the ferry Aurora.")]) == []


def test_figures_for_one_thing_that_differ() -> None:
    found = find_contradictions(
        [
            telling(1, "Rescuers said 12 passengers of the ferry Aurora were injured off Hailuoto."),
            telling(2, "The coast guard said nine passengers of the ferry Aurora were injured off Hailuoto."),
            telling(3, "Twelve passengers of the ferry Aurora were injured off Hailuoto, a hospital said."),
        ]
    )
    assert [one.noun for one in found] == ["injured"]
    assert [(figure.article, figure.value) for figure in found[0].figures] == [(2, 9), (1, 12), (3, 12)]


def test_limits_and_other_things_do_not_contradict() -> None:
    least = telling(1, "More than 10 passengers of the ferry Aurora were injured off Hailuoto.")
    exact = telling(2, "Rescuers said 12 passengers of the ferry Aurora were injured off Hailuoto.")
    assert find_contradictions([least, exact]) == []
    crew = telling(3, "The ferry Aurora carried 45 sailors when it left Hailuoto.")
    assert find_contradictions([exact, crew]) == []


def test_an_article_that_names_both_figures_contradicts_nobody() -> None:
    first = telling(
        1, "First 9 passengers of the ferry Aurora were injured, later 12 were injured off Hailuoto."
    )
    second = telling(2, "Rescuers said 12 passengers of the ferry Aurora were injured off Hailuoto.")
    assert find_contradictions([first, second]) == []


@pytest.mark.parametrize(
    "text", ["It began on 12 March.", "In 2019 it ended.", "On October 3 they met.", "It costs nothing."]
)
def test_dates_and_years_count_nothing(text: str) -> None:
    assert list(read_figures(1, 0, text)) == []


def test_values_and_scales() -> None:
    def values(text: str) -> list[tuple[str, float]]:
        return [(one.noun, one.value) for one in read_figures(1, 0, text)]

    assert values("The fine is $3.5 million.") == [("money", 3_500_000)]
    assert values("It fell by 12 percent.") == [("percent", 12)]
    assert values("Some 1,200 homes burned.") == [("homes", 1200)]
    assert values("Twenty soldiers died.") == [("killed", 20)]
