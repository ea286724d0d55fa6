"""A score is a probability: it keeps the order of the raw scores and never claims certainty."""

import pytest

from analysis.pipeline.calibration import calibrate
from analysis.pipeline.types import Kind, Span


def probability(score: float, method: str = "recognizer", kind: Kind = Kind.COMPANY) -> float:
    return calibrate(Span(0, 1, kind, score, method))


@pytest.mark.parametrize("method", ["table", "recognizer"])
@pytest.mark.parametrize("kind", [Kind.COUNTRY, Kind.COMPANY, Kind.OTHER])
def test_a_higher_score_is_a_higher_probability(method: str, kind: Kind) -> None:
    steps = [probability(score / 20, method, kind) for score in range(21)]
    assert steps == sorted(steps)
    assert 0 < steps[0] < steps[-1] < 1


def test_a_company_the_recognizer_guesses_is_less_sure_than_it_says() -> None:
    assert probability(0.7) < 0.7


def test_what_a_rule_introduces_has_the_share_of_the_rule() -> None:
    assert probability(0.2, "coreference") == probability(0.9, "pattern") == 0.88


def test_observables_keep_their_score() -> None:
    assert probability(0.99, "pattern", Kind.CVE) == 0.99
