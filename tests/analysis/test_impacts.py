"""Who is affected, how, when and how surely."""

import re

import pytest

from analysis.pipeline.impacts import certainty, find_impacts, horizon, inflected, load_cues
from analysis.pipeline.telling import read_grammar
from analysis.pipeline.types import Impact
from tests.analysis.test_claims import article


def impacts_of(*sentences: str) -> tuple[Impact, ...]:
    """The findings of these sentences, read by the real parser."""
    parsed, mentions = article(*sentences)
    return find_impacts(parsed, mentions, (), read_grammar(parsed, mentions))


@pytest.mark.model
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
    found = impacts_of(sentence)
    assert (affected.lower(), effect) in {(one.affected_text.lower(), one.effect) for one in found}


@pytest.mark.model
def test_a_list_is_affected_as_a_whole() -> None:
    found = impacts_of("Freedonia, Acme and Interpol are among the victims of the group.")
    assert {one.affected_text for one in found} == {"Freedonia", "Acme", "Interpol"}


@pytest.mark.model
def test_the_speaker_is_not_the_affected_one() -> None:
    found = impacts_of("Acme estimated that many machines were affected.")
    assert "Acme" not in {one.affected_text for one in found}


@pytest.mark.model
def test_a_sentence_without_cue_or_victim_has_no_finding() -> None:
    assert (
        impacts_of("Acme opened an office in Freedonia.", "The rain was heavy and nothing was damaged.") == ()
    )


@pytest.mark.model
def test_the_place_of_an_arrest_is_not_arrested() -> None:
    assert [one.affected_text for one in impacts_of("Two people were arrested in Freedonia on Monday.")] == [
        "Two people"
    ]


@pytest.mark.model
def test_whose_things_are_hit_is_affected_and_who_is_only_named_near_is_not() -> None:
    hit = impacts_of("Attackers infected the servers of Acme.", "Acme was fined after a study of Freedonia.")
    assert [(one.affected_text, one.effect) for one in hit] == [("Acme", "security"), ("Acme", "legal")]


@pytest.mark.model
def test_a_participle_before_a_noun_affects_the_noun() -> None:
    found = impacts_of("Freedonia compensated furloughed workers in May.")
    assert ("furloughed workers", "operations") in {(one.affected_text, one.effect) for one in found}


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("(?:arrest)=", "arrested"),
        ("(?:fin~|sue)=", "fining"),
        ("(?:destroy)=", "destroyed"),
        ("(?:infect)= of", "infects of"),
    ],
)
def test_verbs_of_the_table_stand_for_all_their_forms(written: str, form: str) -> None:
    assert re.fullmatch(inflected(written), form)


def test_every_cue_of_the_table_can_be_read() -> None:
    assert len(load_cues()) > 150
    assert {cue.effect for cue in load_cues()} == {
        "legal", "financial", "security", "reputation", "operations", "diplomatic", "human",
    }  # fmt: skip
    assert {cue.direction for cue in load_cues()} <= {"harm", "benefit", "unclear"}
    assert {cue.side for cue in load_cues()} <= {"before", "after", "inside", "from"}


@pytest.mark.model
def test_who_does_it_is_not_affected() -> None:
    assert {one.affected_text for one in impacts_of("Interpol accused Acme of fraud.")} == {"Acme"}


def test_without_a_tree_the_nearest_name_counts() -> None:
    parsed, mentions = article("Attackers broke into Acme in May.")
    assert [one.affected_text for one in find_impacts(parsed, mentions, (), {})] == ["Acme"]


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Rules will be stricter over the coming years.", "long"),
        ("They closed it within an hour.", "short"),
        ("They closed it.", "unstated"),
        ("Acme was sued on Friday.", "unstated"),
        ("The fine was the highest in years.", "unstated"),
        ("Flights were grounded for three days.", "short"),
        ("Repairs will take years.", "long"),
    ],
)
def test_horizon(text: str, when: str) -> None:
    assert horizon(text) == when


def test_a_day_is_a_horizon_for_what_lies_ahead_only() -> None:
    assert horizon("The ban begins on Friday.", is_ahead=True) == "short"


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


@pytest.mark.model
def test_two_things_of_one_effect_in_a_sentence_are_two_findings() -> None:
    found = impacts_of(
        "Lawyers said that studios could face questions if subcontractors broke the sanctions."
    )
    assert {(one.affected_text, one.effect) for one in found} == {
        ("studios", "legal"),
        ("subcontractors", "legal"),
    }
