"""Two linked names in one sentence: typed where grammar or a pattern supports it, else only together."""

import pytest

from analysis.pipeline.relations import MOST_TOGETHER_IN_SENTENCE, TOGETHER, find_relations
from analysis.pipeline.telling import read_grammar
from analysis.pipeline.types import Field, Kind, KnownEntity, Parsed, Relationship, Resolved, Sentence, Tag
from tests.analysis.test_claims import article


def relations_of(*sentences: str, tags: tuple[Tag, ...] = (), entities: dict | None = None) -> tuple:
    """The relations of these sentences, read by the real parser."""
    parsed, mentions = article(*sentences)
    return find_relations(parsed, mentions, tags, entities or {}, read_grammar(parsed, mentions))


def typed(found: tuple[Relationship, ...]) -> set[tuple[str, str, str]]:
    """Subject, kind and object without their kinds' prefixes."""
    return {
        (one.subject.partition(":")[2], one.kind, one.object.partition(":")[2])
        for one in found
        if one.kind != TOGETHER
    }


@pytest.mark.model
@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("Deep Blue broke into Acme in May.", ("Deep Blue", "attacked", "Acme")),
        ("Acme was breached by Deep Blue in May.", ("Deep Blue", "attacked", "Acme")),
        ("Freedonian hackers breached Acme in May.", ("Acme", "breached-by-actors-from", "Freedonian")),
        ("Hackers from Freedonia have compromised Acme.", ("Acme", "breached-by-actors-from", "Freedonia")),
        ("Freedonia sanctioned Acme in May.", ("Acme", "sanctioned-by", "Freedonia")),
        ("Freedonia imposed sanctions on Acme and Ben Ode.", ("Ben Ode", "sanctioned-by", "Freedonia")),
        ("Bolt acquired Acme in May.", ("Acme", "subsidiary-of", "Bolt")),
        ("Acme, a unit of Bolt, was closed.", ("Acme", "subsidiary-of", "Bolt")),
        ("Acme, which is owned by Bolt, was closed.", ("Acme", "subsidiary-of", "Bolt")),
        ("Ann Roe discovered a flaw in Acme Server.", ("Ann Roe", "found", "Acme Server")),
        ("Ben Ode, chief executive of Acme, left.", ("Ben Ode", "leads", "Acme")),
        ("Acme chief executive Ben Ode left.", ("Ben Ode", "leads", "Acme")),
        ("Ben Ode, a spokesman for Acme, left.", ("Ben Ode", "works-for", "Acme")),
        ("Freedonia-based Acme opened a shop.", ("Acme", "based-in", "Freedonia")),
        ("Acme opened a factory in Freedonia.", ("Acme", "operates-in", "Freedonia")),
        ("Acme buys its chips from Freedonia.", ("Acme", "supplier-from", "Freedonia")),
        ("Acme supplies chips to Bolt.", ("Acme", "supplier-of", "Bolt")),
        ("Freedonian hacking group Deep Blue returned.", ("Deep Blue", "attributed-to", "Freedonian")),
        (
            "Deep Blue, which has been linked to Freedonia, returned.",
            ("Deep Blue", "attributed-to", "Freedonia"),
        ),
    ],
)
def test_a_typed_relation(sentence: str, relation: tuple[str, str, str]) -> None:
    assert relation in typed(relations_of(sentence))


@pytest.mark.model
@pytest.mark.parametrize(
    "sentence",
    [
        "Bolt did not acquire Acme in May.",
        "Bolt may acquire Acme in May.",
        "Deep Blue has not attacked Acme.",
        "Acme and Bolt met in Freedonia.",
        "Ben Ode criticized Acme in May.",
    ],
)
def test_what_is_not_stated_is_only_together(sentence: str) -> None:
    found = relations_of(sentence)
    assert found
    assert {one.kind for one in found} == {TOGETHER}


def test_the_tables_know_an_owner() -> None:
    parsed, mentions = article("Acme and Bolt met.", "Acme and Bolt met again.")
    entities = {"company:Acme": KnownEntity("company:Acme", Kind.COMPANY, "Acme", parent="company:Bolt")}
    (found,) = find_relations(parsed, mentions, (), entities, {})
    assert (found.subject, found.kind, found.object, found.sentence) == (
        "company:Acme",
        "subsidiary-of",
        "company:Bolt",
        0,
    )


def test_a_researchers_affiliation_comes_from_its_tag() -> None:
    parsed, mentions = article("Ann Roe of Acme spoke.")
    tag = Tag("researcher:Ann Roe", Kind.RESEARCHER, 0.9, 0.9, True, False, (0,), 0, role="analyst",
              affiliation="Acme", affiliation_entity="company:Acme")  # fmt: skip
    (found,) = find_relations(parsed, mentions, (tag,), {}, {})
    assert (found.kind, found.object, found.cue) == ("affiliated-with", "company:Acme", "analyst")


def test_a_list_of_names_makes_few_pairs_and_each_pair_once() -> None:
    names = [f"N{number}" for number in range(20)]
    text = ", ".join(names) + "."
    places = [text.index(name + ("," if name != names[-1] else ".")) for name in names]
    mentions = [
        Resolved(
            Field.BODY, at, at + len(name), name, Kind.COMPANY, 0.9, "table", (), 0, entity=f"company:{name}"
        )
        for name, at in zip(names, places, strict=True)
    ]
    parsed = Parsed("", text, text, 0, "en", (), (Sentence(0, Field.BODY, 0, len(text)),))
    found = find_relations(parsed, mentions, (), {}, {})
    assert (
        len(found)
        == len({frozenset((one.subject, one.object)) for one in found})
        == MOST_TOGETHER_IN_SENTENCE
    )
