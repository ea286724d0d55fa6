"""What an article is about stands in its title and lead and comes back; the rest is mentioned."""

from analysis.pipeline.linking import link_mentions
from analysis.pipeline.mentions import find_mentions
from analysis.pipeline.salience import make_tags
from analysis.pipeline.types import Kind, Tag
from tests.analysis.samples import LEXICON, read

FILLER = "Nothing else happened on that day in any place. " * 12


def tags(text: str, title: str = "", *names: tuple) -> dict[str, Tag]:
    parsed = read(text, *names, title=title)
    linked = link_mentions(parsed, find_mentions(parsed, LEXICON), LEXICON)
    return {tag.entity: tag for tag in make_tags(parsed, linked, {})}


def test_title_and_lead_make_an_article_about_it() -> None:
    found = tags(f"China answered. {FILLER} Russia did not.", "China answers at last")
    assert found["country:CN"].is_about
    assert not found["country:RU"].is_about
    assert found["country:CN"].salience > found["country:RU"].salience


def test_the_reasons_tell_where_it_stands() -> None:
    found = tags(f"China answered. {FILLER}", "China answers at last")
    assert found["country:CN"].reasons == ("named in the title", "named in the lead", "named 2 times")


def test_frequency_and_spread_count_without_a_title() -> None:
    found = tags(f"{FILLER} China rose. {FILLER} China fell. {FILLER} China rose. {FILLER} Russia watched.")
    assert found["country:CN"].salience > found["country:RU"].salience


def test_a_country_named_and_implied_has_one_tag_that_is_named() -> None:
    found = tags("Beijing said so. China agreed.")
    assert len(found) == 1
    assert not found["country:CN"].is_implied


def test_a_country_only_implied_says_so() -> None:
    assert tags("Beijing said so.")["country:CN"].is_implied


def test_the_evidence_is_a_sentence_that_names_it() -> None:
    found = tags("Nothing here. The Bank of America rose. Nothing there.")
    assert found["company:bank-of-america"].evidence == 1


def test_a_tag_lists_all_mentions_of_its_entity() -> None:
    found = tags("Nick Roy left. Roy came.", "", ("Nick Roy", Kind.PERSON), ("Roy", Kind.PERSON))
    assert found["person:x-nick-roy"].mentions == (0, 1)
