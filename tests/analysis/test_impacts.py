"""Who is affected, how, when and how surely."""

import pytest

from analysis.pipeline.impacts import certainty, find_impacts, horizon, load_cues
from tests.analysis.test_claims import article


@pytest.mark.parametrize(
    ("sentence", "affected", "effect"),
    [
        ("Acme was sued by its customers on Friday.", "Acme", "legal"),
        ("The Treasury imposed sanctions on Ben Ode and Acme.", "Ben Ode", "legal"),
        ("Attackers broke into Acme in May.", "Acme", "security"),
        ("Shell firms stole about two million dollars from Acme in one night.", "Acme", "financial"),
        ("Freedonia, Acme and Interpol are among the victims of the group.", "Interpol", "security"),
        ("The police charged Ben Ode with fraud.", "Ben Ode", "legal"),
        ("Hospitals were unable to admit patients for two days.", "Hospitals", "operations"),
        ("The outage at Acme lasted for hours.", "Acme", "operations"),
    ],
)
def test_the_affected_one(sentence: str, affected: str, effect: str) -> None:
    found = find_impacts(*article(sentence), ())
    assert (affected.lower(), effect) in {(one.affected_text.lower(), one.effect) for one in found}


def test_a_list_is_affected_as_a_whole() -> None:
    found = find_impacts(*article("Freedonia, Acme and Interpol are among the victims of the group."), ())
    assert {one.affected_text for one in found} == {"Freedonia", "Acme", "Interpol"}


def test_the_speaker_is_not_the_affected_one() -> None:
    found = find_impacts(*article("Acme estimated that many machines were affected."), ())
    assert "Acme" not in {one.affected_text for one in found}


def test_a_sentence_without_cue_or_victim_has_no_finding() -> None:
    assert (
        find_impacts(
            *article("Acme opened an office in Freedonia.", "A bank was robbed and nobody was hurt."), ()
        )
        == ()
    )


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Rules will be stricter over the coming years.", "long"),
        ("They closed it within an hour.", "short"),
        ("They closed it.", "unstated"),
    ],
)
def test_horizon(text: str, when: str) -> None:
    assert horizon(text) == when


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("There is no evidence that data was copied.", "denied"),
        ("Prosecutors accused the firm.", "alleged"),
        ("The firm may lose its license.", "predicted"),
        ("The firm lost its license.", "fact"),
    ],
)
def test_certainty(text: str, how: str) -> None:
    assert certainty(text) == how


def test_the_cue_table_is_whole() -> None:
    effects = {"legal", "financial", "security", "reputation", "operations", "diplomatic", "human"}
    cues = load_cues()
    assert {cue.effect for cue in cues} == effects
    assert {cue.direction for cue in cues} <= {"harm", "benefit", "unclear"}
    assert {cue.side for cue in cues} <= {"before", "after", "inside", "from"}
