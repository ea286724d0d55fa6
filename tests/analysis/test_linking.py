"""Every span is linked to one entity, or says why it is not; one thing has one entity in an article."""

from analysis.pipeline.linking import Linked, link_mentions
from analysis.pipeline.mentions import find_mentions
from analysis.pipeline.types import Kind, Resolved
from tests.analysis.samples import LEXICON, known, make_lexicon, read


def link(text: str, *names: tuple, title: str = "") -> Linked:
    parsed = read(text, *names, title=title)
    return link_mentions(parsed, find_mentions(parsed, LEXICON), LEXICON)


def entities(text: str, *names: tuple) -> list[str]:
    return [mention.entity for mention in link(text, *names).mentions]


def only(text: str, *names: tuple) -> Resolved:
    (mention,) = link(text, *names).mentions
    return mention


def test_a_surname_means_the_person_named_in_full() -> None:
    names = (("Nick Roy", Kind.PERSON), ("Roy", Kind.PERSON))
    text = "Nick Roy spoke. Later Roy left."
    assert set(entities(text, *names)) == {"person:x-nick-roy"}


def test_two_people_of_one_surname_are_ambiguous() -> None:
    names = (("Ann Lee", Kind.PERSON), ("Bob Lee", Kind.PERSON), ("Lee", Kind.PERSON))
    mentions = link("Ann Lee met Bob Lee. Lee won.", *names).mentions
    assert mentions[-1].is_ambiguous
    assert {candidate.entity for candidate in mentions[-1].candidates} == {
        "person:x-ann-lee",
        "person:x-bob-lee",
    }
    assert mentions[-1].entity == "person:x-bob-lee"


def test_a_title_is_no_part_of_the_name() -> None:
    names = (("Dr. Jane Doe", Kind.PERSON), ("Ms Doe", Kind.PERSON))
    assert set(entities("Dr. Jane Doe came. Ms Doe went.", *names)) == {"person:x-jane-doe"}


def test_middle_initials_do_not_split_a_person() -> None:
    names = (("James R. Clapper Jr.", Kind.PERSON), ("James Clapper", Kind.PERSON), ("Clapper", Kind.PERSON))
    text = "James R. Clapper Jr. wrote. James Clapper spoke, and Clapper left."
    assert set(entities(text, *names)) == {"person:x-james-r-clapper"}


def test_a_brand_is_tagged_as_its_owner_with_the_brand_as_surface() -> None:
    mention = only("It was made for HBO Max.")
    assert (mention.entity, mention.surface) == ("company:wbd", "HBO Max")
    assert "a brand of Warner Bros. Discovery" in mention.reasons


def test_an_unknown_company_gets_one_key_for_all_its_forms() -> None:
    names = (
        ("Three Arrows Capital Ltd.", Kind.COMPANY),
        ("Three Arrows Capital", Kind.COMPANY),
        ("Three Arrows", Kind.COMPANY),
    )
    text = "Three Arrows Capital Ltd. fell. Three Arrows Capital and Three Arrows are one."
    assert set(entities(text, *names)) == {"company:x-three-arrows-capital"}


def test_a_company_is_shown_without_its_legal_form() -> None:
    linked = link("Analogix Semiconductor, Inc. grew.", ("Analogix Semiconductor, Inc.", Kind.COMPANY))
    assert linked.entities["company:x-analogix-semiconductor"].name == "Analogix Semiconductor"


def test_a_guess_no_table_knows_stays_a_mention_without_tag() -> None:
    mention = only("He met Zorp there.", ("Zorp", Kind.COMPANY, 0.3))
    assert mention.entity == ""
    assert mention.reasons[-1] == "too uncertain for a tag"


def test_two_companies_of_one_name_are_both_kept() -> None:
    lexicon = make_lexicon(known("company:delta-air", "Delta"), known("company:delta-taps", "Delta"))
    parsed = read("Delta grew.")
    (mention,) = link_mentions(parsed, find_mentions(parsed, lexicon), lexicon).mentions
    assert mention.is_ambiguous
    assert [candidate.entity for candidate in mention.candidates] == [
        "company:delta-air",
        "company:delta-taps",
    ]


def test_initials_mean_the_name_they_abbreviate() -> None:
    names = (("Saudi Telecom Company", Kind.COMPANY), ("STC", Kind.COMPANY))
    assert len(set(entities("Saudi Telecom Company grew. STC hired.", *names))) == 1


def test_a_known_company_keeps_its_key_with_a_longer_name() -> None:
    assert entities("Huawei Technologies sued.", ("Huawei Technologies", Kind.COMPANY)) == ["company:huawei"]


def test_a_subsidiary_is_another_company() -> None:
    names = (("Jumia Egypt", Kind.COMPANY), ("Jumia", Kind.COMPANY))
    assert len(set(entities("Jumia grew. Jumia Egypt shrank.", *names))) == 2


def test_a_shared_first_word_joins_nothing() -> None:
    names = (("National Grid", Kind.COMPANY), ("National Express", Kind.COMPANY))
    assert len(set(entities("National Grid met National Express.", *names))) == 2


def test_a_capital_implies_its_country() -> None:
    mention = only("He flew to Beijing.")
    assert (mention.kind, mention.entity, mention.is_implied) == (Kind.PLACE, "country:CN", True)


def test_a_seat_of_power_is_a_government_and_implies_its_country() -> None:
    mention = only("The Kremlin denied it.")
    assert (mention.kind, mention.entity, mention.is_implied) == (Kind.GOVERNMENT, "country:RU", True)


def test_a_former_state_does_not_name_its_successor() -> None:
    assert only("Born in the Soviet Union.").is_implied


def test_a_name_of_two_countries_means_the_one_named_elsewhere() -> None:
    mentions = link("North Korea fired. Talks in Korea failed.", ("Korea", Kind.COUNTRY)).mentions
    assert mentions[-1].entity == "country:KP"
    assert not mentions[-1].is_ambiguous


def test_a_name_of_two_countries_is_ambiguous_without_help() -> None:
    mention = only("Talks in Korea failed.", ("Korea", Kind.COUNTRY))
    assert mention.is_ambiguous
    assert {candidate.entity for candidate in mention.candidates} == {"country:KR", "country:KP"}


def test_the_name_of_a_language_names_no_country() -> None:
    assert only("She speaks Spanish.").kind is Kind.OTHER
    assert only("It was said in Spanish.").entity == ""


def test_the_adjective_names_its_country() -> None:
    assert only("He lives in Spanish territory.").entity == "country:ES"


def test_working_notes_in_a_language_point_to_its_country() -> None:
    mention = only("The editing notes were written in Chinese.")
    assert (mention.entity, mention.kind) == ("country:CN", Kind.NATIONALITY)


def test_an_observable_carries_its_value() -> None:
    mention = only("It calls bad-host[.]com often.")
    assert (mention.entity, mention.value, mention.surface) == (
        "domain:bad-host.com",
        "bad-host.com",
        "bad-host[.]com",
    )


def test_what_is_not_linked_says_why() -> None:
    mention = only("The Patriot Act passed.", ("Patriot Act", Kind.OTHER))
    assert mention.entity == ""
    assert mention.reasons[-1] == "names of this kind are not linked"


def test_every_entity_a_mention_names_is_given() -> None:
    linked = link(
        "Nick Roy of Acme met the Kremlin in Beijing.", ("Nick Roy", Kind.PERSON), ("Acme", Kind.COMPANY)
    )
    assert {mention.entity for mention in linked.mentions} == set(linked.entities)
