"""Edits of the brief: shown instead of the machine's words, kept through re-runs, undone without a trace."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.models import Analysis, BriefEdit
from analysis.pipeline.rewriting import LineError, to_lines, to_points
from analysis.pipeline.types import Point
from analysis.services.edits import (
    edit_brief,
    edited_lead,
    points_in,
    restore_edit,
    standing_edits,
    undo_edit,
)
from articles.models import Article
from articles.services import replace_text
from reports.services import create_report, report_bundle
from tests.factories import TEXT, analyze_as, make_ready_article

pytestmark = pytest.mark.django_db
MINE = (Point("Amazon is in Chad now.", (0,)), Point("We should watch this.", ()))


@pytest.fixture
def article(analyst: User) -> Article:
    return make_ready_article(by=analyst)


def shown(page: Client, article: Article) -> str:
    return page.get(article.get_absolute_url()).content.decode()


# --- lines ------------------------------------------------------------------------------------------


def test_lines_and_back() -> None:
    text = to_lines(MINE)
    assert text == "Amazon is in Chad now. [0]\nWe should watch this."
    assert to_points(text, 3) == MINE


def test_several_numbers_and_blank_lines() -> None:
    assert to_points("\n One two.  [1, 2;1] \n\n", 3) == (Point("One two.", (1, 2)),)


def test_brackets_with_words_are_words() -> None:
    assert to_points("He said [sic]", 3) == (Point("He said [sic]", ()),)


@pytest.mark.parametrize("text", ["", " \n ", "[1]", "One. [3]", "x" * 1001, "a\n" * 41])
def test_bad_lines_are_refused(text: str) -> None:
    with pytest.raises(LineError):
        to_points(text, 3)


# --- kept --------------------------------------------------------------------------------------------


def test_an_edit_survives_every_re_run(article: Article, analyst: User, page: Client) -> None:
    edit_brief(article, "summary", MINE, by=analyst)
    analyze_as(article)
    html = shown(page, article)
    assert "Amazon is in Chad now." in html
    assert 'data-evidence="0">Amazon is in Chad now.' in html
    assert "analyst&#x27;s words" in html or "analyst's words" in html
    assert "Edited by analyst" in html
    assert TEXT.split("\n")[0][:40] in html  # the original, folded
    article.refresh_from_db()
    assert article.lead == "Amazon is in Chad now."


def test_undo_and_restore(article: Article, analyst: User) -> None:
    before = article.lead
    first = edit_brief(article, "summary", MINE, by=analyst)
    second = edit_brief(article, "summary", (Point("Second.", ()),), by=analyst)
    assert second.before == [{"text": point.text, "sentences": list(point.sentences)} for point in MINE]
    undo_edit(second, by=analyst)
    assert standing_edits([article.pk])[article.pk]["summary"] == first
    undo_edit(first, by=analyst)
    undo_edit(first, by=analyst)
    article.refresh_from_db()
    assert (edited_lead(article.pk), article.lead) == ("", before)
    restore_edit(first, by=analyst)
    assert edited_lead(article.pk) == "Amazon is in Chad now."


def test_evidence_is_found_again_in_a_new_text_or_said_to_be_lost(article: Article, analyst: User) -> None:
    edit = edit_brief(article, "summary", MINE, by=analyst)
    replace_text(article, "News first. " + TEXT, by=analyst)
    article.refresh_from_db()
    analyze_as(article)
    version = article.version
    points = points_in(edit, version, Analysis.objects.get(version=version))
    assert points[0].sentences == (1,)
    assert (points[1].is_own, points[1].is_lost) == (True, False)
    replace_text(article, "Nothing is left.", by=analyst)
    article.refresh_from_db()
    analyze_as(article, [])
    version = article.version
    lost = points_in(edit, version, Analysis.objects.get(version=version))[0]
    assert (lost.is_lost, lost.sentences) == (True, ())


def test_reports_say_what_the_analyst_wrote(article: Article, analyst: User) -> None:
    edit_brief(article, "takeaways", MINE, by=analyst)
    report = create_report("R", articles=[article], by=analyst)
    (item,) = report_bundle(report, by=analyst).items
    assert item.takeaways == ("Amazon is in Chad now.", "We should watch this.")
    assert item.summary == (TEXT.split("\n")[0],)


# --- pages -----------------------------------------------------------------------------------------------


def address(article: Article, field: str = "summary") -> str:
    return reverse("analysis:brief_edit", args=[article.pk, field])


def test_the_form_shows_what_stands_and_saves(page: Client, article: Article) -> None:
    html = page.get(address(article)).content.decode()
    assert TEXT.split("\n")[0] in html
    assert page.post(address(article), {"lines": "Mine. [1]"}).status_code == 302
    assert "Mine." in shown(page, article)
    assert "Before" in page.get(address(article)).content.decode()


def test_a_mistake_is_shown_at_the_form(page: Client, article: Article) -> None:
    html = page.post(address(article), {"lines": "Mine. [77]"}).content.decode()
    assert "names sentence 77" in html
    assert not BriefEdit.objects.exists()


def test_unknown_fields_are_no_page(page: Client, article: Article) -> None:
    assert page.get(address(article, "fact")).status_code == 404
    assert page.get(address(article, "x")).status_code == 404


def test_undo_and_restore_by_post(page: Client, article: Article, analyst: User) -> None:
    edit = edit_brief(article, "summary", MINE, by=analyst)
    page.post(reverse("analysis:brief_edit_undo", args=[edit.pk]))
    assert "Amazon is in Chad now." not in shown(page, article)
    page.post(reverse("analysis:brief_edit_restore", args=[edit.pk]))
    assert "Amazon is in Chad now." in shown(page, article)


def test_rights(client: Client, article: Article, analyst: User, stranger: User, contributor: User) -> None:
    edit = edit_brief(article, "summary", MINE, by=analyst)
    places: list[Any] = [address(article)]
    places += [
        reverse(f"analysis:{name}", args=[edit.pk]) for name in ("brief_edit_undo", "brief_edit_restore")
    ]
    for place in places:
        assert client.post(place, {"lines": "x"}).status_code == 302
        client.force_login(stranger)
        assert client.post(place, {"lines": "x"}).status_code == 403
        client.logout()
    client.force_login(analyst)
    assert [client.get(place).status_code for place in places] == [200, 405, 405]
    assert BriefEdit.objects.count() == 1
