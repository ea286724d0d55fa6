"""Who is a researcher is read from the text: role, affiliation and the words that prove it."""

import pytest

from analysis.pipeline.linking import link_mentions
from analysis.pipeline.mentions import find_mentions
from analysis.pipeline.researchers import Finding, find_research, mark_researchers
from analysis.pipeline.types import Kind
from tests.analysis.samples import LEXICON, read

NAMES = (
    *((name, Kind.PERSON) for name in ("Nick Roy", "Ann Lee", "Bo Chan", "Cem Kaya", "Roy", "Jane Doe")),
    ("Stanford", Kind.ORGANIZATION),
    ("Oxford University", Kind.ORGANIZATION),
    ("Acme Security", Kind.COMPANY),
    ("Google Project Zero", Kind.COMPANY),
)


def research(text: str, *more: tuple) -> dict[str, Finding]:
    parsed = read(text, *NAMES, *more)
    spans = find_mentions(parsed, LEXICON)
    return find_research(parsed, link_mentions(parsed, spans, LEXICON), spans)


def names(text: str) -> set[str]:
    return {key.removeprefix("person:x-") for key in research(text)}


@pytest.mark.parametrize(
    ("text", "role", "category", "affiliation"),
    [
        ("The files were seen by cybersecurity researcher Nick Roy.", "cybersecurity researcher", "security researcher", ""),  # noqa: E501
        ("“No,” said Nick Roy, a professor of history at Stanford.", "professor", "academic", "Stanford"),
        ("Nick Roy, 45, a senior fellow at Stanford, said no.", "senior fellow", "think-tank analyst", "Stanford"),
        ("Stanford law professor Nick Roy told us.", "Stanford law professor", "academic", "Stanford"),
        ("Acme Security analyst Nick Roy wrote.", "Acme Security analyst", "security researcher", "Acme Security"),
        ("Nick Roy is an economist at Stanford.", "economist", "economist", "Stanford"),
        ("Nick Roy, chief economist for Acme Security, agreed.", "chief economist", "economist", "Acme Security"),
        ("The epidemiologist Nick Roy warned of it.", "epidemiologist", "scientist", ""),
        ("Nick Roy, Acme Security's head of threat intelligence, said so.", "Acme Security's head of threat intelligence", "security researcher", "Acme Security"),  # noqa: E501
        ("The security researcher at Acme Security, Nick Roy, left.", "security researcher", "security researcher", "Acme Security"),  # noqa: E501
        ("Nick Roy, lead author of the study, agreed.", "lead author", "scientist", ""),
    ],
)  # fmt: skip
def test_role_and_affiliation_are_read(text: str, role: str, category: str, affiliation: str) -> None:
    (finding,) = research(text).values()
    assert (finding.role, finding.category, finding.affiliation_text) == (role, category, affiliation)


def test_one_role_covers_a_list_of_names() -> None:
    assert names("Researchers Nick Roy, Ann Lee and Bo Chan at Stanford agreed.") == {
        "nick-roy",
        "ann-lee",
        "bo-chan",
    }
    assert names("Ann Lee and Bo Chan, both economists at Stanford, agreed.") == {"ann-lee", "bo-chan"}
    assert names("A team of scientists including Ann Lee, Bo Chan and Cem Kaya agreed.") == {
        "ann-lee",
        "bo-chan",
        "cem-kaya",
    }


def test_a_singular_role_covers_one_name() -> None:
    assert names("Minister Ann Lee and economist Bo Chan met Cem Kaya.") == {"bo-chan"}
    assert names("Ann Lee met Bo Chan, a historian at Stanford.") == {"bo-chan"}


def test_a_finder_of_flaws_is_a_researcher() -> None:
    assert names("Nick Roy of Google Project Zero found the vulnerability in March.") == {"nick-roy"}
    assert names("The bug was discovered by Nick Roy in March.") == {"nick-roy"}


def test_membership_of_a_company_is_no_research() -> None:
    assert names("Nick Roy of Acme Security bought lunch.") == set()


def test_credit_lines_are_read() -> None:
    assert names("The end.\nNick Roy, Senior Malware Researcher\nMore") == {"nick-roy"}
    assert names("Research by Ann Lee and Bo Chan.") >= {"ann-lee"}


def test_a_round_up_of_experts_makes_each_voice_one() -> None:
    text = "What economists are saying:\n\nAnn Lee, Acme Security\n– Up to 90 percent\n\nBo Chan, Stanford\n– Less"
    assert names(text) == {"ann-lee", "bo-chan"}


@pytest.mark.parametrize(
    "text",
    [
        "Dr Jane Doe opened the clinic.",
        "Professor Jane Doe opened the clinic.",
        "Minister Jane Doe spoke to researchers.",
        "Jane Doe, a lawyer for economist friends, spoke.",
        "Jane Doe, chief executive of Acme Security, spoke.",
        "Journalist Jane Doe asked an analyst.",
        "Jane Doe, a campaign strategist, spoke.",
        "Jane Doe, director of the Central Intelligence Agency, spoke.",
        "A professor said that Jane Doe had left.",
    ],
)
def test_titles_and_other_trades_are_no_research(text: str) -> None:
    assert names(text) == set()


def test_a_title_counts_together_with_a_place_of_research() -> None:
    assert names("Professor Nick Roy from Oxford University agreed.") == {"nick-roy"}


def test_the_surname_alone_is_the_same_researcher() -> None:
    parsed = read("Researcher Nick Roy saw it. Later Roy left.", *NAMES)
    spans = find_mentions(parsed, LEXICON)
    linked = link_mentions(parsed, spans, LEXICON)
    marked = mark_researchers(linked, find_research(parsed, linked, spans))
    assert [(m.surface, m.kind) for m in marked.mentions] == [
        ("Nick Roy", Kind.RESEARCHER),
        ("Roy", Kind.RESEARCHER),
    ]
    assert marked.entities["person:x-nick-roy"].kind is Kind.RESEARCHER


def test_a_role_said_later_counts_for_the_first_mention_too() -> None:
    assert names("Nick Roy spoke first. He left. Nick Roy, a historian, came back.") == {"nick-roy"}


def test_the_recognizer_alone_is_not_enough() -> None:
    parsed = read("Cat Fox explained the code.", ("Cat Fox", Kind.RESEARCHER, 0.95))
    spans = find_mentions(parsed, LEXICON)
    assert not find_research(parsed, link_mentions(parsed, spans, LEXICON), spans)


def test_every_finding_says_why() -> None:
    (finding,) = research("said security researcher Nick Roy.").values()
    assert finding.reasons[0] == "called “security researcher”"
