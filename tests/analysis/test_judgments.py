"""What an analyst decided wins over whatever the machine found, on every run."""

from dataclasses import replace

from analysis.pipeline.judgments import apply_verdicts
from analysis.pipeline.linking import Linked, link_mentions
from analysis.pipeline.mentions import find_mentions
from analysis.pipeline.types import Kind, Verdict
from tests.analysis.samples import LEXICON, read

TEXT = "China spoke. Amazon listened, and Nick Roy left. Zebra stayed."


def judge(*verdicts: Verdict, text: str = TEXT) -> Linked:
    lexicon = replace(LEXICON, verdicts=verdicts)
    parsed = read(text, ("Nick Roy", Kind.PERSON))
    return apply_verdicts(parsed, link_mentions(parsed, find_mentions(parsed, lexicon), lexicon), lexicon)


def surfaces(linked: Linked) -> list[str]:
    return [mention.surface for mention in linked.mentions]


def test_a_rejected_name_is_gone_with_its_entity() -> None:
    linked = judge(Verdict("China", "reject"))
    assert surfaces(linked) == ["Amazon", "Nick Roy"]
    assert "country:CN" not in linked.entities


def test_a_rejection_of_one_meaning_leaves_the_others() -> None:
    assert "China" in surfaces(judge(Verdict("China", "reject", entity="country:TW")))
    assert "China" in surfaces(judge(Verdict("China", "reject", kind="company")))


def test_a_rejected_person_is_rejected_as_researcher_too() -> None:
    assert "Nick Roy" not in surfaces(judge(Verdict("nick  roy", "reject", kind="researcher")))


def test_an_accepted_name_is_relinked_and_sure() -> None:
    linked = judge(Verdict("Amazon", "accept", entity="company:huawei"))
    mention = linked.mentions[1]
    assert (mention.entity, mention.score, mention.method) == ("company:huawei", 1.0, "judgment")
    assert "company:huawei" in linked.entities


def test_an_accepted_name_may_change_its_kind() -> None:
    assert judge(Verdict("Nick Roy", "accept", new_kind="organization")).mentions[2].kind is Kind.ORGANIZATION


def test_a_missed_name_is_added_wherever_it_stands() -> None:
    linked = judge(Verdict("Zebra", "accept", kind="company", entity="company:huawei"))
    added = linked.mentions[-1]
    assert (added.surface, added.entity, added.start) == ("Zebra", "company:huawei", TEXT.index("Zebra"))


def test_later_verdicts_win() -> None:
    assert "China" not in surfaces(judge(Verdict("China", "accept"), Verdict("China", "reject")))


def test_without_verdicts_nothing_changes() -> None:
    assert surfaces(judge()) == ["China", "Amazon", "Nick Roy"]
