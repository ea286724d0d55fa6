"""Findings, statements and relations as CSV: what the page shows, safe in a spreadsheet, with an audit row."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.pipeline.types import Claim, Field, Impact, Relationship
from articles.models import Audit
from tests.factories import TEXT, analyze_as, make_article

pytestmark = pytest.mark.django_db
NAMES = ("finding_export", "statement_export", "relation_export")


@pytest.fixture
def made(analyst: User) -> None:
    analyze_as(
        make_article(by=analyst, title="=cmd()"),
        impacts=[Impact("company:amazon", "Amazon", "legal", "harm", "short", "fact", "", 1, "opened")],
        claims=[Claim("", "=Officials", "said", Field.BODY, 0, 33, is_quote=False, sentence=1)],
        relationships=[Relationship("company:amazon", "operates-in", "country:TD", 1, "opened")],
    )


def table(page: Client, name: str, **params: Any) -> list[dict[str, str]]:
    response = page.get(reverse(f"reports:{name}"), params)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_each_row_has_its_sentence_and_place(page: Client, made: None) -> None:
    (finding,) = table(page, "finding_export")
    assert (finding["affected_key"], finding["effect"], finding["sentence"]) == (
        "company:amazon",
        "legal",
        "Amazon opened an office in Chad.",
    )
    assert TEXT[int(finding["start"]) : int(finding["end"])] == finding["sentence"]
    assert finding["link"].endswith("#s1")
    (relation,) = table(page, "relation_export")
    assert (relation["kind"], relation["object_key"]) == ("operates-in", "country:TD")


def test_cells_are_no_formulas(page: Client, made: None) -> None:
    (statement,) = table(page, "statement_export")
    assert (statement["speaker_text"], statement["article"]) == ("'=Officials", "'=cmd()")


def test_filters_of_the_page_hold(page: Client, made: None) -> None:
    assert table(page, "finding_export", effect="human") == []
    assert page.get(reverse("reports:finding_export"), {"entity": "Nobody"}).status_code == 400


@pytest.mark.parametrize("name", NAMES)
def test_exports_are_audited_and_only_for_analysts(
    client: Client, analyst: User, contributor: User, made: None, name: str
) -> None:
    address = reverse(f"reports:{name}")
    assert client.get(address).status_code == 302
    client.force_login(contributor)
    assert client.get(address).status_code == 403
    client.force_login(analyst)
    assert client.post(address).status_code == 405
    assert Audit.objects.filter(verb="export").count() == 0
    client.get(address)
    assert Audit.objects.get(verb="export").by == analyst
