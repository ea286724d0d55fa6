"""Sentence vectors: shape, length, the same answer whatever stands beside a text, and nearness by meaning."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.pipeline.vectors import MAX_PIECES, SIZE, embed, load_vectors

FIRE = "A fire destroyed the main warehouse of a paper mill near Lahti on Monday."
BLAZE = "Flames gutted the storage hall of the Lahti paper factory on Monday."
BANK = "The central bank of Chile left its key interest rate unchanged."


def test_rows_have_unit_length() -> None:
    rows = embed([FIRE, BLAZE, BANK])
    assert rows.shape == (3, SIZE)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_texts_and_empty_texts() -> None:
    assert embed([]).shape == (0, SIZE)
    assert not embed(["", " \n"]).any()


def test_a_row_does_not_depend_on_its_neighbors() -> None:
    together = embed([BANK, FIRE, FIRE * 40, BLAZE])
    alone = np.concatenate([embed([text]) for text in (BANK, FIRE, FIRE * 40, BLAZE)])
    assert np.array_equal(together, alone)


def test_meaning_is_near() -> None:
    fire, blaze, bank = embed([FIRE, BLAZE, BANK])
    assert fire @ blaze > 0.6
    assert fire @ bank < 0.3


def test_what_stands_beyond_the_limit_changes_nothing() -> None:
    long = "storm " * (MAX_PIECES + 10)
    assert np.array_equal(embed([long])[0], embed([long + "election in Peru"])[0])


def test_the_session_is_loaded_once() -> None:
    assert load_vectors() is load_vectors()


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_finite_row(text: str) -> None:
    row = embed([text])[0]
    assert np.isfinite(row).all()
    assert np.linalg.norm(row) < 1 + 1e-5
