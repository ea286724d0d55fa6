"""Names that give themselves away by legal form, country or head word; and tags that follow from tags."""

from dataclasses import replace

import pytest

from analysis.pipeline.adjectives import add_adjectives
from analysis.pipeline.linking import link_mentions
from analysis.pipeline.mentions import find_mentions
from analysis.pipeline.owners import add_owners, find_owner
from analysis.pipeline.patterns import find_legal_names
from analysis.pipeline.salience import make_tags
from analysis.pipeline.types import Kind, KnownEntity, Lexicon
from tests.analysis.samples import LEXICON, known, make_lexicon, read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The funds of Ultra Kirana Sdn Bhd were frozen.", "Ultra Kirana Sdn Bhd"),
        (
            "It was built by the Major Bridge Engineering Company Ltd. and others.",
            "Major Bridge Engineering Company Ltd.",
        ),
        ("According to Acme Rockets Inc. it failed.", "Acme Rockets Inc."),
        ("But Oil and Gas Corporation shares fell.", "Oil and Gas Corporation"),
        ("The plant of ‘Tavan Tolgoi’ opened; Blue Sky LLC closed.", "Blue Sky LLC"),
    ],
)
def test_a_legal_form_makes_a_company(text: str, name: str) -> None:
    assert [text[span.start : span.end] for span in find_legal_names(read(text))] == [name]


@pytest.mark.parametrize(
    "text", ["The Corp was founded.", "Our Company Limited itself.", "It is limited to ten."]
)
def test_a_legal_form_alone_is_no_name(text: str) -> None:
    assert list(find_legal_names(read(text))) == []


def kinds(text: str, *names: tuple, lexicon: Lexicon = LEXICON) -> list[tuple[str, str]]:
    parsed = read(text, *names)
    return [(parsed.surface(s.start, s.end), s.kind.value) for s in find_mentions(parsed, lexicon)]


def test_a_country_beside_a_body_belongs_to_its_name() -> None:
    assert kinds("The US Treasury spoke.", ("Treasury", Kind.GOVERNMENT)) == [("US Treasury", "government")]
    assert kinds("The Reserve Bank of China spoke.", ("Reserve Bank", Kind.GOVERNMENT)) == [
        ("Reserve Bank of China", "government")
    ]


def test_a_known_company_does_not_swallow_its_country() -> None:
    assert kinds("The Chinese Huawei sued.", ("Huawei", Kind.COMPANY)) == [
        ("Chinese", "nationality"),
        ("Huawei", "company"),
    ]


def test_a_head_word_corrects_an_unsure_kind() -> None:
    lexicon = replace(LEXICON, words={"name_heads:organization": frozenset({"University", "University of"})})
    unsure, sure = ("Kookmin University", Kind.COMPANY, 0.5), ("Kookmin University", Kind.COMPANY, 0.9)
    assert kinds("At Kookmin University.", unsure, lexicon=lexicon) == [
        ("Kookmin University", "organization")
    ]
    assert kinds("At Kookmin University.", sure, lexicon=lexicon) == [("Kookmin University", "company")]


def owned(key: str, name: str, parent: str, sort: str = "service") -> tuple:
    entity, aliases = known(key, name, parent=parent)
    return replace(entity, type=sort), aliases


OWNERS = make_lexicon(
    known("company:wbd", "Warner Bros. Discovery"),
    owned("company:max", "HBO Max", "company:hbo", "brand"),
    owned("company:hbo", "HBO", "company:wbd", "unit"),
    owned("company:sub", "Sub Systems", "company:wbd", "company"),
    owned("company:loop", "Loop", "company:loop"),
)


def test_the_owner_is_found_through_units() -> None:
    owner = find_owner(OWNERS.entities["company:max"], OWNERS)
    assert owner is not None
    assert owner.key == "company:wbd"


@pytest.mark.parametrize("key", ["company:wbd", "company:sub", "company:loop"])
def test_a_company_of_its_own_has_no_owner_to_tag(key: str) -> None:
    assert find_owner(OWNERS.entities[key], OWNERS) is None


def tags(text: str) -> dict[str, tuple[str, ...]]:
    parsed = read(text)
    linked = link_mentions(parsed, find_mentions(parsed, OWNERS), OWNERS)
    found, entities = add_owners(make_tags(parsed, linked, {}), linked.entities, OWNERS, "")
    assert {tag.entity for tag in found} == set(entities)
    return {tag.entity: tag.reasons for tag in found}


def test_a_brand_tags_its_owner_and_says_why() -> None:
    assert tags("It was made for HBO Max.")["company:wbd"][0] == "HBO Max belongs to Warner Bros. Discovery"


def test_an_owner_stands_behind_the_brand_that_is_named() -> None:
    parsed = read("It was made for HBO Max.")
    linked = link_mentions(parsed, find_mentions(parsed, OWNERS), OWNERS)
    found, _ = add_owners(make_tags(parsed, linked, {}), linked.entities, OWNERS, "")
    weight = {tag.entity: tag.salience for tag in found}
    brand = next(key for key in weight if key != "company:wbd")
    assert 0 < weight["company:wbd"] < weight[brand]


def test_an_owner_named_itself_is_tagged_once() -> None:
    assert (
        tags("Warner Bros. Discovery owns HBO Max.")["company:wbd"][0]
        != "HBO Max belongs to Warner Bros. Discovery"
    )


def test_an_unknown_owner_is_no_tag() -> None:
    entity = KnownEntity("company:x-y", Kind.COMPANY, "Y", parent="company:gone", type="brand")
    assert find_owner(entity, OWNERS) is None


def countries(text: str, *names: tuple) -> dict[str, bool]:
    parsed = read(text, *names)
    linked = link_mentions(parsed, find_mentions(parsed, LEXICON), LEXICON)
    found, entities = add_adjectives(make_tags(parsed, linked, {}), linked.mentions, linked.entities, LEXICON)
    assert {tag.entity for tag in found} <= set(entities)
    return {tag.entity: tag.is_implied for tag in found if tag.kind is Kind.COUNTRY}


def test_a_body_with_a_nationality_in_front_names_the_country() -> None:
    assert countries("The Chinese Naval Academy.", ("Chinese Naval Academy", Kind.ORGANIZATION)) == {
        "country:CN": False
    }
    assert countries("In Beijing, the Chinese Senate.", ("Chinese Senate", Kind.GOVERNMENT)) == {
        "country:CN": False
    }


def test_a_company_or_a_noun_inside_a_name_names_none() -> None:
    assert countries("The Chinese Express.", ("Chinese Express", Kind.MEDIA)) == {}
    assert countries("The Industrial Bank of China.", ("Industrial Bank of China", Kind.ORGANIZATION)) == {}
