"""Edited copies are found, other texts are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.pipeline.fingerprints import compare, find_changes, make_bands, make_shingles

WORDS = [
    a + b
    for a in ("ka", "lo", "mi", "ru", "te", "sho", "ba", "ni")
    for b in ("ran", "den", "lin", "to", "mar", "vel")
]


def make_text(seed: int, words: int = 400) -> str:
    choice = random.Random(seed)
    return " ".join(". " if n % 15 == 14 else choice.choice(WORDS) for n in range(words))


def boilerplate(text: str) -> str:
    return (
        "Sign in to read the news of the day. " + text + " All rights reserved by the publisher of this page."
    )


def cut(share: float, text: str) -> str:
    words = text.split(" ")
    return " ".join(words[: int(len(words) * share)])


def reworded(text: str) -> str:
    choice = random.Random(3)
    return " ".join("changed" if choice.random() < 0.05 else word for word in text.split(" "))


def reordered(text: str) -> str:
    choice = random.Random(4)
    kept = [sentence for sentence in text.split(". ") if choice.random() > 0.2]
    choice.shuffle(kept)
    return ". ".join(kept)


EDITS = {
    "boilerplate": boilerplate,
    "cut to 60 %": lambda text: cut(0.6, text),
    "cut to 30 %": lambda text: cut(0.3, text),
    "5 % of words": reworded,
    "sentences dropped and reordered": reordered,
    "new lead": lambda text: make_text(99, 60) + text[300:],
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_copy_shares_a_band_and_is_a_copy(edit) -> None:  # type: ignore[no-untyped-def]
    first, second = make_shingles(make_text(1)), make_shingles(edit(make_text(1)))
    assert set(make_bands(first)) & set(make_bands(second))
    assert compare(first, second).is_copy


def test_other_texts_are_no_copies() -> None:
    shingles = [make_shingles(make_text(seed)) for seed in range(30)]
    assert not any(compare(a, b).is_copy for n, a in enumerate(shingles) for b in shingles[:n])


def test_short_texts_have_no_bands() -> None:
    assert make_bands(make_shingles("Only a few words here.")) == []


def test_unspaced_scripts_are_compared_by_character() -> None:
    assert len(make_shingles("平壌のサーバーに残された作業ファイル")) > 10


@given(st.text(max_size=400))
def test_any_text_has_bands_that_fit_the_column(text: str) -> None:
    assert all(-(2**31) <= band < 2**31 for band in make_bands(make_shingles(text)))


def test_changes_name_both_sides() -> None:
    (change,) = find_changes("One stays. Two was here.\nThree stays.", "One stays. Two is new.\nThree stays.")
    assert (change.before, change.after) == ("Two was here.", "Two is new.")
