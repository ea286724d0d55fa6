"""A site's country and kind from what its pages and its host say, with evidence; and what a source learns of it."""

import json

import pytest
from django.db import transaction
from django.urls import reverse

from articles.extraction import Page, extract
from articles.extraction.country import CODES, country_code
from articles.services import edit_source
from articles.services.outlets import outlet_country, outlet_kind
from articles.services.sources import learn_source
from tests.factories import make_source

WORDS = "The ministry said on Monday that the new rules will apply to every company in the country. " * 6


def country(
    url: str = "https://news.example.com/a", head: str = "", lang: str = ""
) -> tuple[str, str, float]:
    """What is found of a page's country."""
    html = f'<html lang="{lang}"><head>{head}</head><body><article><h1>Rules</h1><p>{WORDS}</p></article></body></html>'
    found = extract(Page(url=url, body=html.encode()))
    finding = found.findings.get("country")
    assert found.country == (finding.value if finding else "")
    return (finding.value, finding.method, finding.confidence) if finding else ("", "", 0.0)


def ld(**node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://www.beispiel.de/a", "DE"),
        ("https://www.example.co.uk/a", "GB"),
        ("https://example.com.au/a", "AU"),
        ("https://www.agency.gov/a", "US"),
        ("https://example.com/a", ""),
        ("https://example.io/a", ""),
        ("https://example.tv/a", ""),
        ("https://93.184.215.14/a", ""),
        ("", ""),
    ],
)
def test_ending_of_the_host(url, code):
    assert country(url)[0] == code


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ({"addressCountry": "AT"}, "AT"),
        ({"addressCountry": {"@type": "Country", "name": "Deutschland"}}, "DE"),
        ({"addressCountry": "United Kingdom"}, "GB"),
        ({"addressCountry": "Atlantis"}, ""),
        ("Main street 1", ""),
    ],
)
def test_stated_address_of_the_publisher(address, code):
    head = ld(
        **{"@type": "NewsArticle", "publisher": {"@type": "Organization", "name": "X", "address": address}}
    )
    found = country(head=head)
    assert found[0] == code
    assert not code or found[1] == "json-ld address"


def test_publisher_may_stand_elsewhere_in_the_graph():
    graph = [{"@type": "NewsArticle", "publisher": {"@id": "#org"}},
             {"@id": "#org", "@type": "Organization", "name": "X", "address": {"addressCountry": "FR"}}]  # fmt: skip
    assert country(head=ld(**{"@graph": graph}))[0] == "FR"


def test_signs_that_agree_are_surer_and_signs_against_lower_it():
    alone = country("https://beispiel.at/a")
    agreed = country("https://beispiel.at/a", '<meta property="og:locale" content="de_AT">', "de-AT")
    against = country("https://beispiel.at/a", '<meta property="og:locale" content="de_DE">', "de-DE")
    assert alone[0] == agreed[0] == against[0] == "AT"
    assert against[2] < alone[2] < agreed[2] <= 0.97
    assert agreed[1] == "host ending + og:locale + html lang"


def test_default_region_says_little():
    found = country(head='<meta property="og:locale" content="en_US">', lang="en-US")
    assert found[0] == "US"
    assert found[2] < 0.5


def test_language_of_one_country_is_a_weak_sign():
    words = "経済産業省は月曜日、新しい規則を全ての会社に適用すると発表した。" * 8
    html = f"<html><body><article><h1>規則</h1><p>{words}</p></article></body></html>"
    finding = extract(Page(url="https://example.com/a", body=html.encode())).findings["country"]
    assert (finding.value, finding.method) == ("JP", "language")
    assert finding.confidence <= 0.3


def test_names_and_codes():
    assert [country_code(name) for name in ("uk", "GB", "USA", "Österreich", "XX", "", "EU")] == [
        "GB", "GB", "US", "AT", "", "", "",
    ]  # fmt: skip
    assert len(CODES) > 240


@pytest.mark.parametrize(
    ("url", "head", "kind"),
    [
        ("https://www.cisa.gov/a", "", "government"),
        ("https://www.ncsc.gov.uk/a", "", "government"),
        ("https://www.cl.cam.ac.uk/a", "", "research"),
        ("https://someone.substack.com/a", "", "blog"),
        ("https://example.com/a", ld(**{"@type": "NewsMediaOrganization", "name": "X"}), "news"),
        ("https://example.com/a", ld(**{"@type": "BlogPosting", "headline": "X"}), "blog"),
        ("https://example.com/a", '<meta name="news_keywords" content="a, b">', "news"),
        ("https://mygov.example.com/a", "", ""),
    ],
)
def test_kind_of_site(url, head, kind):
    html = f"<html><head>{head}</head><body><article><p>{WORDS}</p></article></body></html>"
    assert extract(Page(url=url, body=html.encode())).site_kind == kind


def test_known_outlets():
    assert outlet_country("reuters") == "GB"
    assert outlet_kind("Reuters") == "agency"
    assert outlet_kind("New York Times") == "news"
    assert (outlet_country("Nobody's Daily"), outlet_kind("Nobody's Daily")) == ("", "")


@pytest.mark.django_db
class TestSource:
    """What a source learns, and who has the last word."""

    def learn(self, source, site="X", **findings):
        with transaction.atomic():
            return learn_source(source, site, findings)

    def test_empty_columns_are_filled_with_their_evidence(self):
        source = self.learn(
            make_source(), country=["AT", "host ending", 0.8], language=["de", "py3langid", 0.99],
            site_kind=["news", "json-ld", 0.75],
        )  # fmt: skip
        assert (source.country, source.language, source.kind) == ("AT", "de", "news")
        assert source.readings["country"] == ["AT", "host ending", 0.8]

    def test_weak_reading_is_not_taken(self):
        assert self.learn(make_source(), country=["US", "html lang", 0.2]).country == ""

    def test_surer_reading_replaces_and_a_weaker_does_not(self):
        source = self.learn(make_source(), country=["DE", "html lang", 0.55])
        source = self.learn(source, country=["AT", "json-ld address", 0.9])
        assert source.country == "AT"
        assert self.learn(source, country=["CH", "host ending", 0.8]).country == "AT"

    def test_known_outlet_tells_country_and_kind(self):
        source = self.learn(make_source(), site="Reuters")
        assert (source.country, source.kind) == ("GB", "agency")
        assert source.readings["kind"][1] == "known outlet"

    def test_word_of_an_analyst_is_final(self, analyst):
        source = self.learn(make_source(), country=["DE", "host ending", 0.8])
        source = edit_source(source, by=analyst, country="CH")
        assert self.learn(source, country=["DE", "json-ld address", 0.97]).country == "CH"
        assert source.readings["country"] == ["CH", "analyst", 1.0]

    def test_value_from_before_readings_were_kept_stays(self):
        source = make_source(country="FR")
        assert self.learn(source, country=["DE", "json-ld address", 0.97]).country == "FR"

    def test_page_shows_where_it_was_read(self, page, analyst):
        source = self.learn(make_source(), country=["AT", "host ending", 0.8])
        told = page.get(reverse("articles:source_detail", args=[source.pk])).content.decode()
        assert "read from host ending, 80" in told
        edit_source(source, by=analyst, country="CH")
        told = page.get(reverse("articles:source_detail", args=[source.pk])).content.decode()
        assert "said by an analyst" in told
